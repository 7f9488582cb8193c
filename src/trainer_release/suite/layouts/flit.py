"""A version that flit reads from the module itself: `__version__ = "…"`, found without executing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trainer_release.suite.layouts.project_table import backend, edits, is_dynamic, read_table
from trainer_release.suite.layouts.version_file import beside, edit_version, read_version
from trainer_release.suite.layouts.version_span import assigned
from trainer_release.suite.toml_text import at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trainer_release.model.edit import FileEdit
    from trainer_release.model.project import Project, Wanted
    from trainer_release.suite.layouts.contract import Files

NAME = "flit"
FIND = assigned("__version__", last=False)
FILES = ("__init__.py", "version.py", "_version.py", "__version__.py")
"""Where flit looks inside a package; the first that states a version counts."""


def matches(pyproject: Mapping[str, Any], folder: str, files: Files) -> bool:  # noqa: ARG001 - a layout's signature
    """A dynamic version, and flit builds."""
    return is_dynamic(pyproject) and backend(pyproject).startswith("flit")


def read(folder: str, files: Files) -> Project:
    """The project; its version stands in its module.

    ReleaseError: `version-file-missing`, `version-not-found`, and what the pyproject.toml has wrong.
    """
    table = read_table(folder, files)
    candidates = [beside(folder, path) for path in module_files(table.values)]
    there = [path for path in candidates if files(path) is not None]
    stating = [path for path in there if FIND(files(path) or "")]
    return read_version(table, NAME, (stating or there or candidates)[0], files, FIND)


def module_files(pyproject: Mapping[str, Any]) -> Iterator[str]:
    """The files that may state the version, relative to the project: of a package or a module, below `src` or not."""
    name = at(pyproject, ("tool", "flit", "module", "name"))
    if not isinstance(name, str):
        name = pyproject["project"]["name"].replace("-", "_")
    for below in ("", "src/"):
        path = below + name.replace(".", "/")
        yield from (f"{path}/{file}" for file in FILES)
        yield f"{path}.py"


def edit(project: Project, wanted: Wanted) -> tuple[FileEdit, ...]:
    """The pins in the pyproject.toml, and the version in the module.

    ReleaseError `toml-edit-failed` or `version-edit-failed` where an edit is not safe.
    """
    return edits(project, wanted) + edit_version(project, wanted.version, FIND)
