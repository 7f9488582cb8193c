"""Further places of a module's version (`also:` in the catalog): read beside its project, and compared with it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from trainer_release.errors import Problem
from trainer_release.suite.layouts.also_file import says, spans
from trainer_release.suite.layouts.version_file import beside, text_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trainer_release.model.project import Project
    from trainer_release.model.suite import Module, Suite
    from trainer_release.suite.layouts.contract import Files


def with_places(suite: Suite, files: Files) -> tuple[Suite, tuple[Problem, ...]]:
    """The suite whose projects hold the texts of their further places, and what is wrong with these:
    `version-file-missing`, `version-not-found`, `version-places-differ`."""
    modules: dict[str, Module] = dict(suite.modules)
    problems: list[Problem] = []
    for name, module in suite.modules.items():
        named = places_of(suite, module)
        if module.project is not None and named:
            project, wrong = read(module.project, named, files, suite.catalog.path, mark(suite, module))
            modules[name] = replace(module, project=project)
            problems += [*wrong, *differing(project, module.version)]
    return (replace(suite, modules=modules) if modules != suite.modules else suite), tuple(problems)


def places_of(suite: Suite, module: Module) -> tuple[str, ...]:
    """What the catalog lists for a module; for the umbrella, that of the suite's own entry too."""
    listed = suite.catalog.modules.get(module.name)
    own = listed.also if listed else ()
    return (*own, *(suite.catalog.umbrella_also if module.umbrella else ()))


def mark(suite: Suite, module: Module) -> int:
    """The catalog's line that is about the module."""
    listed = suite.catalog.modules.get(module.name)
    return (listed.mark if listed else suite.catalog.mark).line


def read(
    project: Project, named: tuple[str, ...], files: Files, catalog: str, line: int
) -> tuple[Project, list[Problem]]:
    """The project with these files. Each is looked for in the project's folder, then below the workspace's root."""
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for name in named:
        places = dict.fromkeys((beside(project.path, name), name))
        path, text = next(((p, t) for p in places if (t := text_at(p, files)) is not None), (name, None))
        if text is None:
            message = f"{project.package}, also: there is no {' and no '.join(places)}"
            hint = "correct `also`: a file of the module's folder, or of the workspace's root"
            problems.append(Problem("version-file-missing", message, catalog, line, hint=hint))
        elif not (found := spans(path, text, project.package)):
            message = f"{path} says no version of {project.package} in a form that is known"
            hint = f'write `__version__ = "…"`, or `{project.package}==…` on a page of text; or take it out of `also`'
            problems.append(Problem("version-not-found", message, path, 1, hint=hint))
        elif path != project.version_path or {each.line for each in found} != {project.version_line}:
            texts[path] = text
    return replace(project, texts={**project.texts, **texts}, also=tuple(texts)), problems


def differing(project: Project, version: str) -> Iterator[Problem]:
    """`version-places-differ` for each place that says another version than the project does, or than the catalog
    where a tag is the version."""
    stated = project.version or version
    by = project.version_path or project.pyproject if project.version else "the catalog"
    for path in project.also:
        for found in spans(path, project.texts[path], project.package):
            if not says(path, found.value, stated):
                message = f"says {project.package} {found.value}, but {by} says {stated}"
                hint = "run `trainer-release sync`: both are to say what the catalog says"
                yield Problem("version-places-differ", message, path, found.line, hint=hint)
