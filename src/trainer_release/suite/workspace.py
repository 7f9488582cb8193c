"""The catalog joined with the projects of the workspace: which project is which module, and what has no
place.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from trainer_release.errors import Problem, ReleaseError, Severity
from trainer_release.model.names import canonicalize_name
from trainer_release.model.suite import Graph, Module, Suite
from trainer_release.suite.discovery import find, is_excluded
from trainer_release.suite.edges import graph_of, pin_problems
from trainer_release.suite.layouts import UNSTATED
from trainer_release.suite.members import complaint, umbrella_of, version_of, wanted_names
from trainer_release.suite.mounts import projects_of, split
from trainer_release.suite.prereleases import prerelease_problems

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from trainer_release.model.catalog import Catalog
    from trainer_release.model.project import Project

__all__ = ["find", "join", "missing_paths", "wanted_names"]


@dataclass(frozen=True, slots=True)
class Found:
    """What a look through catalog and projects found: modules by name, and complaints."""

    modules: dict[str, Module] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def join(
    catalog: Catalog, projects: tuple[Project, ...], there: Container[str] = (), *, drift: bool = True
) -> tuple[Suite, tuple[Problem, ...]]:
    """The suite, and what is drift (`pin-excludes`), a warning or a note. `there` are the repositories beside the
    catalog's own that are at hand. Without `drift`, for who is about to mend it, that is told beside errors alone.

    ReleaseError with every structural problem at once: a path without a project, an unlisted project, a
    direct reference, a cycle.
    """
    found = listed_modules(catalog, projects, there)
    with_umbrella(found, catalog, projects)
    found.problems.extend(unlisted(catalog, projects, found.modules))
    found.problems.extend(pin_problems(found.modules, drift=drift))
    found.problems.extend(problem for m in found.modules.values() if m.project for problem in m.project.faults)
    found.problems.extend(prerelease_problems(catalog, found.modules))
    graph = Graph({}, ())
    try:
        graph = graph_of(found.modules)
    except ReleaseError as error:
        found.problems.extend(error.problems)
    if any(is_structural(problem) for problem in found.problems):
        if not drift:
            join(catalog, projects, there)  # raises
        raise ReleaseError(*sorted(found.problems, key=lambda problem: not is_structural(problem)))
    return Suite(catalog, found.modules, graph), tuple(found.problems)


def missing_paths(catalog: Catalog, projects: tuple[Project, ...], there: Container[str] = ()) -> Iterator[Problem]:
    """The complaints about folders that a catalog names and the workspace lacks; for a catalog that has other faults,
    so that all of one file's are told in one run."""
    looks = (problem for _, _, problem in projects_of(catalog, projects, there))
    for problem in (*looks, umbrella_of(catalog, projects)[2]):
        if problem is not None and problem.code == "path-missing":
            yield problem


def is_structural(problem: Problem) -> bool:
    """Whether a suite with this complaint cannot be looked at; what a new version puts right is none, nor is a
    version that cannot be told."""
    bearable = {"pin-excludes", "stable-pins-prerelease", *UNSTATED}
    return problem.severity is Severity.ERROR and problem.code not in bearable


def listed_modules(catalog: Catalog, projects: tuple[Project, ...], there: Container[str]) -> Found:
    """Every module that the catalog lists, with its project where there is one."""
    found = Found()
    owners: dict[str, str] = {}
    for listed, project, problem in projects_of(catalog, projects, there):
        if problem is not None:
            found.problems.append(problem)
        package = project.package if project else listed.package or wanted_names(catalog, listed.name)[0]
        owner = owners.setdefault(canonicalize_name(package), listed.name)
        if owner != listed.name:
            message = f"the modules {owner} and {listed.name} are both the package {package}"
            found.problems.append(complaint("module-ambiguous", catalog, listed.mark, message, "remove one of them"))
            continue
        found.modules[listed.name] = Module(
            name=listed.name,
            package=package,
            version=version_of(catalog, listed),
            project=project,
            pin=listed.pin or catalog.release.pin,
            publish=listed.publish,
            build=listed.build,
        )
    return found


def with_umbrella(found: Found, catalog: Catalog, projects: tuple[Project, ...]) -> None:
    """Mark the umbrella among the modules, or add it."""
    package, project, problem = umbrella_of(catalog, projects)
    if problem is not None:
        found.problems.append(problem)
    if package is None:
        return
    canonical = canonicalize_name(package)
    listed = next((m for m in found.modules.values() if canonicalize_name(m.package) == canonical), None)
    if listed is not None:
        if listed.version != catalog.version:
            message = f"the umbrella {listed.name} has the suite's version, {catalog.version}, not {listed.version}"
            mark = catalog.modules[listed.name].mark
            found.problems.append(complaint("umbrella-version", catalog, mark, message, "write the suite's version"))
        found.modules[listed.name] = replace(listed, umbrella=True, version=catalog.version)
        return
    name = canonical.removeprefix(f"{canonicalize_name(catalog.suite)}-")
    if name in found.modules:
        message = f"the umbrella {package} and the module {name} ({found.modules[name].package}) share a name"
        hint = f"call that module otherwise, with `package: {found.modules[name].package}`"
        found.problems.append(complaint("module-ambiguous", catalog, catalog.modules[name].mark, message, hint))
        return
    found.modules[name] = Module(name, package, catalog.version, project, catalog.release.pin, umbrella=True)


def unlisted(catalog: Catalog, projects: tuple[Project, ...], modules: Mapping[str, Module]) -> Iterator[Problem]:
    """Projects that are neither module nor umbrella, excluded nor retired; a private one is only noted."""
    placed: set[str] = {canonicalize_name(module.package) for module in modules.values()}
    placed |= {name for retired in catalog.retired for name in wanted_names(catalog, retired)}
    for project in projects:
        known = split(project.path)[0] or canonicalize_name(project.package) in placed
        if known or is_excluded(project.path, catalog.exclude):
            continue
        yield Problem(
            "project-unlisted",
            f"{project.package} in {project.path} is no module of {catalog.suite}",
            project.pyproject,
            hint=f"list it under `modules` in {catalog.path}, or add `{project.path}` to `exclude`",
            severity=Severity.NOTE if project.private else Severity.ERROR,
        )
