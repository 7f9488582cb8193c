"""A version that maturin reads from the crate: `[package] version` in Cargo.toml, its own or its workspace's."""

from __future__ import annotations

from posixpath import basename, join
from typing import TYPE_CHECKING, Any

from trainer_release.errors import Problem, fail
from trainer_release.model.edit import FileEdit
from trainer_release.suite.layouts.cargo import crate, locked, semantic
from trainer_release.suite.layouts.project_table import backend, edits, is_dynamic, read_table, same
from trainer_release.suite.layouts.toml_edit import set_strings
from trainer_release.suite.layouts.version_file import beside, missing
from trainer_release.suite.toml_text import at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trainer_release.model.project import Project, Wanted
    from trainer_release.suite.layouts.contract import Files

NAME = "maturin"


def matches(pyproject: Mapping[str, Any], folder: str, files: Files) -> bool:  # noqa: ARG001 - a layout's signature
    """A dynamic version, and maturin builds."""
    return is_dynamic(pyproject) and backend(pyproject).startswith("maturin")


def read(folder: str, files: Files) -> Project:
    """The project; its version is the crate's.

    ReleaseError: `version-file-missing`, `version-not-found`, `toml-invalid`, and what the pyproject.toml has wrong.
    """
    table = read_table(folder, files)
    path = manifest(table.values, folder, files)
    found = crate(path, files)
    if found is None:
        return table.project(NAME, None, [missing(table.path, path)])
    if found.span is None:
        message = f"{path}: neither it nor a workspace above it states a version as a string"
        hint = 'write `version = "1.2.3"` into its `[package]`'
        return table.project(NAME, None, [Problem("version-not-found", message, path, hint=hint)])
    return table.project(NAME, found.span.value, line=found.span.line, version_path=found.path, texts=found.texts)


def manifest(pyproject: Mapping[str, Any], folder: str, files: Files) -> str:
    """The crate's Cargo.toml: where `[tool.maturin]` says, else below `rust` in a mixed project, else beside."""
    named = at(pyproject, ("tool", "maturin", "manifest-path"))
    if isinstance(named, str):
        return beside(folder, named)
    module = pyproject["project"]["name"].replace("-", "_")
    mixed = at(pyproject, ("tool", "maturin", "python-source")) is not None
    mixed = mixed or files(beside(folder, join("src", module, "__init__.py"))) is not None
    below = beside(folder, "rust/Cargo.toml")
    return below if mixed and files(below) is not None else beside(folder, "Cargo.toml")


def edit(project: Project, wanted: Wanted) -> tuple[FileEdit, ...]:
    """The pins in the pyproject.toml, the crate's version in its Cargo.toml, and in the Cargo.lock beside.

    ReleaseError `version-edit-failed` for a version that cargo cannot spell, `toml-edit-failed` for an unsafe edit.
    """
    own = edits(project, wanted)
    if same(project.version, wanted.version):
        return own
    new = semantic(wanted.version)
    if new is None:
        message = f"cargo has no spelling of {wanted.version}: it takes three numbers, and an alpha, beta, rc or dev"
        hint = "choose such a version, or give the project a static `[project] version`"
        raise fail("version-edit-failed", message, path=project.version_path, hint=hint)
    path = next(each for each in project.texts if each != project.pyproject)  # the crate's own is read first
    found = crate(path, project.texts.get)
    if found is None:
        raise AssertionError("edit what was not read")
    for each in found.texts:
        if each == found.path:
            own += changed(each, found.texts[each], {found.keys: new})
        elif basename(each) == "Cargo.lock":
            own += changed(each, found.texts[each], locked(found, each, new))
    return own


def changed(path: str, text: str, new: Mapping[tuple[str | int, ...], str]) -> tuple[FileEdit, ...]:
    """The edit that sets these strings, or none."""
    after = set_strings(path, text, new)
    return (FileEdit(path, text, after),) if after != text else ()
