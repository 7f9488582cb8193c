"""Which projects of a repository are released, and why the others are not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from trainer_release.errors import Problem, ReleaseError
from trainer_release.suite.declared import declared
from trainer_release.suite.discovery import candidates, folders_of
from trainer_release.suite.layouts import is_project, read_anyway
from trainer_release.suite.toml_text import at, is_template, parse

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from trainer_release.model.project import Project
    from trainer_release.suite.layouts.contract import Files

SHOWN = frozenset(("example", "examples", "sample", "samples", "demo", "demos", "tutorial", "tutorials", "notebooks"))
TEMPLATES = frozenset(("template", "templates", "cookiecutter", "skeleton", "scaffold"))
TESTS = frozenset(("test", "tests", "fixtures", "testdata", "test_data", "test-data", "integration_tests"))
MANY = frozenset(("apps", "assets", "cases", "crates", "data", "files", "fixtures", "packages", "projects", "repos"))
"""What tests have many of, after the word itself: `test-crates`, `test_projects`."""

DOCS = frozenset(("doc", "docs"))
TOOLS = frozenset(("tools", "scripts", "ci"))
WORDS = re.compile(r"[-_. ]+")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A project that is no module: its folder, the pattern that excludes it, and why, in words."""

    path: str
    package: str
    pattern: str
    why: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What a look through a repository found. `members` are the folders that are found without being named; `templates`
    are folders of what is no project yet; `unread` is what is wrong with projects that nothing speaks against.
    """

    released: tuple[Project, ...]
    left_out: tuple[LeftOut, ...]
    members: frozenset[str]
    templates: tuple[str, ...]
    unread: tuple[Problem, ...]


def choose(paths: Iterable[str], files: Files) -> Choice:
    """Look at every folder that tells of a project. ReleaseError only where the root's own file is broken."""
    folders = folders_of(paths)
    members = candidates(folders, files)
    named = members - {"."} if "." in folders and declared(files) else frozenset()
    read: list[Project] = []
    templates: list[str] = []
    left_out: list[LeftOut] = []
    unread: list[Problem] = []
    for folder in sorted(folders):
        try:
            if is_project(folder, files):
                read.append(read_anyway(folder, files))
            elif is_template(files(f"{folder}/pyproject.toml") or ""):
                templates.append(folder)
        except ReleaseError as error:
            if reason := by_name(folder):
                left_out.append(LeftOut(folder, "", *reason))
            else:
                unread += error.problems
    kept, others = divide(read, named)
    single, doubles = first_of_each(kept, members)
    every = (*left_out, *others, *doubles)
    return Choice(single, every, frozenset(members), tuple(templates), tuple(unread))


def divide(read: list[Project], named: Collection[str]) -> tuple[list[Project], list[LeftOut]]:
    """Those that are released, and the others; `named` folders are members by the root's own word."""
    found = [(project, private(project) or by_name(project.path)) for project in read]
    homes = frozenset(project.path for project, reason in found if project.path != "." or not (reason or named))
    wanted = {pinned.name for project, reason in found if not reason for pinned in project.requirements}
    judged = [(project, reason or by_place(project, named, homes, wanted)) for project, reason in found]
    released = [project for project, reason in judged if reason is None]
    return released, [LeftOut(project.path, project.package, *reason) for project, reason in judged if reason]


def private(project: Project) -> tuple[str, str] | None:
    """The project's own word that it is not for upload."""
    return (project.path, "marked private") if project.private else None


def by_name(folder: str) -> tuple[str, str] | None:
    """A folder that is called an example or a template, or lies in one: the pattern and the reason.

    Only examples are known by a part of a name (`uv-examples`, `sample-app`): a package may be called `x-templates`.
    """
    for above, name in ancestry(folder):
        words = [word for word in WORDS.split(name.casefold()) if word]
        if words and {words[0], words[-1]} & SHOWN:
            return above, "an example"
        if len(words) == 1 and words[0] in TEMPLATES:
            return above, "a template"
    return None


def by_place(
    project: Project, named: Collection[str], homes: frozenset[str], wanted: Collection[str]
) -> tuple[str, str] | None:
    """Documentation, what only tests use, and a repository's own tool, unless the root names it or a released project
    requires it.

    A folder of tests may hold a released package (a package of test tools): there a project belongs to the tests where
    it lies inside another project (`homes`; the root's, where that is no mere workspace), or where nothing says how it
    is built. Among tools a project that requires others by their path can go to no index.
    """
    if project.path in named:
        return None
    for above, name in ancestry(project.path):
        if name.casefold() in DOCS:
            return above, "documentation"
        if is_for_tests(name) and canonicalize_name(project.package) not in wanted:
            inside = any(home == "." or project.path.startswith(f"{home}/") for home in homes - {project.path})
            if inside or not says_how_to_build(project):
                return (above if inside else project.path), "only for tests"
        if name.casefold() in TOOLS and any(pinned.url for pinned in project.requirements):
            return project.path, "a tool of the repository"
    return None


def is_for_tests(name: str) -> bool:
    """Whether a folder is called a place of tests: `tests`, `integration-tests`, `test-projects`."""
    words = [word for word in WORDS.split(name.casefold()) if word]
    several = len(words) > 1 and (words[-1] == "tests" or (words[0] in ("test", "tests") and words[-1] in MANY))
    return name.casefold() in TESTS or several


def ancestry(folder: str) -> list[tuple[str, str]]:
    """Each folder on the way down with its own name; none for the root."""
    pieces = folder.split("/")
    return [("/".join(pieces[: at + 1]), name) for at, name in enumerate(pieces) if name != "."]


def says_how_to_build(project: Project) -> bool:
    """Whether the pyproject.toml has a `[build-system]`; a project without that file has a setup.py."""
    text = project.texts.get(project.pyproject)
    return text is None or at(parse(project.pyproject, text), ("build-system",)) is not None


def first_of_each(projects: list[Project], members: Collection[str]) -> tuple[tuple[Project, ...], list[LeftOut]]:
    """Of several projects with one name (PEP 503) the workspace member, else the one that lies highest."""
    best: dict[str, Project] = {}
    for project in sorted(projects, key=lambda each: (each.path not in members, each.path.count("/"), each.path)):
        best.setdefault(canonicalize_name(project.package), project)
    chosen = tuple(project for project in projects if best[canonicalize_name(project.package)] is project)
    doubles = [project for project in projects if best[canonicalize_name(project.package)] is not project]
    return chosen, [
        LeftOut(each.path, each.package, each.path, f"a second {best[canonicalize_name(each.package)].package}")
        for each in doubles
    ]
