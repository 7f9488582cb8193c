"""The other modules of a suite in an environment: real, as stubs, or not there; and the proof of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from trainer_release.errors import fail
from trainer_release.model.testing import Cell, WheelRef
from trainer_release.version import __version__
from trainer_release.world import files
from trainer_release.world.cache import Shelf, key_of
from trainer_release.world.site_packages import Site

_UNUSED = 14
_FORMAT = f"2 {__version__}"


def siblings(cell: Cell, cache: Path | None, folder: Path) -> tuple[WheelRef, ...]:
    """The siblings that may be installed: as they are, or where the cell wants stubs their stubs, which are kept."""
    wanted = {canonicalize_name(name) for name in cell.stubs}
    return tuple(
        _stub(wheel, cache, folder) if canonicalize_name(wheel.package) in wanted else wheel for wheel in cell.siblings
    )


def _stub(wheel: WheelRef, cache: Path | None, folder: Path) -> WheelRef:
    from trainer_release.agent.contracts.stubs import stub_wheel

    def made(place: Path) -> tuple[WheelRef, Mapping[str, Any]]:
        found = stub_wheel(wheel, place)
        return found, {"package": found.package, "version": found.version, "path": found.path, "sha256": found.sha256}

    def sound(place: Path, said: Mapping[str, Any]) -> WheelRef | None:
        found = WheelRef(**said)
        return found if Path(found.path).parent == place and files.sha256(Path(found.path)) == found.sha256 else None

    if cache is None:
        return made(folder / "stubs")[0]
    return Shelf(cache / "test-agent" / "stubs", _UNUSED).having(key_of([_FORMAT, wheel.sha256]), sound, made)


def withheld(cell: Cell) -> tuple[str, ...]:
    """The packages of the suite that come from nowhere: neither a file is given nor an index's version named."""
    given = {canonicalize_name(wheel.package) for wheel in (*cell.wheels, *cell.siblings)}
    return tuple(sorted({canonicalize_name(name) for name in cell.family} - given - _fixed(cell)))


def _fixed(cell: Cell) -> set[str]:
    """The packages that a pin or a requirement names in one version."""
    found = set()
    for text in (*cell.pins, *cell.requires):
        try:
            asked = Requirement(text)
        except InvalidRequirement:
            continue
        if any(part.operator in {"==", "==="} for part in asked.specifier):
            found.add(str(canonicalize_name(asked.name)))
    return found


def others(cell: Cell, site: Site) -> tuple[str, ...]:
    """What is installed and not of the suite, `name==version`."""
    own = {canonicalize_name(name) for name in (*cell.family, *(w.package for w in (*cell.wheels, *cell.siblings)))}
    return tuple(str(each) for each in site.held if each.name not in own)


def strangers(cell: Cell, site: Site) -> tuple[str, ...]:
    """The distributions of the suite that are installed though nothing gave them."""
    gone = set(withheld(cell))
    return tuple(f"{each} is of the suite, and no file of it was given" for each in site.held if each.name in gone)


def proof(cell: Cell, given: tuple[WheelRef, ...], site: Site, found: Mapping[str, str | None]) -> dict[str, str]:
    """How every other module is there: `absent`, `real:<sha256>` or `stub:<sha256>`, by module. `found` is what the
    environment itself says of the import names that must not be there: where each was found, None: nowhere.

    ReleaseError `environment-differs` where one was.
    """
    there = {name: place for name, place in found.items() if place is not None}
    if there:
        context = tuple(f"{name} ({cell.absent[name]}) is at {place}" for name, place in there.items())
        message = f"{cell.name}: modules that it does not declare can be imported"
        hint = "see which distribution brings them, or declare them"
        raise fail("environment-differs", message, context=context, hint=hint)
    modules = {canonicalize_name(package): module for package, module in cell.family.items()}
    stubs = {canonicalize_name(name) for name in cell.stubs}
    held = {each.name for each in site.held}
    said = dict.fromkeys(cell.absent.values(), "absent")
    for wheel in given:
        name = canonicalize_name(wheel.package)
        kind = "stub" if name in stubs else "real"
        said[modules.get(name, wheel.package)] = f"{kind}:{wheel.sha256}" if name in held else "absent"
    return dict(sorted(said.items()))
