"""The dependencies in Poetry's own tables, one entry a constraint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from trainer_release.errors import Problem
from trainer_release.suite.toml_text import at

if TYPE_CHECKING:
    from trainer_release.suite.layouts.toml_scan import Path

PYTHON: Path = ("tool", "poetry", "dependencies", "python")
LOCKING = "tool.poetry.dependencies"
"""The `where` of a dependency that only serves Poetry's lock file: `[project]` states what the wheel requires."""
DIRECT = ("path", "file", "url", "git")


@dataclass(frozen=True, slots=True)
class Entry:
    """One constraint on a package: where its string stands or would stand, the lists it belongs to, its table.

    `table` has `version` and what else Poetry knows; a plain string is `{version: …}`.
    """

    keys: Path
    wheres: tuple[str, ...]
    name: str
    table: Mapping[str, Any]

    @property
    def constraint(self) -> str:
        return str(self.table.get("version", "*"))

    @property
    def templated(self) -> bool:
        """Whether a build fills the constraint in (`{{ version }}`)."""
        return "{" in self.constraint

    @property
    def direct(self) -> bool:
        """Whether it names a place (a path, a URL, a repository) instead of a version."""
        return any(key in self.table for key in DIRECT)


def entries(path: str, values: Mapping[str, Any]) -> tuple[list[Entry], list[Problem]]:
    """Every constraint of every table, and what is none (`requirement-invalid`)."""
    found: list[Entry] = []
    problems: list[Problem] = []
    for keys, group in tables(values):
        dependencies = at(values, keys)
        if not isinstance(dependencies, Mapping):
            problems.append(refused(path, f"{'.'.join(keys)} is no table of dependencies"))
            continue
        for name, place, stated in constraints(keys, dependencies):
            table = {"version": stated} if isinstance(stated, str) else stated
            if not isinstance(table, Mapping):
                problems.append(refused(path, f"{'.'.join(map(str, place))} is no constraint"))
            else:
                wheres = (group,) if group else main(values, name, table)
                found.append(Entry(place if table is not stated else (*place, "version"), wheres, name, table))
    return found, problems


def constraints(keys: Path, dependencies: Mapping[str, Any]) -> Iterator[tuple[str, Path, Any]]:
    """Each package with its constraint and the key path of it; alternatives in a list one by one, no interpreter."""
    for name, stated in dependencies.items():
        if isinstance(stated, list):
            yield from ((name, (*keys, name, index), each) for index, each in enumerate(stated))
        elif (*keys, name) != PYTHON:
            yield name, (*keys, name), stated


def tables(values: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str | None]]:
    """The key path of each table of dependencies, with the `where` of a group."""
    poetry = at(values, ("tool", "poetry")) or {}
    if "dependencies" in poetry:
        yield ("tool", "poetry", "dependencies"), None
    if "dev-dependencies" in poetry:
        yield ("tool", "poetry", "dev-dependencies"), "dependency-groups.dev"
    groups = poetry.get("group")
    for name, group in groups.items() if isinstance(groups, Mapping) else ():
        if isinstance(group, Mapping) and "dependencies" in group:
            yield ("tool", "poetry", "group", name, "dependencies"), f"dependency-groups.{name}"


def main(values: Mapping[str, Any], name: str, table: Mapping[str, Any]) -> tuple[str, ...]:
    """The lists of the wheel's metadata that a main dependency reaches: an optional one those of the extras that name
    it. Where `[project]` has dependencies of its own, Poetry's only serve its lock file, unless `dynamic` says
    otherwise (and then only for the kind that `[project]` leaves open).
    """
    optional = table.get("optional") is True
    project = at(values, ("project",)) or {}
    stated = bool(project.get("dependencies")), any((project.get("optional-dependencies") or {}).values())
    mixed = {"dependencies", "optional-dependencies"} & set(project.get("dynamic") or ())
    if any(stated) and not (mixed and not stated[1 if optional else 0]):
        return (LOCKING,)
    if not optional:
        return ("project.dependencies",)
    extras = at(values, ("tool", "poetry", "extras"))
    canonical = canonicalize_name(name)
    naming = (
        extra
        for extra, names in (extras.items() if isinstance(extras, Mapping) else ())
        if isinstance(names, list) and canonical in (canonicalize_name(str(each)) for each in names)
    )
    return tuple(f"project.optional-dependencies.{extra}" for extra in naming) or (LOCKING,)


def refused(path: str, message: str, line: int | None = None) -> Problem:
    hint = 'write it as Poetry says: name = "^1.2", or name = {version = "^1.2", extras = ["x"]}'
    return Problem("requirement-invalid", message, path, line, hint=hint)
