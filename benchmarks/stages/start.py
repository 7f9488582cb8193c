"""How long it takes to start, against the interpreter alone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

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
    ours = {name: [tools.tool, *name.split()] for name in ("--version", "--help", "graph")}
    others = {"uv --version": [tools.ours / "uv", "--version"]}
    if tools.peers:
        others |= {
            "twine --version": [tools.peers / "twine", "--version"],
            "python -m build --version": [tools.peers / "python", "-m", "build", "--version"],
        }
    commands = {
        BASE: [tools.python, "-c", "pass"],
        **{f"trainer-release {name}": words for name, words in ours.items()},
    }
    yield Group(
        "start",
        [Case(name, words, place) for name, words in (commands | others).items()],
        rounds=3 * bench.rounds,
        bases=(BASE,),
        limits=[
            Limit(f"`{name}`" + " on the example" * (name == "graph"), f"trainer-release {name}", BASE, most)
            for name, most in (("--version", 1.2), ("--help", 6), ("graph", 12))
        ],
        missing={name: why for name, why in tools.why.items() if name in ("twine", "build")},
    )
