"""Writing the catalog's versions and pins into every project, against bump-my-version, which writes versions alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench import Bench
from generated import VERSION
from measure import Case, Group, Limit, WrongError

NEXT = "1.5.0"
ALL = "sync, every file changing"
NONE = "sync, nothing changing"
PARSE = "parse with tomllib alone"
PEER = "bump-my-version, versions alone"
CONFIG = f"""\
[tool.bumpversion]
current_version = "{VERSION}"
allow_dirty = true
[[tool.bumpversion.files]]
glob = "*/*/pyproject.toml"
search = 'version = "{{current_version}}"'
replace = 'version = "{{new_version}}"'
"""


def groups(bench: Bench) -> Iterator[Group]:
    """Each size by itself; what changes goes from one version to the other and back, a copy of the suite for each."""
    for size in bench.sizes:
        still = bench.suite(f"still-{size}", size, "range")
        cases = [
            Case(PARSE, [bench.tools.python, Path(__file__).with_name("parse.py")], still),
            ours(bench, size),
            Case(NONE, [bench.tools.tool, "sync"], still, line="sync, no change", after=unchanged),
        ]
        limits = [Limit(f"{NONE}, of {size:,}", NONE, PARSE, 1.5)]
        if bench.tools.peers:
            cases.append(peer(bench, size))
            limits.append(Limit(f"{ALL}, of {size:,}", ALL, PEER, 0.4))
        bases = (PEER, PARSE) if bench.tools.peers else (PARSE,)
        last = size == max(bench.sizes)
        yield Group(f"sync, {size:,} modules", cases, bench.rounds, size, bases, limits if last else ())


def ours(bench: Bench, size: int) -> Case:
    """The catalog is edited, then sync writes versions and pins."""
    suite = bench.suite(f"sync-{size}", size, "range")

    def before() -> None:
        text = (suite / "versions.yaml").read_text(encoding="utf-8")
        was = stated(suite)
        (suite / "versions.yaml").write_text(text.replace(was, other(was)), encoding="utf-8")

    def after(_: str) -> None:
        listed = (suite / "versions.yaml").read_text(encoding="utf-8")
        expect(suite, size, listed.partition('version: "')[2].partition('"')[0], pins=True)

    return Case(ALL, [bench.tools.tool, "sync"], suite, before=before, after=after, line="sync")


def peer(bench: Bench, size: int) -> Case:
    """The projects and its configuration are put back first: a second run would change nothing."""
    suite = bench.suite(f"bump-{size}", size)
    config = suite / ".bumpversion.toml"
    words: list[str | Path] = ["bump", "--config-file", config, "--no-commit", "--no-tag", "--new-version", NEXT]

    def before() -> None:
        config.write_text(CONFIG, encoding="utf-8")
        for path in suite.glob("*/*/pyproject.toml"):
            text = path.read_text(encoding="utf-8")
            path.write_text(text.replace(f'\nversion = "{NEXT}"', f'\nversion = "{VERSION}"'), encoding="utf-8")

    def after(_: str) -> None:
        expect(suite, size, NEXT, pins=False)

    return Case(PEER, [bench.tools.peer("bump-my-version"), *words], suite, before=before, after=after)


def unchanged(said: str) -> None:
    if "all in step" not in said:
        raise WrongError(f"{NONE}: {said}")


def other(version: str) -> str:
    return VERSION if version == NEXT else NEXT


def stated(suite: Path) -> str:
    """The version that the umbrella has now."""
    text = (suite / "apps" / "core" / "pyproject.toml").read_text(encoding="utf-8")
    return text.partition('\nversion = "')[2].partition('"')[0]


def expect(suite: Path, size: int, version: str, *, pins: bool) -> None:
    """Every project has this version, and every pin on a module of the suite, where pins are written, too."""
    texts = [path.read_text(encoding="utf-8") for path in suite.glob("*/*/pyproject.toml")]
    wrong = sum(f'\nversion = "{version}"' not in text or (pins and f">={other(version)}" in text) for text in texts)
    if wrong or len(texts) != size:
        raise WrongError(f"{wrong} of {len(texts)} projects are not at {version}")
