"""A version that stands in a file of its own: read from it, and written into it in place."""

from __future__ import annotations

import ast
from posixpath import join, normpath
from typing import TYPE_CHECKING

from trainer_release.errors import Problem, ReleaseError, fail
from trainer_release.model.edit import FileEdit
from trainer_release.suite.layouts.project_table import same
from trainer_release.suite.layouts.version_span import Find, parsed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trainer_release.model.project import Project
    from trainer_release.suite.layouts.contract import Files
    from trainer_release.suite.layouts.project_table import Table


def beside(folder: str, relative: str) -> str:
    """The path of a file that a project names relative to its folder, as a path relative to the workspace root."""
    return normpath(join(folder, relative))


def text_at(path: str, files: Files) -> str | None:
    """The text of a file of the workspace, or None where there is none or the path leads out of it."""
    return None if path.startswith(("../", "/")) else files(path)


def read_version(
    table: Table, layout: str, path: str, files: Files, find: Find, texts: Mapping[str, str] | None = None
) -> Project:
    """The project with the version that stands in the file at `path`; `texts` are other files that were read.

    ReleaseError: `version-file-missing` or `version-not-found`, and what the pyproject.toml has wrong, at once.
    """
    text = text_at(path, files)
    if text is None:
        return table.project(layout, None, [missing(table.path, path)])
    span = find(text)
    if span is None:
        return table.project(layout, None, [not_found(path, layout)])
    read = {path: text, **(texts or {})}
    return table.project(layout, span.value, line=span.line, version_path=path, texts=read)


def missing(pyproject: str, path: str) -> Problem:
    where = "lies outside the workspace" if path.startswith(("../", "/")) else "is not there"
    hint = "correct the path, or add the file with the version; a template's folder goes under `exclude` in the catalog"
    return Problem("version-file-missing", f"the version is to stand in {path}, which {where}", pyproject, hint=hint)


def not_found(path: str, layout: str) -> Problem:
    message = f"{path} does not state the version in a form that the layout {layout} reads"
    return Problem("version-not-found", message, path, hint='write one line, `__version__ = "1.2.3"`, at its top level')


def edit_version(project: Project, version: str, find: Find) -> tuple[FileEdit, ...]:
    """The edit of the file that states the version, or none where it says the same already, however it spells it.

    ReleaseError `version-edit-failed` where anything but the version would change.
    """
    path = project.version_path or project.pyproject
    text = project.texts[path]
    span = find(text)
    if span is None:
        raise AssertionError("edit what was not found")
    if same(span.value, version):
        return ()
    after = text[: span.start] + version + text[span.end :]
    again = find(after)
    if again is None or again.value != version or not is_one_value(text, after):
        raise refused(path, version)
    return (FileEdit(path, text, after),)


def refused(path: str, version: str) -> ReleaseError:
    message = f"{path}: writing {version} would change something else as well"
    return fail("version-edit-failed", message, path=path, hint="write the version by hand, and run it again")


def is_one_value(before: str, after: str) -> bool:
    """Whether two texts, if they are Python, differ in the value of one constant at most."""
    trees = parsed(before), parsed(after)
    if trees[0] is None or trees[1] is None:
        return trees[0] is trees[1]
    old, new = ([node for node in ast.walk(tree) if isinstance(node, ast.Constant)] for tree in trees if tree)
    differing = 0
    for one, other in zip(old, new, strict=False):
        if one.value != other.value:
            differing += 1
            other.value = one.value
    return differing <= 1 and ast.dump(trees[0]) == ast.dump(trees[1])
