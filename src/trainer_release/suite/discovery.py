"""Which folders of a workspace are projects of it."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from trainer_release.errors import Problem, ReleaseError
from trainer_release.model.names import canonicalize_name
from trainer_release.suite.declared import declared
from trainer_release.suite.layouts import is_project, read_anyway

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from trainer_release.model.project import Project
    from trainer_release.suite.layouts.contract import Files

USUAL = ("packages", "apps", "libs")
MARKERS = ("pyproject.toml", "setup.cfg", "setup.py")
"""The files that tell of a project."""


def find(paths: Iterable[str], files: Files, exclude: Iterable[str], named: Iterable[str] = ()) -> tuple[Project, ...]:
    """Every project of the workspace, by folder.

    `paths` are those of all files below the root that tell of a project (`MARKERS`). Candidates are the workspace
    members that the root declares, and the root; without such a table what lies below `packages`, `apps`, `libs`, and
    the root; without those every folder; and in any case the folders in `named`, which a catalog gives. What matches
    `exclude`, itself or a folder above it, is left out, and so is what has no name. ReleaseError with the problems of
    all projects at once, `package-duplicate` among them.
    """
    folders = folders_of(paths)
    globs = tuple(exclude)
    candidate = candidates(folders, files) | (folders & set(named))
    chosen = {folder for folder in candidate if not is_excluded(folder, globs)} if globs else candidate
    projects: list[Project] = []
    problems: list[Problem] = []
    for folder in sorted(chosen):
        try:
            if is_project(folder, files):
                projects.append(read_anyway(folder, files))
        except ReleaseError as error:
            problems += error.problems
    problems += duplicates(projects)
    if problems:
        raise ReleaseError(*problems)
    return tuple(projects)


def folders_of(paths: Iterable[str]) -> set[str]:
    """The folders that hold one of the files which tell of a project."""
    split = (path.rpartition("/") for path in paths)
    return {folder or "." for folder, _, name in split if name in MARKERS}


def candidates(folders: set[str], files: Files) -> set[str]:
    """The folders that the root's own rules make members of the workspace."""
    root = {"."} & folders
    workspace = declared(files) if root else None
    if workspace is not None:
        members = {folder for folder in folders if matches_any(folder, workspace.members)}
        return root | {folder for folder in members if not matches_any(folder, workspace.excluded)}
    usual = {folder for folder in folders if is_usual(folder, folders)}
    return root | usual if usual else folders


def is_usual(folder: str, folders: set[str]) -> bool:
    """Whether the folder lies below one of the usual ones, in a group (`packages/auth/azure`) or not.

    What lies inside another project, its tests' fixtures for example, is no project of the workspace.
    """
    pieces = folder.split("/")
    above = ("/".join(pieces[:count]) for count in range(2, len(pieces)))
    return len(pieces) > 1 and pieces[0] in USUAL and not any(parent in folders for parent in above)


def is_excluded(folder: str, globs: Iterable[str]) -> bool:
    """Whether a glob matches the folder or one above it; the root (`.`) is only excluded by name."""
    pieces = folder.split("/")
    return any(matches_any("/".join(pieces[:count]), globs) for count in range(1, len(pieces) + 1))


def matches_any(folder: str, globs: Iterable[str]) -> bool:
    """Whether one of the globs matches the whole path: `*` within a folder's name, `**` over any depth."""
    return any(matches(folder.split("/"), glob.removeprefix("./").rstrip("/").split("/")) for glob in globs)


def matches(pieces: list[str], glob: list[str]) -> bool:
    """Whether a glob matches a path; both in parts."""
    if not glob:
        return not pieces
    if glob[0] == "**":
        return any(matches(pieces[skipped:], glob[1:]) for skipped in range(len(pieces) + 1))
    fits = bool(pieces) and (pieces[0] == ".") == (glob[0] == ".") and fnmatchcase(pieces[0], glob[0])
    return fits and matches(pieces[1:], glob[1:])


def duplicates(projects: list[Project]) -> Iterator[Problem]:
    """Projects whose names are one after normalisation (PEP 503)."""
    first: dict[str, Project] = {}
    for project in projects:
        other = first.setdefault(canonicalize_name(project.package), project)
        if other is not project:
            yield Problem(
                "package-duplicate",
                f"{project.package} in {project.path} and {other.package} in {other.path} are one package",
                project.pyproject,
                hint=f"rename one, or exclude `{project.path}` or `{other.path}` in the catalog",
            )
