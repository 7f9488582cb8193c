"""Every requirement string of a pyproject.toml, with its line (PEP 508, 518, 621, 735)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from trainer_release.errors import Problem
from trainer_release.model.project import Pinned
from trainer_release.suite.toml_text import at

if TYPE_CHECKING:
    from trainer_release.suite.layouts.toml_scan import Path, Span

LISTS = ("project.dependencies", "build-system.requires")
TABLES_OF_LISTS = ("project.optional-dependencies", "dependency-groups")


def requirement_lists(values: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    """The key path and the value of each list of requirements that the document has."""
    for name in LISTS:
        path = tuple(name.split("."))
        if (found := at(values, path)) is not None:
            yield path, found
    for name in TABLES_OF_LISTS:
        path = tuple(name.split("."))
        found = at(values, path)
        if isinstance(found, Mapping):
            yield from (((*path, key), below) for key, below in found.items())
        elif found is not None:
            yield path, found


def requirements(
    path: str, values: Mapping[str, Any], spans: Mapping[Path, Span]
) -> tuple[list[tuple[Path, Pinned]], list[Problem]]:
    """Every requirement with its key path, and every string that is none (`requirement-invalid`).

    A template (`{…}`) is left out: what it becomes is known when the package is built. So is an
    `include-group`.
    """
    found: list[tuple[Path, Pinned]] = []
    problems: list[Problem] = []
    for keys, items in requirement_lists(values):
        where = ".".join(map(str, keys))
        if not isinstance(items, list):
            problems.append(refused(path, f"{where} is no list of requirements", None))
            continue
        for index, item in enumerate(items):
            span = spans.get((*keys, index))
            if isinstance(item, Mapping) and where.startswith("dependency-groups."):
                continue
            if span is None or not isinstance(item, str):
                problems.append(refused(path, f"{where}[{index}] is no string", None))
            elif "{" not in item:
                try:
                    found.append(((*keys, index), pinned(path, where, span)))
                except InvalidRequirement as error:
                    text = f"{where} holds {item!r}: {str(error).splitlines()[0]}"
                    problems.append(refused(path, text, span.line))
    return found, problems


def pinned(path: str, where: str, span: Span) -> Pinned:
    """One requirement as a value. InvalidRequirement where the string is none."""
    parsed = Requirement(span.value)
    return Pinned(
        where=where,
        text=span.value,
        name=canonicalize_name(parsed.name),
        specifier=str(parsed.specifier),
        extras=tuple(sorted(canonicalize_name(extra) for extra in parsed.extras)),
        marker=str(parsed.marker) if parsed.marker else None,
        url=parsed.url is not None,
        line=span.line,
        path=path,
    )


def refused(path: str, message: str, line: int | None) -> Problem:
    hint = "write it as PEP 508 says: \"name[extra]>=1.0,<2; python_version >= '3.11'\""
    return Problem("requirement-invalid", message, path, line, hint=hint)
