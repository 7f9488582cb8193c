"""A setuptools project that states things outside `[project]`: a version by `attr` or `file`, requirements in files,
or all of it in setup.cfg and setup.py. A setup.py is read, never executed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from trainer_release.errors import Problem
from trainer_release.suite.layouts.project_table import VERSION, Table, backend, is_dynamic
from trainer_release.suite.layouts.setuptools_edit import edits_of
from trainer_release.suite.layouts.setuptools_view import View, look, setup_files
from trainer_release.suite.layouts.stated import EXTRA, Setup, requirements
from trainer_release.suite.layouts.version_file import beside, missing, not_found
from trainer_release.suite.toml_text import at

if TYPE_CHECKING:
    from trainer_release.model.edit import FileEdit
    from trainer_release.model.project import Project, Wanted
    from trainer_release.suite.layouts.contract import Files

NAME = "setuptools"


def matches(pyproject: Mapping[str, Any], folder: str, files: Files) -> bool:
    """A `[project]` that leaves its version or its dependencies to setuptools; or none, and a name in setup.py or
    setup.cfg."""
    project = at(pyproject, ("project",))
    if not isinstance(project, Mapping):
        return name_of(pyproject, folder, files) is not None
    if backend(pyproject) and not backend(pyproject).startswith("setuptools"):
        return False
    if is_dynamic(pyproject):
        return look(folder, files).setup.version is not None
    dynamic = project.get("dynamic")
    lists = {"dependencies", "optional-dependencies"}
    return isinstance(project.get("version"), str) and isinstance(dynamic, list) and not lists.isdisjoint(dynamic)


def name_of(pyproject: Mapping[str, Any], folder: str, files: Files) -> str | None:
    """The name in setup.py or setup.cfg, where the pyproject.toml leaves it to them."""
    if "project" in pyproject or at(pyproject, ("tool", "poetry")) is not None:
        return None
    return setup_files(folder, files).name


def read(folder: str, files: Files) -> Project:
    """The project. ReleaseError with every complaint about its files at once."""
    view = look(folder, files)
    setup = view.setup
    found, problems = requirements(setup.stated)
    project = versioned(view, problems)
    extras = (each.where.removeprefix(EXTRA) for each in setup.stated if each.where.startswith(EXTRA))
    return replace(
        project,
        package=setup.name or project.package,
        requirements=(*project.requirements, *(pinned for _, pinned in found)),
        requires_python=project.requires_python or setup.requires_python,
        extras=tuple(dict.fromkeys((*project.extras, *extras))),
        texts=view.texts,
    )


def versioned(view: View, problems: list[Problem]) -> Project:
    """The project with its version, wherever that stands."""
    table, setup = view.table, view.setup
    if setup.version is None:
        static = table.found.strings.get(VERSION)
        if static is None and not setup.from_tag:
            problems.append(unstated(table, setup))
        line = static.line if static else 1
        return table.project(NAME, static.value if static else None, problems, line=line, from_tag=setup.from_tag)
    path, find = setup.version
    text = view.texts.get(path)
    span = find(text) if text is not None else None
    if span is None:
        problems.append(not_found(path, NAME) if text is not None else missing(table.path, path))
        return table.project(NAME, None, problems)
    return table.project(NAME, span.value, problems, line=span.line, version_path=path)


def unstated(table: Table, setup: Setup) -> Problem:
    """`layout-unknown`: there is no version, or none before setup.py is run."""
    path, line = setup.computed or (beside(table.folder, "setup.py"), None)
    said = "the version is computed when it is run, and it is never run here" if line else "it states no version"
    hint = 'write `version="1.2.3"` into the call of `setup`, or `version = attr: package.__version__` into setup.cfg'
    return Problem("layout-unknown", f"{path}: {said}", path, line, hint=hint)


def edit(project: Project, wanted: Wanted) -> tuple[FileEdit, ...]:
    """The edits of every file that states something. ReleaseError `toml-edit-failed`, `version-edit-failed`."""
    return edits_of(project, wanted, lambda texts: look(project.path, texts.get).setup)
