"""Building sdists, and wheels from them, environments included: against uv, with caches warm and cold."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from bench import Bench
from generated import git
from measure import Case, Group, Limit, WrongError
from peers import caches

OURS = "trainer-release build"
UV = "uv build --all-packages"
BUILD = "python -m build, one package"
AGAINST = {20: 0.5, 100: 0.25}
"""How many packages are built against uv, and how many times its time is allowed."""
MEMORY = 600


def groups(bench: Bench) -> Iterator[Group]:
    """Ours alone where it is only for the growth."""
    against = AGAINST if bench.tools.peers else {}
    for size in sorted({*bench.sizes, *against}):
        suite = bench.suite(f"build-{size}", size)
        cases, limits = [ours(bench, suite, size, grows=size in bench.sizes)], []
        if size in against:
            cases.append(uv(bench, suite, size))
            limits.append(Limit(f"build of {size}, caches warm", OURS, UV, against[size]))
        if size == 100:
            limits.append(Limit(f"peak memory of the whole tree, building {size}", OURS, "", MEMORY))
        if size == min(against, default=0):
            cases.append(plain(bench, suite))
        bases = [UV] if size in against else []
        yield Group(f"build, {size:,} modules", cases, bench.rounds, size, bases, limits)
        if size == min(against, default=0):
            yield cold(bench, suite, size)


def ours(bench: Bench, suite: Path, size: int, *, grows: bool) -> Case:
    return building(OURS, [bench.tools.tool, "build", "--out"], suite, size, line="build" if grows else "")


def uv(bench: Bench, suite: Path, size: int) -> Case:
    return building(UV, [bench.tools.ours / "uv", "build", "--all-packages", "--out-dir"], suite, size)


def plain(bench: Bench, suite: Path) -> Case:
    """The plain front end with its usual isolation, for the first package."""
    package = next(suite.glob("packages/*"))
    return building(BUILD, [bench.tools.peer("python"), "-m", "build", package, "--outdir"], suite, 1)


def building(name: str, words: list[str | Path], suite: Path, size: int, *, line: str = "") -> Case:
    """The words end with the option for the folder of what is built; nothing of an earlier build is left."""
    out = suite.with_name(f"{suite.name}-{name.split(maxsplit=1)[0]}-{size}")

    def before() -> None:
        shutil.rmtree(out, ignore_errors=True)
        git(suite, "clean", "-fdxq")

    def after(_: str) -> None:
        made = sorted(path.suffix for path in out.iterdir() if path.suffix in (".gz", ".whl"))
        if made != [".gz"] * size + [".whl"] * size:
            raise WrongError(f"{name}: {len(made)} files for {size} packages")

    return Case(name, [*words, out], suite, before=before, after=after, line=line, tree=True)


def cold(bench: Bench, suite: Path, size: int) -> Group:
    """Every run with caches of its own that are empty: what it needs comes from the index."""
    cases: list[Case] = []
    for case in (ours(bench, suite, size, grows=False), uv(bench, suite, size)):
        folder = bench.folder / f"cold-{len(cases)}"

        def before(case: Case = case, folder: Path = folder) -> None:
            case.before()
            shutil.rmtree(folder, ignore_errors=True)

        cases.append(Case(case.name, case.command, suite, caches(folder), before, case.after, tree=True))
    limits = [Limit(f"build of {size}, caches cold", OURS, UV, 1.0)]
    return Group(f"build, {size:,} modules, caches cold", cases, bench.rounds, 0, [UV], limits, warm=False)
