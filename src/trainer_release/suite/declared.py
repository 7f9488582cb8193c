"""What a root's own pyproject.toml declares to be members of its workspace: uv, hatch, Poetry and PDM."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trainer_release.suite.toml_text import at, parse

if TYPE_CHECKING:
    from trainer_release.suite.layouts.contract import Files

LOCAL = re.compile(r"file:///\$\{PROJECT_ROOT\}/(?P<folder>[^#\s]+)")


@dataclass(frozen=True, slots=True)
class Declared:
    """Patterns of folders, relative to the root: members, and what is none though it looks like one."""

    members: tuple[str, ...]
    excluded: tuple[str, ...] = ()


def declared(files: Files) -> Declared | None:
    """The workspace that the root declares, or None. ReleaseError `toml-invalid` for a broken file.

    uv and hatch have a table for it. Poetry and PDM have none: there the members are what the root's dependencies and
    groups name by path.
    """
    text = files("pyproject.toml")
    if text is None:
        return None
    root = parse("pyproject.toml", text)
    uv = at(root, ("tool", "uv", "workspace"))
    if isinstance(uv, Mapping):
        return Declared(strings(uv.get("members")), strings(uv.get("exclude")))
    hatch = tuple(hatch_members(root))
    if hatch:
        return Declared(hatch, strings(at(root, ("tool", "hatch", "workspace", "exclude"))))
    by_path = tuple(dict.fromkeys((*poetry_paths(root), *pdm_paths(root))))
    return Declared(by_path) if by_path else None


def hatch_members(root: Mapping[str, Any]) -> Iterator[str]:
    """`[tool.hatch.workspace] members` and each environment's `workspace.members`: patterns, or tables with `path`."""
    environments = at(root, ("tool", "hatch", "envs"))
    tables = [at(root, ("tool", "hatch", "workspace"))]
    tables += [at(each, ("workspace",)) for each in environments.values()] if isinstance(environments, Mapping) else []
    for table in tables:
        members = at(table, ("members",))
        for member in members if isinstance(members, list) else ():
            named = member.get("path") if isinstance(member, Mapping) else member
            if isinstance(named, str):
                yield named


def poetry_paths(root: Mapping[str, Any]) -> Iterator[str]:
    """The folders that Poetry's dependencies and groups of the root name by `path`, inside the root alone."""
    groups = at(root, ("tool", "poetry", "group"))
    tables = [at(root, ("tool", "poetry", key)) for key in ("dependencies", "dev-dependencies")]
    tables += [at(group, ("dependencies",)) for group in groups.values()] if isinstance(groups, Mapping) else []
    for table in tables:
        for entry in table.values() if isinstance(table, Mapping) else ():
            for each in entry if isinstance(entry, list) else (entry,):
                if isinstance(path := at(each, ("path",)), str):
                    yield from inside(path)


def pdm_paths(root: Mapping[str, Any]) -> Iterator[str]:
    """The folders of `-e file:///${PROJECT_ROOT}/…`, as PDM writes path dependencies."""
    groups = (at(root, ("tool", "pdm", "dev-dependencies")), at(root, ("dependency-groups",)))
    lists = [at(root, ("project", "dependencies"))]
    lists += [each for table in groups if isinstance(table, Mapping) for each in table.values()]
    for requirement in (text for each in lists for text in strings(each)):
        if match := LOCAL.search(requirement):
            yield from inside(match["folder"])


def inside(path: str) -> Iterator[str]:
    """The folder in its plainest spelling, where it lies below the root."""
    plain = posixpath.normpath(path)
    if not plain.startswith(("..", "/")) and plain != ".":
        yield plain


def strings(values: Any) -> tuple[str, ...]:
    """The strings of a list; of anything else none."""
    return tuple(value for value in values if isinstance(value, str)) if isinstance(values, list) else ()
