"""Lock files: what uv.lock and poetry.lock hold of the suite, and what changed between two texts of one. Pure."""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from trainer_release.errors import Problem, ReleaseError
from trainer_release.model.edit import FileEdit
from trainer_release.model.suite import Module, Suite
from trainer_release.suite import pins
from trainer_release.suite.layouts.toml_scan import scan
from trainer_release.suite.toml_text import at

COMMANDS = {"uv.lock": "uv lock", "poetry.lock": "poetry lock"}
"""The lock files by name, each with the command of the tool that owns it."""

_LOCAL = ("directory", "editable", "virtual")
_HEAD = re.compile(r"^\[\[package\]\]", re.MULTILINE)
_DEPENDS = (
    ("project", "dependencies"),
    ("project", "optional-dependencies"),
    ("project", "requires-python"),
    ("dependency-groups",),
    *(("tool", "poetry", key) for key in ("dependencies", "dev-dependencies", "group", "extras", "source")),
)


@dataclass(frozen=True, slots=True)
class Locked:
    """One package of a lock. `place` is the folder of a project that is locked from its sources, relative to the
    workspace root; None where `origin` (an index, an archive, a repository) gave it. `version` is None where it is
    dynamic."""

    name: str
    version: str | None
    place: str | None
    origin: str


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock file; `packages` in its own order, `path` relative to the workspace root."""

    path: str
    text: str
    packages: tuple[Locked, ...]

    @property
    def command(self) -> str:
        """The command that makes it."""
        return COMMANDS[posixpath.basename(self.path)]

    @property
    def folder(self) -> str:
        return posixpath.dirname(self.path) or "."

    @property
    def places(self) -> frozenset[str]:
        """The folders of the projects that it locks."""
        return frozenset({self.folder, *(package.place for package in self.packages if package.place)})


def read(path: str, text: str) -> Lock:
    """A lock file's values. ReleaseError `lock-invalid`."""
    try:
        packages = tuple(_package(posixpath.dirname(path), entry) for entry in tomllib.loads(text).get("package", ()))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        hint = f"let its tool write it again: `{COMMANDS[posixpath.basename(path)]}` in its folder"
        raise ReleaseError(Problem("lock-invalid", f"{path} cannot be read: {error}", path, hint=hint)) from error
    return Lock(path, text, packages)


def _package(folder: str, entry: Mapping[str, Any]) -> Locked:
    source = entry.get("source", {})
    poetry = {source["type"]: source.get("url", "")} if "type" in source else source
    local = next((str(poetry[kind]) for kind in _LOCAL if kind in poetry), None)
    place = None if local is None else posixpath.normpath(posixpath.join(folder, local))
    return Locked(canonicalize_name(entry["name"]), entry.get("version"), place, str(sorted(poetry.items())))


def aligned(lock: Lock, suite: Suite, wanted: Mapping[str, str]) -> tuple[FileEdit, ...]:
    """The edit that gives each module's entry its wanted version, and touches nothing else: the tools write exactly
    that. ReleaseError `lock-stale` where a place is not certain."""
    modules = {module.path: module for module in suite.modules.values() if _states_version(module)}
    starts = [match.start() for match in _HEAD.finditer(lock.text)]
    text, problems = lock.text, []
    for number, package in reversed([*enumerate(lock.packages)]):
        module = modules.get(package.place)
        if module is None or package.version is None or _same(package.version, wanted[module.name]):
            continue
        place = _version_at(lock, starts, number)
        if place is None:
            problems.append(_stale(lock, package, wanted[module.name]))
        else:
            text = text[: place[0]] + wanted[module.name] + text[place[1] :]
    if problems:
        raise ReleaseError(*reversed(problems))
    return () if text == lock.text else (FileEdit(lock.path, lock.text, text),)


def _states_version(module: Module) -> bool:
    return module.project is not None and not module.project.from_tag


def _same(one: str, other: str) -> bool:
    try:
        return Version(one) == Version(other)
    except InvalidVersion:
        return one == other


def _version_at(lock: Lock, starts: list[int], number: int) -> tuple[int, int] | None:
    """Where the version of a package stands, without its quotes; None unless name and version are found there."""
    if len(starts) != len(lock.packages):
        return None
    end = starts[number + 1] if number + 1 < len(starts) else len(lock.text)
    strings = scan(lock.text[starts[number] : end]).strings
    name, version = strings.get(("package", 0, "name")), strings.get(("package", 0, "version"))
    package = lock.packages[number]
    if name is None or version is None or len(version.style) != 1:
        return None
    if canonicalize_name(name.value) != package.name or version.value != package.version:
        return None
    return starts[number] + version.start + 1, starts[number] + version.end - 1


def _stale(lock: Lock, package: Locked, wanted: str) -> Problem:
    message = f"says {package.name} {package.version}, the catalog means {wanted}"
    return Problem("lock-stale", message, lock.path, hint=f"run `{lock.command}` in {lock.folder}")


def touched(lock: Lock, suite: Suite, edits: Iterable[FileEdit]) -> bool:
    """Whether edits change a project that the lock covers."""
    inside = [module.project for module in suite.modules.values() if module.project and module.path in lock.places]
    files = {path for project in inside for path in (project.pyproject, *project.texts)}
    return any(edit.path in files for edit in edits)


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
