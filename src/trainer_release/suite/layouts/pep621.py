"""A project whose version stands in `[project] version` (PEP 621), whatever its build backend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trainer_release.suite.layouts.project_table import VERSION, edits, is_dynamic, read_table
from trainer_release.suite.toml_text import at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trainer_release.model.edit import FileEdit
    from trainer_release.model.project import Project, Wanted
    from trainer_release.suite.layouts.contract import Files

NAME = "pep621"


def matches(pyproject: Mapping[str, Any], folder: str, files: Files) -> bool:  # noqa: ARG001 - a layout's signature
    """A version that is a string, and not dynamic besides."""
    return isinstance(at(pyproject, VERSION), str) and not is_dynamic(pyproject)


def read(folder: str, files: Files) -> Project:
    """The project as its pyproject.toml states it.

    ReleaseError with every `requirement-invalid` and `project-version-invalid` at once.
    """
    table = read_table(folder, files)
    return table.project(NAME, at(table.values, VERSION))


def edit(project: Project, wanted: Wanted) -> tuple[FileEdit, ...]:
    """One edit of the pyproject.toml, or none. ReleaseError `toml-edit-failed` where none is safe."""
    return edits(project, wanted, VERSION)
