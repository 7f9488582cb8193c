"""A version that pdm-backend reads from a file: `[tool.pdm.version]` with `source = "file"`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trainer_release.errors import Problem
from trainer_release.suite.layouts.project_table import backend, edits, is_dynamic, read_table
from trainer_release.suite.layouts.version_file import beside, edit_version, read_version
from trainer_release.suite.layouts.version_span import Find, matched
from trainer_release.suite.toml_text import at, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trainer_release.model.edit import FileEdit
    from trainer_release.model.project import Project, Wanted
    from trainer_release.suite.layouts.contract import Files

NAME = "pdm"

PATTERN = r"""^(?:__version__|VERSION)\s*=\s*["'](.+?)["']\s*(?:#.*)?$"""
"""What pdm-backend looks for where no pattern is given."""


def matches(pyproject: Mapping[str, Any], folder: str, files: Files) -> bool:  # noqa: ARG001 - a layout's signature
    """A dynamic version, and pdm-backend builds. A version from a tag is another layout's, asked before."""
    return is_dynamic(pyproject) and backend(pyproject).startswith("pdm.")


def read(folder: str, files: Files) -> Project:
    """The project; its version stands in the file that `[tool.pdm.version] path` names.

    ReleaseError: `layout-unknown` for a version that a function returns, `version-file-missing`, `version-not-found`,
    and what the pyproject.toml has wrong.
    """
    table = read_table(folder, files)
    path = at(table.values, ("tool", "pdm", "version", "path"))
    source = at(table.values, ("tool", "pdm", "version", "source")) or "file"
    if source != "file" or not isinstance(path, str):
        message = f"{table.path}: pdm's version source is {source!r}, with path {path!r}, which no layout reads"
        hint = 'write `[tool.pdm.version]` with `source = "file"` and the `path` of a file with `__version__ = "1.2.3"`'
        return table.project(NAME, None, [Problem("layout-unknown", message, table.path, hint=hint)])
    try:
        find = found_by(table.values)
    except ValueError as error:
        message = f"{table.path}: pdm's version pattern: {error}"
        hint = "correct `pattern`, or leave it out: pdm then looks for `__version__ = …`"
        return table.project(NAME, None, [Problem("version-not-found", message, table.path, hint=hint)])
    return read_version(table, NAME, beside(folder, path), files, find)


def found_by(pyproject: Mapping[str, Any]) -> Find:
    """How the version is found in its file: a pattern's first group. ValueError for a pattern that is none."""
    pattern = at(pyproject, ("tool", "pdm", "version", "pattern"))
    return matched(pattern if isinstance(pattern, str) else PATTERN, 1)


def edit(project: Project, wanted: Wanted) -> tuple[FileEdit, ...]:
    """The pins in the pyproject.toml, and the version in its file.

    ReleaseError `toml-edit-failed` or `version-edit-failed` where an edit is not safe.
    """
    find = found_by(parse(project.pyproject, project.texts[project.pyproject]))
    return edits(project, wanted) + edit_version(project, wanted.version, find)
