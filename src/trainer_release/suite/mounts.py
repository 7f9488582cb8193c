"""Modules that live in repositories of their own: each repository's files stand under a folder of their own, `name:`.

Catalog, layouts and graph need not know of repositories then: `click:/pyproject.toml` is a path like any other, and the
world alone knows in which repository it lies. No path that a catalog may name holds a colon.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from trainer_release.errors import Severity
from trainer_release.model.names import canonicalize_name
from trainer_release.suite import members
from trainer_release.suite.discovery import candidates, folders_of
from trainer_release.suite.layouts import is_project, read_anyway
from trainer_release.suite.members import complaint, wanted_names

if TYPE_CHECKING:
    from trainer_release.errors import Problem
    from trainer_release.model.catalog import Catalog, Listed
    from trainer_release.model.project import Project
    from trainer_release.suite.layouts.contract import Files

_MARK = ":"


@dataclass(frozen=True, slots=True)
class Mount:
    """A repository beside the catalog's own. `ref` is the branch, tag or commit that the catalog names; None: the
    remote's own choice. `modules` are the modules that it holds."""

    name: str
    url: str
    ref: str | None
    modules: tuple[str, ...]

    @property
    def folder(self) -> str:
        """Where its files stand among the workspace's paths."""
        return f"{self.name}{_MARK}"


def mounts(catalog: Catalog) -> tuple[Mount, ...]:
    """Every repository that the catalog names, in the order of its modules; named after the last part of its address,
    with a number where two addresses end alike."""
    by_url: dict[str, list[Listed]] = {}
    for listed in catalog.modules.values():
        if listed.repository is not None:
            by_url.setdefault(listed.repository, []).append(listed)
    names: dict[str, str] = {}
    for url in by_url:
        stem = re.sub(r"[^A-Za-z0-9._-]", "-", re.split(r"[/:]", url.rstrip("/"))[-1].removesuffix(".git")).strip(".-")
        taken, number = set(names.values()), 2
        name = stem = stem or "repository"
        while name in taken:
            name, number = f"{stem}-{number}", number + 1
        names[url] = name
    return tuple(
        Mount(names[url], url, next((m.ref for m in those if m.ref), None), tuple(m.name for m in those))
        for url, those in by_url.items()
    )


def projects_of(
    catalog: Catalog, projects: tuple[Project, ...], there: Container[str]
) -> Iterator[tuple[Listed, Project | None, Problem | None]]:
    """Each listed module with its project, here or in its repository, and what is to be said about it. A repository
    that is not at hand says nothing."""
    mounted = {name: mount for mount in mounts(catalog) for name in mount.modules}
    here = tuple(project for project in projects if not split(project.path)[0])
    by_name: dict[str, Project] = {canonicalize_name(project.package): project for project in here}
    for listed in catalog.modules.values():
        mount = mounted.get(listed.name)
        if mount is None:
            yield listed, *members.project_of(catalog, listed, here, by_name)
        elif mount.name in there:
            yield listed, *members.project_in(catalog, listed, projects, mount.folder)
        else:
            yield listed, None, None


def split(path: str) -> tuple[str, str]:
    """The repository's name (empty: the catalog's own) and the path inside it."""
    first, _, inside = path.partition("/")
    return (first.removesuffix(_MARK), inside or ".") if first.endswith(_MARK) else ("", path)


def projects_in(mount: Mount, catalog: Catalog, paths: Iterable[str], files: Files) -> list[Project]:
    """The projects of a repository's modules: in the folder that the catalog names, else those with a module's name."""
    listed = [catalog.modules[name] for name in mount.modules]
    if all(module.path for module in listed):
        folders = {f"{mount.folder}/{module.path}".removesuffix("/.") for module in listed}
    else:
        lead = f"{mount.folder}/"
        known = folders_of(path.removeprefix(lead) for path in paths if path.startswith(lead))
        named = {module.path for module in listed if module.path}
        chosen = candidates(known, lambda path: files(lead + path)) | (known & named)
        folders = {f"{lead}{folder}".removesuffix("/.") for folder in chosen}
    wanted: set[str] = {name for module in listed for name in wanted_names(catalog, module.name)}
    placed = {f"{mount.folder}/{module.path}".removesuffix("/.") for module in listed if module.path}
    found = [read_anyway(folder, files) for folder in sorted(folders) if is_project(folder, files)]
    return [project for project in found if project.path in placed or canonicalize_name(project.package) in wanted]


def complaints(catalog: Catalog, there: Container[str]) -> Iterable[Problem]:
    """One repository has one ref; a repository that is not cloned yet is noted. `there`: which of them are at hand."""
    for mount in mounts(catalog):
        first, *rest = (catalog.modules[name] for name in mount.modules)
        for other in rest:
            if other.ref != first.ref:
                message = f"{first.name} and {other.name} lie in one repository, but at {first.ref} and {other.ref}"
                hint = f"write the same `ref` for both: one release makes one commit in {mount.name}"
                yield complaint("ref-differs", catalog, other.mark, message, hint)
        if mount.name not in there:
            message = f"{mount.url} is not cloned yet: {', '.join(mount.modules)} cannot be looked at"
            hint = "`trainer-release prepare VERSION --dry-run` looks at it; `prepare` clones it"
            note = complaint("repository-not-cloned", catalog, first.mark, message, hint)
            yield replace(note, severity=Severity.NOTE)
