"""test-agent beside what is there: six modules with 300 tests. python benchmarks/agent.py [--rounds N] [--cold-uv]

Warm: `test-agent run` (every module isolated, two at a time) against one plain pytest per module in ready environments,
two at a time. Cold, as in a fresh clone (without our caches, tox's environments, what Python compiled of the suite):
against `tox -p 2` with tox-uv; uv's cache is warm for both, or with --cold-uv empty for both. Commands take turns;
ratios are of one round, of which the median is told.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from uuid import uuid4

import machine
import peers
from measure import Case, Group, Limit, Measured, WrongError, measured

MODULES, TESTS, WORK = 6, 50, 0.005
NAMES = tuple(f"m{number}" for number in range(1, MODULES + 1))
PINS = Path(__file__).with_name("agent.txt")
OURS, PLAIN, TOX = "test-agent run --jobs 2", "pytest, two at a time", "tox -p 2, tox-uv"
SYSTEM = '[build-system]\nrequires = ["flit_core>=3.11,<5"]\nbuild-backend = "flit_core.buildapi"\n'


def rounds_of_work() -> int:
    """How many rounds of a hash take WORK seconds on this machine, when nothing holds it up."""

    def seconds() -> float:
        began = time.perf_counter()
        hashlib.pbkdf2_hmac("sha256", b"x", b"y", 20_000)
        return time.perf_counter() - began

    return max(1, round(20_000 * WORK / min(seconds() for _ in range(20))))


def project(name: str, needs: Sequence[str], work: int) -> dict[str, str]:
    """The files of a module with its tests; `work` 0: trivial ones."""
    wanted = ", ".join(f'"mill-{need}==1.0.0"' for need in needs)
    head = f'[project]\nname = "mill-{name}"\nversion = "1.0.0"\ndescription = "d"\ndependencies = [{wanted}]\n'
    body = f'hashlib.pbkdf2_hmac("sha256", b"x", b"y", {work})' if work else "mill"
    imports = f"import hashlib\n\nimport mill_{name} as mill\n\n\n"
    tests = "\n\n".join(f"def test_{number}():\n    assert {body}\n" for number in range(TESTS))
    return {"pyproject.toml": SYSTEM + head, f"src/mill_{name}/__init__.py": "", "tests/test_work.py": imports + tests}


def suite(root: Path, work: int) -> Path:
    """Six modules, of which all need the first; a catalog, and a tox.ini for the same tests."""
    for name in NAMES:
        needs = [] if name == NAMES[0] else [NAMES[0]]
        for path, text in project(name, needs, work).items():
            place = root / "packages" / name / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
    modules = "".join(f'  {name}: "1.0.0"\n' for name in NAMES)
    (root / "versions.yaml").write_text(f'mill: {{version: "1.0.0"}}\nmodules:\n{modules}', encoding="utf-8")
    lines = [f"[tox]\nenv_list = {', '.join(NAMES)}\nno_package = true\n"]
    for name in NAMES:
        needs = "" if name == NAMES[0] else f"    {{tox_root}}/packages/{NAMES[0]}\n"
        own = f"    {{tox_root}}/packages/{name}\n"
        run = f"changedir = packages/{name}\ncommands = pytest -q tests\n"
        lines.append(f"[testenv:{name}]\ndeps =\n    pytest>=8\n{needs}{own}{run}")
    (root / "tox.ini").write_text("\n".join(lines), encoding="utf-8")
    return root


def uv(env: Mapping[str, str], *words: str | Path) -> None:
    """Run uv, which must succeed."""
    line = [shutil.which("uv", path=str(peers.as_it_is().ours)) or "uv", *map(str, words)]
    done = subprocess.run(line, env=dict(env), check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(line)}\n{done.stderr}")


def ready(root: Path, places: Path, env: Mapping[str, str]) -> None:
    """An environment for each module with it, what it needs and pytest, compiled."""
    for name in NAMES:
        python = places / name / "bin" / "python"
        uv(env, "venv", "-q", "--python", peers.PYTHON, places / name)
        own = [root / "packages" / each for each in dict.fromkeys((NAMES[0], name))]
        uv(env, "pip", "install", "-q", "--compile-bytecode", "--python", python, "pytest>=8", *own)


def plain(root: Path, places: Path) -> int:
    """One pytest per module in ready environments, two at a time: what a person would write by hand."""

    def one(name: str) -> int:
        words = [places / name / "bin" / "python", "-m", "pytest", "-q", "tests"]
        return subprocess.run(words, cwd=root / "packages" / name, check=False, stdout=subprocess.DEVNULL).returncode

    with ThreadPoolExecutor(2) as pool:
        return max(pool.map(one, NAMES))


def all_passed(said: str) -> None:
    """Whether our table tells of six modules with all their tests."""
    rows = [line.split() for line in said.splitlines() if "isolated" in line]
    if len(rows) != MODULES or any(str(TESTS) not in row or "passed" not in row for row in rows):
        raise WrongError(f"test-agent did not run all tests:\n{said}")


def put_aside(gone: Path, *places: Path) -> None:
    """Move folders away. To remove them would slow what is measured: for a minute after, ext4 takes its time to find
    inodes that were not just freed."""
    gone.mkdir(exist_ok=True)
    for place in places:
        if place.exists():
            place.rename(gone / uuid4().hex)


def groups(
    folder: Path, rounds: int, env: Mapping[str, str], stages: Sequence[str], *, cold_uv: bool
) -> Iterator[Group]:
    """Warm with tests that work, warm with trivial ones, and cold."""
    agent = [peers.as_it_is().ours / "test-agent", "run", "--jobs", "2"]
    for stage, title, work in (
        ("warm", "warm, tests of 5 ms", rounds_of_work()),
        ("trivial", "warm, trivial tests", 0),
    ):
        if stage in stages:
            root, places = suite(folder / stage / "suite", work), folder / stage
            ready(root, places, env)
            by_hand = [sys.executable, __file__, "--plain", root, places]
            cases = [Case(OURS, agent, root, after=all_passed), Case(PLAIN, by_hand, root)]
            limits = [Limit("at most 1.3 times plain pytest", OURS, PLAIN, 1.3)]
            yield Group(title, cases, rounds, MODULES, (PLAIN,), limits)
    if "cold" in stages:
        yield cold(folder, rounds, env, cold_uv=cold_uv)


def cold(folder: Path, rounds: int, env: Mapping[str, str], *, cold_uv: bool) -> Group:
    """With empty caches: against tox, which is installed for this."""
    root, tools = suite(folder / "cold", rounds_of_work()), folder / "tox"
    uv(env, "venv", "-q", "--python", peers.PYTHON, tools)
    uv(env, "pip", "install", "-q", "--python", tools / "bin" / "python", "--constraint", PINS, "tox", "tox-uv")
    caches = {"XDG_CACHE_HOME": str(folder / "empty")}
    shared = [Path(env["UV_CACHE_DIR"])] if cold_uv else []
    agent = [peers.as_it_is().ours / "test-agent", "run", "--jobs", "2"]

    def fresh() -> None:
        put_aside(folder / "gone", root / ".tox", folder / "empty", *shared, *root.rglob("__pycache__"))

    ours = Case(OURS, agent, root, caches, fresh, all_passed)
    theirs = Case(TOX, [tools / "bin" / "tox", "-q", "-p", "2"], root, caches, fresh)
    title = f"cold, uv's cache {'empty' if cold_uv else 'warm'}, tests of 5 ms"
    return Group(title, [ours, theirs], rounds, MODULES, (TOX,), [Limit("faster than tox", OURS, TOX, 1.0)])


def shown(one: Measured) -> str:
    """A table of a group, and what is asked for."""
    lines = [f"## {one.group.title}\n", "| | clock | CPU |", "|---|---|---|"]
    for name, runs in one.runs.items():
        clock, cpu = median(run.seconds for run in runs), median(run.cpu for run in runs)
        lines.append(f"| {name} | {clock:.2f} s | {cpu:.2f} s |")
    for limit in one.group.limits:
        ratios = one.ratios(limit.case, limit.base)
        of_cpu = median(one.of_cpu(limit.case, limit.base))
        spread = f"{min(ratios):.2f}-{max(ratios):.2f}"
        held = "yes" if median(ratios) <= limit.most else "**no**"
        lines.append(f"\n{limit.words}: {median(ratios):.2f} ({spread}), of the CPU {of_cpu:.2f}: {held}")
    return "\n".join(lines) + "\n"


def main(words: Sequence[str]) -> int:
    """Make the suites, measure, print."""
    if words[:1] == ["--plain"]:
        return plain(Path(words[1]), Path(words[2]))
    parser = argparse.ArgumentParser(prog="benchmarks/agent.py", description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="how often everything is run (%(default)s)")
    parser.add_argument("--cold-uv", action="store_true", help="cold: uv's cache is empty, too")
    parser.add_argument("--stages", default="warm,trivial,cold", metavar="S,S", help="some of %(default)s")
    given, load = parser.parse_args(words), machine.load()
    with tempfile.TemporaryDirectory(prefix="benchmarks-agent-") as place:
        folder = Path(place).resolve()
        uv_cache = {} if not given.cold_uv else {"UV_CACHE_DIR": str(folder / "uv")}
        env = peers.environment(None) | {"XDG_CACHE_HOME": str(folder / "cache")} | uv_cache
        env.setdefault("UV_CACHE_DIR", str(Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "uv"))
        for one in groups(folder, given.rounds, env, given.stages.split(","), cold_uv=given.cold_uv):
            try:
                print(shown(measured(one, env, tell, warm=True)), flush=True)
            except WrongError as error:
                tell(str(error))
                return 1
    print(f"{given.rounds} rounds, {machine.cores()} cores, load {load:.2f} at the beginning, {machine.now()}")
    return 0


def tell(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
