"""What reading a suite takes: check, graph and the review of a release, against the least, and against lerna."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import Bench
from generated import SUITE, VERSION, committed
from measure import Case, Group, Limit, WrongError

FLOOR = "floor: tomllib, git status, order"
LERNA = "lerna ls --toposort"
OURS = {
    "check": ["check"],
    "graph": ["graph", "--format", "json"],
    "prepare --dry-run": ["prepare", "1.5.0", "--dry-run", "--json"],
}


def groups(bench: Bench) -> Iterator[Group]:
    """Each size by itself."""
    tools = bench.tools
    for size in bench.sizes:
        suite = bench.suite(f"plan-{size}", size)
        cases = [Case(FLOOR, [tools.python, Path(__file__).with_name("floor.py")], suite, after=told(FLOOR, size))]
        cases += [
            Case(name, [tools.tool, *words], suite, after=told(name, size), line=name) for name, words in OURS.items()
        ]
        if tools.lerna:
            place = workspace(suite, bench.folder / f"lerna-{size}")
            cases.append(Case(LERNA, [tools.lerna, "ls", "--toposort"], place, after=told(LERNA, size)))
        bases = (FLOOR, LERNA) if tools.lerna else (FLOOR,)
        limits = [
            Limit(f"`{name}` of {size:,}", name, base, {FLOOR: 2.5, LERNA: 0.35}[base])
            for name in ("check", "prepare --dry-run")
            for base in bases
        ]
        yield Group(
            f"plan, {size:,} modules",
            cases,
            bench.rounds,
            size,
            bases,
            limits if size == max(bench.sizes) else (),
            tools.why,
        )


def told(name: str, size: int) -> Callable[[str], None]:
    """Each command has to have seen every module."""
    counts: dict[str, Callable[[str], int]] = {
        FLOOR: int,
        LERNA: lambda said: len(said.split()),
        "check": lambda said: int(said.partition(": ")[2].split()[0]),
        "graph": lambda said: len(json.loads(said)["modules"]),
        "prepare --dry-run": lambda said: len(json.loads(said)["edits"]) - 2,  # catalog and changelog are two more
    }

    def after(said: str) -> None:
        if counts[name](said) != size:
            raise WrongError(f"{name}: not {size} modules\n{said[:2000]}")

    return after


def workspace(suite: Path, place: Path) -> Path:
    """The same packages and edges as an npm workspace."""
    for path in suite.glob("*/*/pyproject.toml"):
        project = tomllib.loads(path.read_text(encoding="utf-8"))["project"]
        names = [re.split("[>=<!~;]", each)[0] for each in project["dependencies"]]
        needs = {name: f"^{VERSION}" if name.startswith(f"{SUITE}-") else "^1.0.0" for name in names}
        folder = place / path.parent.relative_to(suite)
        folder.mkdir(parents=True)
        write(folder / "package.json", {"name": project["name"], "version": VERSION, "dependencies": needs})
    write(place / "package.json", {"name": "root", "private": True, "workspaces": ["packages/*", "apps/*"]})
    write(place / "lerna.json", {"version": VERSION, "npmClient": "npm"})
    return committed(place, "The workspace")


def write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")
