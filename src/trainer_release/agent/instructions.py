"""What the supervisor and the plugin are told about one run of pytest: `config.json`. Pure."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trainer_release.agent.stage import Stage
from trainer_release.model.testing import Cell

INJECT = Path(__file__).parent / "inject"
_NEUTRAL = {
    "pytest-xdist": ("-n0",),
    "pytest-cov": ("--no-cov",),
    "pytest-randomly": ("-p", "no:randomly"),
    "pytest-rerunfailures": ("--reruns", "0"),
}
"""Words that take back what a module's own `addopts` may ask of plugins: workers that nobody watches, files in the
stage, an order that is not the seed's, failures that are run into green."""


@dataclass(frozen=True, slots=True)
class Here:
    """Where a run takes place: the environment's interpreter, the stage and the folder of the run (absolute); what is
    installed there (`name==version`), what the modules under test are imported by, what else the environment said."""

    python: Path
    stage: Stage
    folder: Path
    packages: Sequence[str] = ()
    imports: Sequence[str] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def prefix(self) -> Path:
        """The environment's folder."""
        return self.python.parent.parent


def config(cell: Cell, here: Here, outer: Mapping[str, str], wall: float) -> dict[str, Any]:
    """The whole of `config.json`. `outer` is what this process's environment lets through, `wall` what is left of the
    cell's time, in seconds."""
    conduct, limits, run = cell.conduct, cell.conduct.limits, here.folder
    facts = here.facts
    return {
        "run": str(run),
        "argv": argv(cell, here),
        "cwd": str(here.stage.folder),
        "env": {**surroundings(here, outer), **untouched(cell), **seeded(conduct.seed), **conduct.env},
        "events": str(run / "events.jsonl"),
        "output": str(run / "output.txt"),
        "stacks": str(run / "stacks.txt"),
        "tmp": str(run / "tmp"),
        "kept": str(run / "kept"),
        "confinement": conduct.confinement,
        "network": conduct.network,
        "hide": covers(conduct.hidden, (*conduct.shown, here.prefix, INJECT, run, here.stage.folder)),
        "test_timeout": limits.test,
        "wall": max(wall, 0.1),
        "grace": min(limits.grace, 2.0),  # whoever ends us waits three
        "max_failures": limits.max_failures,
        "max_processes": limits.max_processes,
        "seed": conduct.seed,
        "select": None if conduct.select is None else list(conduct.select),
        "ordered": conduct.ordered,
        "leaks": conduct.leaks,
        "cleanup": conduct.cleanup,
        "allowed_leaks": list(conduct.allowed_leaks),
        "retain": conduct.retain,
        "guard": {
            "absent": dict(cell.absent),
            "inside": [] if cell.existing else sorted({name.partition(".")[0] for name in here.imports}),
            "prefix": str(here.prefix),
        },
        "info": {
            "mode": cell.mode,
            "layer": conduct.layer,
            "modules": list(cell.modules),
            "python": facts.get("python", ""),
            "platform": facts.get("platform", ""),
            "namespace": run.name,
        },
    }


def argv(cell: Cell, here: Here) -> list[str]:
    """The command line of pytest."""
    conduct = cell.conduct
    words = [str(here.python), "-m", "pytest", "-p", "ta_stacks", "-p", "ta_plugin", "-p", "no:cacheprovider"]
    words += [here.stage.target]
    words += [f"--ignore={name}" for name in here.stage.ignore]
    words += ["-m", f"not ({conduct.exclude})"] if conduct.exclude else []
    return [*words, *neutral(here.packages), *conduct.extra]


def neutral(packages: Iterable[str]) -> list[str]:
    """What is to be said to the plugins among what is installed (`name==version`)."""
    names = {package.partition("==")[0] for package in packages}
    return [word for name, words in _NEUTRAL.items() if name in names for word in words]


def surroundings(here: Here, outer: Mapping[str, str]) -> dict[str, str]:
    """The whole environment of a worker: what is let through, its environment's programs first, its own temporary
    folder, the plugin. A variable of another name does not get in."""
    own = {
        "PATH": os.pathsep.join((str(here.python.parent), outer.get("PATH", os.defpath))),
        "PYTHONPATH": str(INJECT),
        "TA_CONFIG": str(here.folder / "config.json"),
        "TA_RUN": str(here.folder),
    }
    return {**outer, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(here.folder / "tmp")), **own}


def untouched(cell: Cell) -> dict[str, str]:
    """An environment that somebody made for himself gets no compiled files by being tested."""
    return {"PYTHONDONTWRITEBYTECODE": "1"} if cell.existing else {}


def seeded(seed: int | None) -> dict[str, str]:
    """What a seed decides before pytest begins: the order of what is hashed."""
    return {} if seed is None else {"PYTHONHASHSEED": str(seed % 2**32)}


def covers(hidden: Iterable[str], shown: Iterable[str | Path]) -> list[tuple[str, list[str]]]:
    """The folders to cover, outer ones first, each with the folders below it that are to be seen all the same. What
    lies below both is as the closer one has it."""
    seen = {Path(place) for place in shown}
    known = {Path(place) for place in hidden} - seen
    found: dict[Path, list[str]] = {}
    for place in sorted(known | seen):
        around = next((above for above in place.parents if above in known or above in seen), None)
        if place in known and around not in known:
            found[place] = []
        elif place in seen and around in known:
            found[next(above for above in place.parents if above in found)].append(str(place))
    return [(str(folder), places) for folder, places in found.items()]
