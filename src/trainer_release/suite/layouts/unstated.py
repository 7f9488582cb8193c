"""A project whose version no layout could find: all else of its pyproject.toml is read, and its pins are edited.

It matches nothing; `read_anyway` in this folder turns to it, so that one such project hides no other one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from trainer_release.suite.layouts.project_table import edits, read_table

if TYPE_CHECKING:
    from trainer_release.model.edit import FileEdit
    from trainer_release.model.project import Project, Wanted
    from trainer_release.suite.layouts.contract import Files

NAME = "unstated"


def matches(pyproject: Mapping[str, Any], folder: str, files: Files) -> bool:  # noqa: ARG001 - a layout's signature
    """Never: it is what remains."""
    return False


def read(folder: str, files: Files) -> Project:
    """The project without a version. ReleaseError with every other complaint about its pyproject.toml."""
    return read_table(folder, files).project(NAME, None)


def edit(project: Project, wanted: Wanted) -> tuple[FileEdit, ...]:
    """The pins in the pyproject.toml; where the version stands is not known. ReleaseError `toml-edit-failed`."""
    return edits(project, wanted)
