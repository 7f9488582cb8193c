"""One command that measures every stage of a release against its peers: benchmarks/run [--quick]

It generates suites, installs our wheel and the pinned peers (kept in the user's cache folder for the next time), runs
all of them in turns, and writes a table and a plot. `--quick` looks at ours alone, as it is installed beside the Python
that runs this: for a look after a change. On a quiet machine the whole takes about half an hour.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import machine
import peers
from bench import Bench
from growth import lines
from measure import Measured, WrongError, measured
from plot import svg
from stages import build, plan, start, sync, tags
from table import About, page

STAGES = {"start": start, "plan": plan, "sync": sync, "build": build, "tags": tags}
ALL = (*STAGES, "bytes")


def arguments(words: Sequence[str]) -> argparse.Namespace:
    """The command line; --quick changes what is not given."""
    parser = argparse.ArgumentParser(prog="benchmarks/run", description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, metavar="N", help="how often everything is run (5)")
    parser.add_argument("--sizes", metavar="N,N", help="modules of the suites (10,100,1000)")
    parser.add_argument("--stages", default=",".join(ALL), metavar="S,S", help="some of %(default)s")
    parser.add_argument("--output", type=Path, metavar="DIR", help="write benchmarks.md and benchmarks.svg there")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every single figure there")
    parser.add_argument("--work", type=Path, metavar="DIR", help="what is installed is kept there")
    parser.add_argument(
        "--quick", action="store_true", help="ours alone, 10 and 100 modules, one round, nothing warmed up"
    )
    given = parser.parse_args(words)
    given.rounds = given.rounds or (1 if given.quick else 5)
    sizes = given.sizes or ("10,100" if given.quick else "10,100,1000")
    given.sizes = sorted(int(size) for size in sizes.split(","))
    given.stages = given.stages.split(",")
    if unknown := [name for name in given.stages if name not in ALL]:
        parser.error(f"no stage is called {', '.join(unknown)}")
    return given


def cache() -> Path:
    """Below the user's folder for what may be deleted (XDG Base Directory)."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "trainer-release-benchmarks"


def tell(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def carried_out(bench: Bench, stages: Sequence[str], *, warm: bool) -> list[Measured]:
    """Every group of the stages, one after the other."""
    modules = (STAGES[name] for name in stages if name in STAGES)
    return [measured(group, bench.env, tell, warm=warm) for stage in modules for group in stage.groups(bench)]


def compared(output: Path) -> list[str]:
    """Write sameness.md there; the lines that sum it up."""
    tell("bytes: scripts/sameness")
    page = output / "sameness.md"
    page.unlink(missing_ok=True)
    subprocess.run([sys.executable, peers.ROOT / "scripts" / "sameness", "--output", page], check=False)
    return [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("- ")]


def main(words: Sequence[str]) -> int:
    """Install, measure, write."""
    given, when, load = arguments(words), machine.now(), machine.load()
    work = None if given.quick else (given.work or cache()).resolve()
    tools = peers.installed(work, tell) if work else peers.as_it_is()
    env = peers.environment(work)
    same = compared(given.output) if given.output and "bytes" in given.stages and tools.peers else []
    with tempfile.TemporaryDirectory(prefix="benchmarks-", dir=work) as folder:
        bench = Bench(tools, Path(folder).resolve(), given.sizes, given.rounds, env)
        try:
            results = carried_out(bench, given.stages, warm=not given.quick)
        except WrongError as error:
            tell(str(error))
            return 1
    loads = f"load {load:.2f} at the beginning, {machine.load():.2f} at the end"
    rounds = f"Rounds: {given.rounds}, of start {3 * given.rounds}"
    where = f"{rounds}. {machine.cores()} cores, {loads}; {machine.versions(tools, env)}"
    found = lines(results)
    text = page(results, found, same, About(when, where, load > machine.QUIET))
    print(text)
    if given.output:
        given.output.mkdir(parents=True, exist_ok=True)
        (given.output / "benchmarks.md").write_text(text, encoding="utf-8")
        if len(given.sizes) > 1 and found:
            (given.output / "benchmarks.svg").write_text(svg(found), encoding="utf-8")
    if given.json:
        given.json.write_text(json.dumps(raw(results), indent=1), encoding="utf-8")
    return 0


def raw(results: Sequence[Measured]) -> dict[str, dict[str, list[dict[str, float]]]]:
    """Every run by group and command."""
    named = {each.group.title: each.runs for each in results}
    return {
        title: {name: [asdict(run) for run in runs] for name, runs in each.items()} for title, each in named.items()
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
