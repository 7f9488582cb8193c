"""A version that hatch reads from a file: by a pattern (`path`, `pattern`), or as the value of a name (`code`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trainer_release.errors import Problem, ReleaseError
from trainer_release.suite.layouts.hatch_table import HatchTable, hatch_table
from trainer_release.suite.layouts.project_table import edits, read_table
from trainer_release.suite.layouts.version_file import beside, edit_version, read_version
from trainer_release.suite.layouts.version_span import Find, assigned, matched
from trainer_release.suite.toml_text import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trainer_release.model.edit import FileEdit
    from trainer_release.model.project import Project, Wanted
    from trainer_release.suite.layouts.contract import Files

NAME = "hatch"

PATTERN = r"""(?i)^(?:__version__|VERSION) *= *(['"])v?(?P<version>.+?)\1"""
"""What hatch looks for where no pattern is given: a name at the start of a line, and a `v` that does not count."""


def matches(pyproject: Mapping[str, Any], folder: str, files: Files) -> bool:
    """A dynamic version and hatch's table about it. What comes from a tag is another layout's, asked before."""
    return hatch_table(pyproject, folder, files) is not None


def read(folder: str, files: Files) -> Project:
    """The project; its version stands in the file that hatch's table names.

    ReleaseError: `layout-unknown` for a source that cannot be read without executing it, `version-file-missing`,
    `version-not-found`, and what the pyproject.toml has wrong.
    """
    table = read_table(folder, files)
    hatch = hatch_table(table.values, folder, files)
    if hatch is None:
        raise AssertionError("read what does not match")
    try:
        find = found_by(hatch)
    except ReleaseError as error:
        return table.project(NAME, None, error.problems)
    return read_version(table, NAME, beside(folder, hatch.text("path")), files, find, hatch.texts)


def found_by(hatch: HatchTable) -> Find:
    """How the version is found in the file. ReleaseError where the table does not say it in a form that is known."""
    if hatch.source not in ("regex", "code") or not hatch.text("path"):
        message = f"{hatch.path}: hatch's version source is {hatch.source!r}, with path {hatch.values.get('path')!r}"
        hint = 'write `[tool.hatch.version] path = "…"`, the file that holds `__version__ = "1.2.3"`'
        raise ReleaseError(Problem("layout-unknown", message, hatch.path, hint=hint))
    if hatch.source == "code":
        return assigned(hatch.text("expression", "__version__"))
    try:
        return matched(hatch.text("pattern", PATTERN))
    except ValueError as error:
        hint = "correct `pattern`, or leave it out: hatch then looks for `__version__ = …`"
        message = f"{hatch.path}: hatch's version pattern: {error}"
        raise ReleaseError(Problem("version-not-found", message, hatch.path, hint=hint)) from None


def edit(project: Project, wanted: Wanted) -> tuple[FileEdit, ...]:
    """The pins in the pyproject.toml, and the version in its file.

    ReleaseError `toml-edit-failed` or `version-edit-failed` where an edit is not safe.
    """
    pyproject = parse(project.pyproject, project.texts[project.pyproject])
    hatch = hatch_table(pyproject, project.path, project.texts.get)
    if hatch is None:
        raise AssertionError("edit what was not read")
    return edits(project, wanted) + edit_version(project, wanted.version, found_by(hatch))
