"""The layouts there are, and the two ways through them: a project is read, a project is edited."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from packaging.utils import InvalidName, canonicalize_name

from trainer_release.errors import ReleaseError, fail
from trainer_release.suite.layouts import pep621
from trainer_release.suite.layouts.metadata import complaints
from trainer_release.suite.toml_text import at, is_template, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trainer_release.model.edit import FileEdit
    from trainer_release.model.project import Project, Wanted
    from trainer_release.suite.layouts.contract import Files, Layout

ALL = ("scm", "hatch", "flit", "pdm_dynamic", "maturin", "poetry", "setuptools", "pep621", "unstated")
"""Every layout, a file here; the first that matches is taken."""

PLACEHOLDER = frozenset("{}<>$%")
"""Signs of a name that a template leaves open."""


def every() -> Iterator[Layout]:
    """The layouts in their order, imported one by one: most suites need few."""
    return (cast("Layout", import_module(f"{__name__}.{name}")) for name in ALL)


def pyproject_of(folder: str) -> str:
    """The path of a folder's pyproject.toml, relative to the workspace root (`.` is the root)."""
    return "pyproject.toml" if folder == "." else f"{folder}/pyproject.toml"


def is_project(folder: str, files: Files) -> bool:
    """Whether the folder holds a project: a name in its pyproject.toml, setup.py or setup.cfg.

    A template that is no TOML yet, or has no name yet, is none. ReleaseError `toml-invalid` for any other
    broken file.
    """
    text = files(pyproject_of(folder)) or ""
    try:
        name = name_of(folder, files)
    except ReleaseError:
        if is_template(text):
            return False
        raise
    return isinstance(name, str) and not PLACEHOLDER.intersection(name)


def name_of(folder: str, files: Files) -> Any:
    """The distribution's name as the folder's files state it, or None."""
    pyproject = parse(pyproject_of(folder), files(pyproject_of(folder)) or "")
    lead = pyproject_of(folder).removesuffix("pyproject.toml")
    if (name := name_in(pyproject)) or all(files(lead + each) is None for each in ("setup.py", "setup.cfg")):
        return name
    from trainer_release.suite.layouts import setuptools

    return setuptools.name_of(pyproject, folder, files)


def name_in(pyproject: Mapping[str, Any]) -> Any:
    """The distribution's name as the document states it, or None."""
    return at(pyproject, ("project", "name")) or at(pyproject, ("tool", "poetry", "name"))


def read_project(folder: str, files: Files) -> Project:
    """The project in a folder, read by the first layout that matches.

    ReleaseError: `toml-invalid`, `package-name-invalid`, `layout-unknown`, or what the layout complains of.
    """
    path = pyproject_of(folder)
    text = files(path)
    name = name_of(folder, files)
    if text is None and name is None:
        raise fail("project-missing", f"there is no {path}", path=path, hint="correct the path, or add the file")
    pyproject = parse(path, text or "")
    checked_name(path, name)
    for layout in (pep621,) if is_plain(pyproject) else every():
        if layout.matches(pyproject, folder, files):
            return layout.read(folder, files)
    raise fail(
        "layout-unknown",
        f"{path}: {found_in(pyproject)}, which no layout reads",
        path=path,
        hint=f"layouts: {', '.join(layout.NAME for layout in every())} (a static `[project] version`); "
        "write one of them, or name the folder under `exclude` in the catalog",
    )


def is_plain(pyproject: Mapping[str, Any]) -> bool:
    """Whether the layout of PEP 621 is the one, with no need to import the others: each of them wants something that is
    dynamic, or a table of Poetry's."""
    project = at(pyproject, ("project",))
    static = isinstance(project, dict) and isinstance(project.get("version"), str) and "dynamic" not in project
    return static and at(pyproject, ("tool", "poetry")) is None


UNSTATED = frozenset(("version-file-missing", "version-not-found", "layout-unknown"))
"""What is wrong with a project of which only the version cannot be told."""


def read_anyway(folder: str, files: Files) -> Project:
    """The project, also where its version cannot be told: then `version` is None, and `faults` says why.

    `faults` also tells what else could not be published. ReleaseError for everything else that is wrong.
    """
    pyproject = parse(pyproject_of(folder), files(pyproject_of(folder)) or "")
    try:
        project = read_project(folder, files)
    except ReleaseError as error:
        if name_in(pyproject) is None or {problem.code for problem in error.problems} - UNSTATED:
            raise
        from trainer_release.suite.layouts import unstated

        project = replace(unstated.read(folder, files), faults=error.problems)
    wrong = tuple(complaints(project, pyproject))
    return replace(project, faults=(*project.faults, *wrong)) if wrong else project


def checked_name(path: str, name: Any) -> None:
    """Refuse (`package-name-invalid`) what no index would take as the name of a distribution (PEP 508)."""
    try:
        canonicalize_name(name if isinstance(name, str) else "", validate=True)
    except InvalidName:
        hint = "letters, digits, `-`, `_` and `.`; the first and the last a letter or a digit"
        raise fail("package-name-invalid", f"{path}: {name!r} is no name of a package", path=path, hint=hint) from None


def found_in(pyproject: Mapping[str, Any]) -> str:
    """How the document states its version, in words."""
    dynamic = at(pyproject, ("project", "dynamic"))
    if isinstance(dynamic, list) and "version" in dynamic:
        backend = at(pyproject, ("build-system", "build-backend"))
        return f"the version is dynamic (build backend {backend})"
    if at(pyproject, ("tool", "poetry", "version")) is not None:
        return "the version stands in [tool.poetry]"
    version = at(pyproject, ("project", "version"))
    if version is not None:
        return "`[project] version` is no string"
    return "there is no version"


def edit_project(project: Project, wanted: Wanted) -> tuple[FileEdit, ...]:
    """The edits that make a project's files say what is wanted, further places of its version among them; empty where
    they say it already."""
    layouts: Iterable[Layout] = (pep621,) if project.layout == pep621.NAME else every()
    layout = next(layout for layout in layouts if project.layout == layout.NAME)
    made = {edit.path: edit for edit in layout.edit(project, wanted)}
    if not project.also:
        return tuple(made.values())
    from trainer_release.suite.layouts.also_file import edits as further_places

    texts = {**project.texts, **{edit.path: edit.after for edit in made.values()}}
    for edit in further_places(project, wanted.version, texts):
        made[edit.path] = replace(edit, before=made[edit.path].before if edit.path in made else edit.before)
    return tuple(made.values())
