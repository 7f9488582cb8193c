"""Every requirement string of a pyproject.toml, with its line (PEP 508, 518, 621, 735).

Two build plugins fill `[project]` from tables of their own, in which the version is a template; these count as what
they become.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from trainer_release.errors import Problem
from trainer_release.model.project import Pinned
from trainer_release.suite.clauses import Said, said
from trainer_release.suite.layouts.toml_scan import Place
from trainer_release.suite.toml_text import at

if TYPE_CHECKING:
    from trainer_release.suite.layouts.toml_scan import Path

PROJECTS: tuple[Path, ...] = (
    ("project",),
    ("tool", "hatch", "metadata", "hooks", "uv-dynamic-versioning"),
    ("tool", "setuptools_dynamic_dependencies"),
)
"""Tables of `dependencies` and `optional-dependencies`; a build writes what the last two hold into `[project]`."""

TEMPLATE = re.compile(r"\{+[^{}]*\}+")
OWN_VERSION = re.compile(r"\{+\s*version\s*\}+")


Lists = list[tuple["Path", str, Any]]
"""The key path, the dotted key that it counts as, and the value of each list of requirements in a document."""


def requirement_lists(values: Mapping[str, Any]) -> Lists:
    """Where a document states requirements, and what stands there."""
    lists: Lists = []
    tables = [(path, table) for path in PROJECTS if isinstance(table := at(values, path), dict)]
    for path, table in tables:
        if "dependencies" in table:
            lists.append(((*path, "dependencies"), "project.dependencies", table["dependencies"]))
    if (requires := at(values, ("build-system", "requires"))) is not None:
        lists.append((("build-system", "requires"), "build-system.requires", requires))
    for path, table in tables:
        if "optional-dependencies" in table:
            lists += _each((*path, "optional-dependencies"), "project.optional-dependencies", table)
    if "dependency-groups" in values:
        lists += _each(("dependency-groups",), "dependency-groups", values)
    return lists


def _each(path: Path, where: str, above: Mapping[str, Any]) -> Lists:
    """The lists of a table of lists; whatever else stands there, as one."""
    found = above[str(path[-1])]
    if isinstance(found, dict):
        return [((*path, key), f"{where}.{key}", below) for key, below in found.items()]
    return [(path, where, found)]


def requirements(path: str, text: str, lists: Lists) -> tuple[list[tuple[Path, Pinned]], list[Problem]]:
    """Every requirement in these lists of a document with its key path, and every string that is none, as
    `requirement-invalid`.

    A template (`{…}`) has no specifier: what it becomes is known when the package is built. It is left out where its
    name cannot be told or no build fills it, and so is an `include-group`.
    """
    found: list[tuple[Path, Pinned]] = []
    problems: list[Problem] = []
    for lead, where, items in lists:
        if not isinstance(items, list):
            problems.append(refused(path, f"{where} is no list of requirements", None))
            continue
        for index, item in enumerate(items):
            if not isinstance(item, str):
                if not (isinstance(item, dict) and where.startswith("dependency-groups.")):
                    problems.append(refused(path, f"{where}[{index}] is no string", None))
            elif "{" not in item or where.startswith("project."):
                keys = (*lead, index)
                find = Place(text, keys)
                try:
                    found.append((keys, pinned(path, where, item, find)))
                except ValueError as error:  # InvalidRequirement; to import that takes longer than all of this
                    if "{" not in item:
                        message = f"{where} holds {item!r}: {str(error).splitlines()[0]}"
                        problems.append(refused(path, message, find()))
    return found, problems


def named(values: Mapping[str, Any]) -> Iterator[tuple[Path, str, str]]:
    """Key path, canonical name and text of every requirement in a document that was read without a complaint."""
    for lead, where, items in requirement_lists(values):
        for index, item in enumerate(items):
            if isinstance(item, str) and ("{" not in item or where.startswith("project.")):
                try:
                    yield (*lead, index), (stated(item) if "{" in item else said(item)).name, item
                except ValueError:  # a template may have no name yet
                    continue


def pinned(path: str, where: str, text: str, find: Callable[[], int]) -> Pinned:
    """One requirement as a value. InvalidRequirement where the string is none."""
    return Pinned(where, text, *(stated(text) if "{" in text else said(text)), find, path)


def stated(text: str) -> Said:
    """What a requirement says; a template has no specifier. InvalidRequirement where its name is a template."""
    if "{" not in text:
        return said(text)
    parsed = said(TEMPLATE.sub("0", text))
    if not canonicalize_name(text.lstrip()).startswith(parsed.name):
        from packaging.requirements import InvalidRequirement

        raise InvalidRequirement("the name is a template")
    return parsed._replace(specifier="")


def filled(text: str, version: str) -> str:
    """A templated requirement as a build of this version writes it; other templates than the version stay."""
    return OWN_VERSION.sub(version, text) if "{" in text else text


def refused(path: str, message: str, line: int | None) -> Problem:
    hint = "write it as PEP 508 says: \"name[extra]>=1.0,<2; python_version >= '3.11'\""
    return Problem("requirement-invalid", message, path, line, hint=hint)
