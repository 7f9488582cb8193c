"""A Poetry project: `[tool.poetry]` alone (classic), or beside a `[project]` table (2.x)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from trainer_release.model.catalog import Pin
from trainer_release.model.edit import FileEdit
from trainer_release.suite.layouts.poetry_constraints import specifier
from trainer_release.suite.layouts.poetry_entries import LOCKING, PYTHON, Entry, entries, refused
from trainer_release.suite.layouts.poetry_moves import repinned
from trainer_release.suite.layouts.poetry_requirements import pinned
from trainer_release.suite.layouts.project_table import is_dynamic, read_table, same, wanted_strings
from trainer_release.suite.layouts.toml_edit import set_strings
from trainer_release.suite.toml_text import at, parse

if TYPE_CHECKING:
    from trainer_release.errors import Problem
    from trainer_release.model.project import Pinned, Project, Wanted
    from trainer_release.suite.layouts.contract import Files
    from trainer_release.suite.layouts.toml_scan import Path, Span

NAME = "poetry"
EXTRAS = ("tool", "poetry", "extras")
PACKAGE_MODE = ("tool", "poetry", "package-mode")


def matches(pyproject: Mapping[str, Any], folder: str, files: Files) -> bool:  # noqa: ARG001 - a layout's signature
    """A table of Poetry's that its own backend builds (a rest of one beside another backend says nothing), with a
    version, a tag for one (poetry-dynamic-versioning), or `package-mode = false`."""
    if not isinstance(at(pyproject, ("tool", "poetry")), Mapping):
        return False
    backend = at(pyproject, ("build-system", "build-backend"))
    if "poetry" not in str(backend) and not (backend is None and at(pyproject, ("project", "name")) is None):
        return False
    return isinstance(at(pyproject, version_keys(pyproject)), str) or (
        from_tag(pyproject) or at(pyproject, PACKAGE_MODE) is False
    )


def version_keys(values: Mapping[str, Any]) -> Path:
    """Where Poetry takes the version from."""
    static = at(values, ("project", "version")) is not None and not is_dynamic(values)
    return ("project", "version") if static else ("tool", "poetry", "version")


def group_names(values: Mapping[str, Any]) -> list[str]:
    """The names of Poetry's groups; its old table for development is the group `dev`."""
    poetry = at(values, ("tool", "poetry"))
    return [*(poetry.get("group") or ()), *(["dev"] if "dev-dependencies" in poetry else [])]


def from_tag(values: Mapping[str, Any]) -> bool:
    return at(values, ("tool", "poetry-dynamic-versioning", "enable")) is True


def is_private(values: Mapping[str, Any]) -> bool:
    """Poetry's own marks of a project that is not for upload."""
    classifiers = at(values, ("tool", "poetry", "classifiers")) or ()
    marked = any(isinstance(item, str) and item.startswith("Private ::") for item in classifiers)
    return marked or at(values, PACKAGE_MODE) is False


def read(folder: str, files: Files) -> Project:
    """The project. ReleaseError with every `requirement-invalid` and `project-version-invalid` at once."""
    table = read_table(folder, files)
    spans = table.found.strings
    requirements, problems = poetry_requirements(table.path, table.values, spans)
    span = None if from_tag(table.values) else spans.get(version_keys(table.values))
    python, wrong = requires_python(table.path, spans)
    project = table.project(
        NAME,
        span.value if span else None,
        [*problems, *wrong],
        line=span.line if span else 1,
        from_tag=from_tag(table.values),
    )
    return replace(
        project,
        requirements=(*project.requirements, *requirements),
        requires_python=project.requires_python or python,
        private=project.private or is_private(table.values),
        extras=tuple(dict.fromkeys((*project.extras, *(at(table.values, EXTRAS) or ())))),
        groups=tuple(dict.fromkeys((*project.groups, *group_names(table.values)))),
    )


def poetry_requirements(
    path: str, values: Mapping[str, Any], spans: Mapping[Path, Span]
) -> tuple[list[Pinned], list[Problem]]:
    """Every requirement of Poetry's tables, groups among them, and what is wrong with any."""
    found, problems = entries(path, values)
    requirements: list[Pinned] = []
    for entry in found:
        each, problem = pinned(path, entry, spans)
        requirements += each
        problems += [problem] if problem else []
    return requirements, problems


def requires_python(path: str, spans: Mapping[Path, Span]) -> tuple[str | None, list[Problem]]:
    """The interpreters that `[tool.poetry.dependencies] python` admits."""
    stated = spans.get(PYTHON)
    if stated is None:
        return None, []
    try:
        return specifier(stated.value) or None, []
    except ValueError as error:
        return None, [refused(path, f"{'.'.join(map(str, PYTHON))}: {error}", stated.line)]


def edit(project: Project, wanted: Wanted) -> tuple[FileEdit, ...]:
    """One edit of the pyproject.toml, or none. ReleaseError `toml-edit-failed` where none is safe."""
    path = project.pyproject
    text = project.texts[path]
    values = parse(path, text)
    new = wanted_strings(project, wanted)
    if project.version is not None and not same(project.version, wanted.version):
        new[version_keys(values)] = wanted.version
    own = canonicalize_name(project.package)
    siblings = {**wanted.siblings, own: (wanted.version, Pin.KEEP.value)}
    for entry in entries(path, values)[0]:
        sibling = siblings.get(canonicalize_name(entry.name))
        if sibling is None or not is_edited(entry):
            continue
        after = repinned(entry.constraint, sibling[0], Pin(sibling[1]))
        if after != entry.constraint:
            new[entry.keys] = after
    after = set_strings(path, text, new)
    return (FileEdit(path, text, after),) if after != text else ()


def is_edited(entry: Entry) -> bool:
    """Whether the entry has a constraint to edit; `[project]` may state that of one without."""
    return not entry.direct and not entry.templated and ("version" in entry.table or LOCKING not in entry.wheres)
