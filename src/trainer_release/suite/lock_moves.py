"""What a change of projects asks of a lock file, and what moved between two texts of one. Pure."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import tomli
from packaging.utils import NormalizedName, canonicalize_name

from trainer_release.errors import ReleaseError
from trainer_release.model.edit import FileEdit
from trainer_release.model.suite import Suite
from trainer_release.suite import pins
from trainer_release.suite.locks import Lock, read, same
from trainer_release.suite.mounts import split
from trainer_release.suite.toml_text import at

_DEPENDS = (
    ("project", "dependencies"),
    ("project", "optional-dependencies"),
    ("project", "requires-python"),
    ("dependency-groups",),
    *(("tool", "poetry", key) for key in ("dependencies", "dev-dependencies", "group", "extras", "source")),
)


def settled(edits: Iterable[FileEdit]) -> bool:
    """Whether edits leave every requirement as it is, so that versions are all that a lock has to follow."""
    files = (edit for edit in edits if posixpath.basename(edit.path) == "pyproject.toml")
    return all(_requirements(edit.before or "") == _requirements(edit.after) for edit in files)


def _requirements(text: str) -> list[Any]:
    values = tomli.loads(text)
    return [at(values, keys) for keys in _DEPENDS]


def awaited(lock: Lock, suite: Suite, built: Collection[str]) -> tuple[str, ...]:
    """The packages that a lock takes from an index and that are not there yet in the version that its projects will
    require; `suite` is the suite as it will be, `built` names the modules that the release publishes."""
    packages = (suite.modules[name].package for name in built)
    new: dict[str, str] = {canonicalize_name(package): package for package in packages}
    known = {p.name: p.version for p in lock.packages if p.place is None and p.name in new and p.version}
    found = {
        new[pinned.name]
        for module in suite.modules.values()
        if module.project and module.path in lock.places
        for pinned in module.project.requirements
        if pinned.name in known and not pins.admits(pinned.text, str(known[pinned.name]))
    }
    return tuple(sorted(found))


def missing(lock: Lock, suite: Suite, built: Collection[str]) -> tuple[str, ...]:
    """Why a lock cannot be made while a release is prepared: what it awaits, and what lies beside its repository."""
    return tuple(sorted({*awaited(lock, suite, built), *beside(lock, suite)}))


def still_awaited(path: str, text: str, suite: Suite) -> tuple[str, ...]:
    """The packages of a released suite that the text of a lock file has in versions that no longer fit. One that
    cannot be read says nothing: `check` tells of it."""
    try:
        lock = read(path, text)
    except ReleaseError:
        return ()
    return tuple(sorted({*awaited(lock, suite, suite.modules), *beside(lock, suite, stale=True)}))


def beside(lock: Lock, suite: Suite, *, stale: bool = False) -> tuple[str, ...]:
    """The packages that a lock takes from the folders of other repositories: no scratch copy has them, its tool runs
    only where the repositories lie side by side. `stale`: those alone that it has in another version than the suite's.
    """
    own = split(lock.path)[0]
    outside = (package for package in lock.packages if split(package.place or "")[1].startswith("../"))
    pairs = ((package, suite.packages.get(NormalizedName(package.name))) for package in outside)
    return tuple(
        sorted(
            module.package
            for package, module in pairs
            if module is not None and module.path is not None and split(module.path)[0] != own
            if not stale or (package.version is not None and not same(package.version, module.version))
        )
    )


def moved(before: Lock, after: Lock, suite: Suite) -> tuple[str, ...]:
    """What two texts of a lock say differently about packages that are not the suite's, each in a few words.

    What comes or goes is no move where a module that an index gives has itself moved: it may need other packages.
    """
    ours: set[str] = {canonicalize_name(module.package) for module in suite.modules.values()}
    old, new = _given(before), _given(after)
    loose = any(old.get(name) != new.get(name) for name in ours)
    return tuple(_told(old, new, ours=ours, loose=loose))


def _told(
    old: Mapping[str, set[tuple[str, str]]], new: Mapping[str, set[tuple[str, str]]], *, ours: set[str], loose: bool
) -> Iterator[str]:
    for name in sorted({*old, *new} - ours):
        was, now = old.get(name, set()), new.get(name, set())
        if was == now or (loose and not (was and now)):
            continue
        before, after = (", ".join(sorted({version for version, _ in each})) or "nothing" for each in (was, now))
        yield f"{name}: {before} -> {after}" if before != after else f"{name} {after}: from another place"


def _given(lock: Lock) -> dict[str, set[tuple[str, str]]]:
    """Versions and origins of what does not come from a project's sources, by name."""
    found: dict[str, set[tuple[str, str]]] = {}
    for package in lock.packages:
        if package.place is None:
            found.setdefault(package.name, set()).add((package.version or "", package.origin))
    return found
