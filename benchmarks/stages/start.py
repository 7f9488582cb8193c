"""How long it takes to start, against the interpreter alone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from bench import Bench
from generated import committed
from measure import Case, Group, Limit
from peers import ROOT

BASE = "python -c pass"


def groups(bench: Bench) -> Iterator[Group]:
    """Short commands: more rounds."""
    tools = bench.tools
    place = bench.folder / "trainer"
    shutil.copytree(ROOT / "examples" / "trainer", place)
    committed(place, "The example")
    commands: dict[str, list[str | Path]] = {BASE: [tools.python, "-c", "pass"]}
    commands |= {f"trainer-release {name}": [tools.tool, name] for name in ("--version", "--help", "graph")}
    commands["uv --version"] = [tools.ours / "uv", "--version"]
    if tools.peers:
        commands["twine --version"] = [tools.peer("twine"), "--version"]
        commands["python -m build --version"] = [tools.peer("python"), "-m", "build", "--version"]
    yield Group(
        "start",
        [Case(name, words, place) for name, words in commands.items()],
        rounds=3 * bench.rounds,
        bases=(BASE,),
        limits=[
            Limit(f"`{name}`" + " on the example" * (name == "graph"), f"trainer-release {name}", BASE, most)
            for name, most in (("--version", 1.2), ("--help", 6), ("graph", 12))
        ],
    )
