"""What indexes had for a set of modules, recorded for a day: environments of it hold the same."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from trainer_release.agent.environments.brings import for_extras
from trainer_release.model.testing import Cell
from trainer_release.world import artifacts, files
from trainer_release.world.cache import DAY, build_of, key_of
from trainer_release.world.pipconf import index_of_pip
from trainer_release.world.venvs import INDEXES, Venvs

_KEPT = 14 * DAY


@dataclass(frozen=True, slots=True)
class Pins:
    """Lines `name==version`, when they were resolved (seconds since 1970), and where they are recorded."""

    lines: tuple[str, ...] = ()
    made: float = 0.0
    place: Path | None = None


def recorded(cell: Cell, venvs: Venvs, cache: Path | None, *, refresh: bool) -> Pins:
    """What was resolved for the cell's modules within a day; no lines where nothing was, or it is to be done anew."""
    place = cache / "test-agent" / "pins" / f"{key_of(_question(cell, venvs))}.json" if cache else None
    fresh = Pins((), time.time(), place)
    if place is None or refresh:
        return fresh
    try:
        said = json.loads(files.text_or_none(place) or "")
        young = 0 <= time.time() - said["made"] < DAY
        return Pins(tuple(said["lines"]), said["made"], place) if young else fresh
    except (ValueError, KeyError, TypeError):
        return fresh


def record(pins: Pins, lines: Iterable[str]) -> None:
    """Record what there is now, as old as what it was held to; forget what nobody has recorded for two weeks."""
    held = tuple(lines)
    if pins.place is None or (held == pins.lines and pins.place.exists()):
        return
    with contextlib.suppress(OSError):  # it is there for speed and sameness: a full disk takes nothing else away
        files.replace_text(pins.place, json.dumps({"made": pins.made, "lines": held}), lasting=False)
        for place in pins.place.parent.glob("*.json"):
            if time.time() - place.stat().st_mtime > _KEPT:
                place.unlink(missing_ok=True)


def named(cell: Cell, requires: Iterable[str]) -> frozenset[str]:
    """The packages of others that these requirements and a cell's files ask for, whatever their markers say."""
    files = (*cell.wheels, *cell.siblings)
    chosen = {canonicalize_name(package) for package, extras in cell.extras.items() if extras}
    found = {_name(text) for text in requires}
    for wheel in files:
        asked = artifacts.read_metadata(Path(wheel.path)).requires_dist
        optional = frozenset() if canonicalize_name(wheel.package) in chosen else for_extras(asked)
        found |= {_name(text) for text in asked} - optional
    return frozenset(found) - {canonicalize_name(name) for name in (*cell.family, *(each.package for each in files))}


def _name(requirement: str) -> str:
    """The name in a requirement; what is none as it stands: the installer will tell."""
    try:
        return canonicalize_name(Requirement(requirement).name)
    except InvalidRequirement:
        return requirement


def _question(cell: Cell, venvs: Venvs) -> list[Any]:
    extras = {canonicalize_name(name): sorted(given) for name, given in cell.extras.items()}
    asked = [cell.mode, sorted(cell.modules), extras, cell.requires, sorted(cell.pins), cell.resolution]
    return [asked, build_of(venvs.python), bool(venvs.uv), indexes()]


def indexes() -> list[Any]:
    """All that decides which index is asked, and how: variables, pip's configuration, uv's. It may hold passwords."""
    own = os.environ.get("UV_CONFIG_FILE")
    home = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")  # noqa: PTH111 - it may have no answer
    places = (*([Path(own)] if own else []), Path(home) / "uv" / "uv.toml", Path("/etc/uv/uv.toml"))
    said = [[name, os.environ[name]] for name in INDEXES if name in os.environ]
    return [said, index_of_pip(), [files.text_or_none(place) for place in places]]
