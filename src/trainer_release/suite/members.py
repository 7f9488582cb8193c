"""Where a module that the catalog lists is found: its name, its version, its project; and the umbrella's."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from trainer_release.errors import Problem, Severity
from trainer_release.model.names import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trainer_release.model.catalog import Catalog, Listed, Mark
    from trainer_release.model.project import Project


def wanted_names(catalog: Catalog, module: str) -> tuple[str, ...]:
    """The canonical distribution names under which a module is looked for, the likeliest first."""
    listed = catalog.modules.get(module)
    if listed is not None and listed.package:
        return (canonicalize_name(listed.package),)
    return canonicalize_name(f"{catalog.suite}-{module}"), canonicalize_name(module)


def version_of(catalog: Catalog, listed: Listed) -> str:
    """What the suite version's row says, for the row decides; else a module's own version, its group's, the suite's."""
    group = catalog.groups.get(listed.group) if listed.group else None
    row = catalog.rows.get(catalog.version)
    in_row = row.modules.get(listed.name) if row else None
    return in_row or listed.version or (group.version if group else None) or catalog.version


def project_of(
    catalog: Catalog, listed: Listed, projects: tuple[Project, ...], by_name: Mapping[str, Project]
) -> tuple[Project | None, Problem | None]:
    """The project of a listed module, and what is to be said about it; `by_name` are the projects by canonical name."""
    names = wanted_names(catalog, listed.name)
    named = next((by_name[name] for name in names if name in by_name), None)
    if listed.path is not None:
        return at_path(catalog, listed.path, listed.package, listed.mark, projects)
    if named is not None:
        return named, None
    message = f"module {listed.name}: no project of the workspace is called {' or '.join(names)}"
    close = get_close_matches(names[0], by_name, 1)
    nearest = f"the nearest name is {close[0]} in {by_name[close[0]].path}; " if close else ""
    hint = f"{nearest}it is taken from the index unless `package`, `path` or `repository` says where it is"
    warning = complaint("module-not-in-workspace", catalog, listed.mark, message, hint)
    return None, replace(warning, severity=Severity.WARNING)


def project_in(
    catalog: Catalog, listed: Listed, projects: tuple[Project, ...], folder: str
) -> tuple[Project | None, Problem | None]:
    """The same for a module of another repository, whose files stand below `folder`."""
    names = wanted_names(catalog, listed.name)
    if listed.path is not None:
        path = f"{folder}/{listed.path}".removesuffix("/.")
        return at_path(catalog, path, listed.package, listed.mark, projects)
    named = [p for p in projects if p.path.split("/")[0] == folder and canonicalize_name(p.package) in names]
    if named:
        return min(named, key=lambda project: names.index(canonicalize_name(project.package))), None
    message = f"module {listed.name}: no project of {listed.repository} is called {' or '.join(names)}"
    hint = "say where it is with `path`, or what it is called with `package`"
    return None, complaint("path-missing", catalog, listed.mark, message, hint)


def at_path(
    catalog: Catalog, path: str, package: str | None, mark: Mark, projects: tuple[Project, ...]
) -> tuple[Project | None, Problem | None]:
    """The project in the folder that the catalog names."""
    folder = path.removeprefix("./").rstrip("/") or "."
    project = next((project for project in projects if project.path == folder), None)
    if project is None:
        close = get_close_matches(folder, [project.path for project in projects], 1, 0)
        hint = f"the nearest project is in {close[0]}" if close else "the workspace holds no project"
        return None, complaint("path-missing", catalog, mark, f"there is no project in {folder}", hint)
    if package is not None and canonicalize_name(package) != canonicalize_name(project.package):
        message = f"{folder} holds {project.package}, not {package}"
        return project, complaint("package-mismatch", catalog, mark, message, f"write `package: {project.package}`")
    return project, None


def umbrella_of(catalog: Catalog, projects: tuple[Project, ...]) -> tuple[str | None, Project | None, Problem | None]:
    """The umbrella's package name and project: as the catalog says, else `<suite>-core` or `<suite>`."""
    if catalog.umbrella_path is not None:
        project, problem = at_path(catalog, catalog.umbrella_path, catalog.umbrella, catalog.mark, projects)
        return project.package if project else catalog.umbrella, project, problem
    suite = catalog.suite
    names = (catalog.umbrella,) if catalog.umbrella else (f"{suite}-core", suite)
    by_name = {canonicalize_name(project.package): project for project in projects}
    for name in map(canonicalize_name, names):
        if name in by_name:
            return by_name[name].package, by_name[name], None
    if catalog.umbrella is None:
        return None, None, None
    message = f"the umbrella {catalog.umbrella} is no project of the workspace"
    warning = complaint("module-not-in-workspace", catalog, catalog.mark, message, "correct `package`, or give `path`")
    return catalog.umbrella, None, replace(warning, severity=Severity.WARNING)


def complaint(code: str, catalog: Catalog, mark: Mark, message: str, hint: str) -> Problem:
    """A problem at a place in the catalog."""
    return Problem(code, message, catalog.path, mark.line, mark.column, hint)
