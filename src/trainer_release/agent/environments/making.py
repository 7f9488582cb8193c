"""Environments made of wheels: bare first, then with what tests need; kept by content."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from packaging.utils import canonicalize_name

from trainer_release.agent.environments import asking, bare, isolation, pinned, toolchain
from trainer_release.errors import Problem, ReleaseError, fail
from trainer_release.model.testing import Cell, WheelRef
from trainer_release.version import __version__
from trainer_release.world import copies, files, site_packages
from trainer_release.world.cache import DAY, Shelf, build_of, fingerprint, key_of
from trainer_release.world.environments import Bare
from trainer_release.world.venvs import Venvs

_FORMAT = f"2 {__version__}"
_UNUSED = 14
_LIMIT = 900.0
_NOT_GIVEN = "==0+not.given"
"""A version that nothing has: what holds a package of the suite back of which no file is given."""


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment to test in. `python` is its interpreter, `key` names what it was made of, `made` when its versions
    were resolved, `facts` are what it says of itself, `folders` those of its packages, `packages` what it holds,
    `freeze` a hash of that; `siblings` tell how every other module is there; `problems` are what the bare check found:
    then there is nothing more in it."""

    python: str
    key: str = ""
    made: float = 0.0
    facts: Mapping[str, Any] = field(default_factory=dict)
    folders: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    freeze: str = ""
    siblings: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def prefix(self) -> Path:
        """Its folder."""
        return Path(self.python).parents[1]

    @property
    def changed(self) -> bool:
        """Whether it holds other distributions now."""
        return site_packages.freeze(self.folders) != self.freeze


def standing(python: str, names: Iterable[str] = ()) -> Environment:
    """An environment that is there, as it stands. ReleaseError `interpreter-missing`."""
    facts = asking.ask(python, "standing", *names)
    folders = tuple(facts["folders"])
    packages = tuple(map(str, site_packages.distributions(folders)))
    return Environment(python, "", 0.0, facts, folders, packages, site_packages.freeze(folders))


def ready(cell: Cell, venvs: Venvs, folder: Path, cache: Path | None, *, refresh: bool = False) -> Environment:
    """The environment of a cell: one below `cache` that was made of the same within a day and in which nothing has
    changed since, else a new one; without a cache below `folder`. `refresh` asks indexes again.

    ReleaseError: `environment-broken` where the installer refuses, `module-not-given`, `environment-differs` where a
    wheel or an installed file has other bytes, and what the bare check finds.
    """
    asking.unchanged((*cell.wheels, *cell.siblings))
    own = Bare(cell.python, venvs.uv)
    key = key_of(_facts(cell, own))
    maker = _Maker(cell, own, key, cache, refresh)
    try:
        shelf = Shelf(cache / "test-agent" / "environments", _UNUSED) if cache else None
        found = shelf.having(key, maker.sound, maker.made) if shelf else maker.made(folder)[0]
    except OSError:
        found = maker.made(folder)[0]
    if found.problems:
        raise ReleaseError(*found.problems)
    return found


def _facts(cell: Cell, own: Bare) -> list[Any]:
    """All that an environment depends on."""
    wheels = [sorted((wheel.package, wheel.sha256) for wheel in part) for part in (cell.wheels, cell.siblings)]
    extras = {canonicalize_name(name): sorted(given) for name, given in cell.extras.items()}
    asked = [cell.requires, sorted(cell.pins), cell.resolution, sorted(cell.stubs), sorted(cell.family)]
    bare_check = [sorted(cell.optional_imports), sorted(cell.absent.items())]
    maker = [_FORMAT, bool(own.uv), *build_of(own.python)]
    return [maker, wheels, extras, asked, bare_check, pinned.indexes()]


@dataclass(frozen=True, slots=True)
class _Maker:
    cell: Cell
    own: Bare
    key: str
    cache: Path | None
    refresh: bool

    def sound(self, folder: Path, said: Mapping[str, Any]) -> Environment | None:
        """The one that is there, where it is young and every file in it is as it was when it was checked."""
        known = said["environment"]
        problems = tuple(Problem(**{**each, "context": tuple(each["context"])}) for each in known["problems"])
        lists = {name: tuple(known[name]) for name in ("folders", "packages")}
        found = Environment(**{**known, **lists, "problems": problems})
        young = 0 <= time.time() - found.made < DAY and not self.refresh
        same = young and found.prefix.parent == folder and fingerprint(found.prefix, compiled=False) == said["files"]
        return found if same else None

    def made(self, folder: Path) -> tuple[Environment, Mapping[str, Any]]:
        """A new one, in a folder of its own: another run may be using the one that is no longer sound."""
        place = folder / f"env-{uuid4().hex[:8]}"
        try:
            found = self._made(place)
        except BaseException:
            files.remove_tree(place)
            raise
        return found, {"environment": _written(found), "files": fingerprint(place, compiled=False)}

    def _made(self, place: Path) -> Environment:
        python = self.own.create(place)
        (site,) = site_packages.sites(place)
        siblings = isolation.siblings(self.cell, self.cache, place.parent)
        pins = pinned.recorded(self.cell, self.own, self.cache, refresh=self.refresh)
        first = [_direct(wheel) for wheel in self.cell.wheels]
        nowhere = [name + _NOT_GIVEN for name in isolation.withheld(self.cell)]
        bounds = [*map(_direct, siblings), *nowhere, *self.cell.pins]
        self._bring(python, first, (), bounds, pins.lines)
        problems = bare.check(self.cell, python, site, asking.foreign())
        if problems:
            return Environment(str(python), self.key, pins.made, problems=problems)
        extras = {canonicalize_name(package): names for package, names in self.cell.extras.items()}
        full = [_direct(wheel, extras.get(canonicalize_name(wheel.package), ())) for wheel in self.cell.wheels]
        held = site_packages.read(site)
        others, tools = isolation.others(self.cell, held), self._tools(pins)
        taken = bool(tools.lines) and copies.take(site_packages.read(Path(tools.site)), held, place)
        if taken and not pins.lines:
            pins = replace(pins, made=tools.made)
        if others or not (taken and self._satisfied(tools)):
            self._bring(python, full, self.cell.requires, bounds, (*others, *pins.lines, *tools.lines))
        return self._checked(python, site_packages.read(site), siblings, pins)

    def _tools(self, pins: pinned.Pins) -> toolchain.Toolchain:
        """pytest, where an environment of the cell may begin with it."""
        if self.refresh or self.cell.resolution != "highest":
            return toolchain.NONE
        found = toolchain.ready(self.cell.requires, self.own, self.cache)
        names = {line.partition("==")[0] for line in found.lines}
        fits = not pins.lines or set(found.lines) <= set(pins.lines)
        return found if fits and not names & {canonicalize_name(name) for name in self.cell.family} else toolchain.NONE

    def _satisfied(self, tools: toolchain.Toolchain) -> bool:
        """Whether wheels that need nothing of others need nothing but these tools for their tests either."""
        return set(self.cell.requires) == set(tools.asked) and not (self.cell.extras or self.cell.pins)

    def _bring(
        self, python: Path, wheels: list[str], requires: tuple[str, ...], bounds: list[str], pins: Iterable[str]
    ) -> None:
        """Install; what was resolved before is held to where it can be, and where that is all, no index is asked."""
        held = {line.partition("==")[0]: line for line in reversed([*pins])}
        bounded = [*bounds, *held.values()]
        tries = [(bounded, True)] if pinned.named(self.cell, requires) <= held.keys() else []
        tries += [(bounded, False)] if held else []
        for within, offline in (*tries, (bounds, False)):
            wanted = [*wheels, *requires]
            done = self.own.bring(python, wanted, within, self.cell.resolution, _LIMIT, offline=offline)
            if done.ok:
                return
        said = done.out + done.err
        asked = [name for name in isolation.withheld(self.cell) if name + _NOT_GIVEN in said]
        if asked:
            message = f"{self.cell.name}: {', '.join(asked)} is asked for, and no file of it is given"
            hint = f"build {', '.join(asked)}, too, or take it out of the dependencies that are named below"
            raise fail("module-not-given", message, hint=hint, context=done.tail)
        message = f"{self.cell.name}: the wheels under test and what they declare cannot be installed together"
        hint = "read the installer's lines: a dependency that no index has, or pins that exclude each other"
        raise fail("environment-broken", message, hint=hint, context=done.tail)

    def _checked(
        self, python: Path, site: site_packages.Site, siblings: tuple[WheelRef, ...], pins: pinned.Pins
    ) -> Environment:
        """The finished environment, once all in it is what was installed, and of the suite only what was given."""
        cell = self.cell
        wrong = (*asking.differences(cell.wheels, siblings, site), *isolation.strangers(cell, site))
        if wrong := wrong or site_packages.faults(site):
            message = f"{cell.name}: the environment does not hold the files under test"
            raise fail("environment-differs", message, context=wrong, hint="see which requirement replaces a module")
        facts = asking.ask(python, "standing", *cell.absent)
        pinned.record(pins, isolation.others(cell, site))
        return Environment(
            str(python),
            self.key,
            pins.made,
            facts,
            (str(site.folder),),
            tuple(map(str, site.held)),
            site.freeze,
            isolation.proof(cell, siblings, site, facts["found"]),
        )


def _direct(wheel: WheelRef, extras: Iterable[str] = ()) -> str:
    wanted = ",".join(extras)
    name = f"{wheel.package}[{wanted}]" if wanted else wheel.package
    return f"{name} @ {Path(wheel.path).as_uri()}#sha256={wheel.sha256}"


def _written(found: Environment) -> dict[str, Any]:
    return asdict(found) | {"problems": [asdict(each) for each in found.problems]}
