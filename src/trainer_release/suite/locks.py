"""Lock files: what uv.lock and poetry.lock hold of the suite, and its versions in them. Pure."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import tomli
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from trainer_release.errors import Problem, ReleaseError
from trainer_release.model.edit import FileEdit
from trainer_release.model.suite import Module, Suite
from trainer_release.suite.layouts.toml_scan import scan
from trainer_release.suite.mounts import split

COMMANDS = {"uv.lock": "uv lock", "poetry.lock": "poetry lock"}
"""The lock files by name, each with the command of the tool that owns it."""

_LOCAL = ("directory", "editable", "virtual")
_HEAD = re.compile(r"^\[\[package\]\]", re.MULTILINE)


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
    def move(self) -> str:
        """What a person does to have it made: the command, and where."""
        repository, inside = split(self.folder)
        return f"`{self.command}` in {inside}" + (f" of the repository {repository}" if repository else "")

    @property
    def places(self) -> frozenset[str]:
        """The folders of the projects that it locks."""
        return frozenset({self.folder, *(package.place for package in self.packages if package.place)})


def read(path: str, text: str) -> Lock:
    """A lock file's values. ReleaseError `lock-invalid`."""
    try:
        packages = tuple(_package(posixpath.dirname(path), entry) for entry in tomli.loads(text).get("package", ()))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        hint = f"let its tool write it again: `{COMMANDS[posixpath.basename(path)]}` in its folder"
        raise ReleaseError(Problem("lock-invalid", f"{path} cannot be read: {error}", path, hint=hint)) from error
    return Lock(path, text, packages)


def _package(folder: str, entry: Mapping[str, Any]) -> Locked:
    source = entry.get("source", {})
    poetry = {source["type"]: source.get("url", "")} if "type" in source else source
    local = next((str(poetry[kind]) for kind in _LOCAL if kind in poetry), None)
    place = None if local is None else _place(folder, local)
    return Locked(canonicalize_name(entry["name"]), entry.get("version"), place, str(sorted(poetry.items())))


def _place(folder: str, local: str) -> str:
    """A path in a lock's folder, relative to the workspace root. One that leaves another repository's folder names none
    of the workspace."""
    repository, inside = split(folder)
    place = posixpath.normpath(posixpath.join(inside, local))
    return f"{repository}:/{place}".removesuffix("/.") if repository else place


def aligned(lock: Lock, suite: Suite, wanted: Mapping[str, str]) -> tuple[FileEdit, ...]:
    """The edit that gives each module's entry its wanted version, and touches nothing else: the tools write exactly
    that. ReleaseError `lock-stale` where a place is not certain."""
    modules = {module.path: module for module in suite.modules.values() if _states_version(module)}
    starts = [match.start() for match in _HEAD.finditer(lock.text)]
    text, problems = lock.text, []
    for number, package in reversed([*enumerate(lock.packages)]):
        module = modules.get(package.place)
        if module is None or package.version is None or same(package.version, wanted[module.name]):
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


def same(one: str, other: str) -> bool:
    """Whether two texts are one version (PEP 440)."""
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
    return Problem("lock-stale", message, lock.path, hint=f"run {lock.move}")


def touched(lock: Lock, suite: Suite, edits: Iterable[FileEdit]) -> bool:
    """Whether edits change a project that the lock covers."""
    inside = [module.project for module in suite.modules.values() if module.project and module.path in lock.places]
    files = {path for project in inside for path in (project.pyproject, *project.texts)}
    return any(edit.path in files for edit in edits)
