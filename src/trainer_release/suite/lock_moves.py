"""What a change of projects asks of a lock file, and what moved between two texts of one. Pure."""

from __future__ import annotations

import posixpath
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from packaging.utils import canonicalize_name

from trainer_release.model.edit import FileEdit
from trainer_release.model.suite import Suite
from trainer_release.suite import pins
from trainer_release.suite.locks import Lock
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
    values = tomllib.loads(text)
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
