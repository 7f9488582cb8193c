"""What a suite is to be called, which of its packages is the umbrella, and the modules' names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from trainer_release.suite.catalog.keys import RESERVED, ROW

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from trainer_release.model.project import Project

FALLBACK = "suite"


def prefix(names: Sequence[str]) -> str:
    """The words that all names begin with, joined by `-`; empty where there are none, or one name alone."""
    if len(names) < 2:
        return ""
    first, *others = (name.split("-") for name in names)
    shared = 0
    while all(len(words) > shared and words[shared : shared + 1] == first[shared : shared + 1] for words in others):
        shared += 1
    return "-".join(first[:shared])


def suite_name(projects: Sequence[Project], folder: str) -> str:
    """What all packages' names begin with, else the root project's name, else the repository's."""
    names = [canonicalize_name(project.package) for project in projects]
    root = next((canonicalize_name(project.package) for project in projects if project.path == "."), "")
    plain = re.sub(r"[^a-z0-9]+", "-", folder.casefold()).strip("-")
    return prefix(names) or root or (names[0] if len(names) == 1 else "") or plain or FALLBACK


def umbrella(suite: str, projects: Sequence[Project], versions: Mapping[str, str | None]) -> tuple[Project | None, str]:
    """The package that stands for the suite, and why: what is called like the suite; else what depends on at least half
    of the others (two at least), is needed by none and shares name or version with them; else `<suite>-core` where that
    depends on another; else none.
    """
    by_name: dict[str, Project] = {canonicalize_name(project.package): project for project in projects}
    if suite in by_name:
        return by_name[suite], "it is called like the suite"
    needs = {name: internal(project, by_name) for name, project in by_name.items()}
    needed = {other for name in by_name for other in required(by_name[name], by_name) if other != name}
    others = len(by_name) - 1
    tops = sorted(name for name in by_name if name not in needed and 2 * len(needs[name]) >= max(others, 4))
    tops = [name for name in tops if name.startswith(f"{suite}-") or is_most(versions[name], versions)]
    if tops:
        top = max(tops, key=lambda name: len(needs[name]))
        return by_name[top], f"it depends on {len(needs[top])} of the {others} others"
    core = f"{suite}-core"
    if needs.get(core):
        return by_name[core], f"it is called {core} and depends on {len(needs[core])} others"
    return None, ""


def is_most(version: str | None, versions: Mapping[str, str | None]) -> bool:
    """Whether most packages have this version."""
    return version is not None and 2 * [*versions.values()].count(version) > len(versions)


def internal(project: Project, by_name: Collection[str]) -> set[str]:
    """The others that a project requires, in extras too, but not in groups."""
    own = canonicalize_name(project.package)
    return {
        pinned.name
        for pinned in project.requirements
        if pinned.where.startswith("project.") and pinned.name in by_name and pinned.name != own
    }


def required(project: Project, by_name: Collection[str]) -> set[str]:
    """The others that a project requires at run time."""
    return {p.name for p in project.requirements if p.where == "project.dependencies" and p.name in by_name}


def not_taken_for_umbrella(suite: str, projects: Sequence[Project]) -> str:
    """A name of the suite for which no package is taken for the umbrella by its name alone."""
    names = {canonicalize_name(project.package) for project in projects}
    while names & {suite, f"{suite}-core"}:
        suite = f"{suite}-suite"
    return suite


def module_name(package: str, suite: str, packages: Collection[str]) -> str:
    """A module's name: the package's without the suite's before it, where all packages have that; its own where that
    would be a key of the catalog."""
    if not all(name == suite or name.startswith(f"{suite}-") for name in packages):
        return package
    short = package.removeprefix(f"{suite}-")
    return package if short in (*ROW, *RESERVED) else short
