"""A version that no file states: the tag is the version, or an environment variable, or what a function returns.

The project's version is None and `from_tag` is true; its pins are edited like every other's. What the build makes of
it is read in the METADATA, which must equal the plan.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from trainer_release.suite.layouts.hatch_table import hatch_table, is_computed
from trainer_release.suite.layouts.project_table import backend, edits, is_dynamic, read_table
from trainer_release.suite.toml_text import at, parse

if TYPE_CHECKING:
    from trainer_release.model.edit import FileEdit
    from trainer_release.model.project import Project, Wanted
    from trainer_release.suite.layouts.contract import Files

NAME = "scm"

HATCH = {"vcs": "hatch-vcs", "versioningit": "versioningit", "uv-dynamic-versioning": "uv-dynamic-versioning"}
SETUPTOOLS = {
    "setuptools-scm": "setuptools_scm",
    "versioningit": "versioningit",
    "setuptools-git-versioning": "setuptools-git-versioning",
}
"""The distributions that give setuptools a version, and the tables in which they are configured."""

TOLD = frozenset(("setuptools-scm", "hatch-vcs", "uv-dynamic-versioning", "pdm-backend", "env"))
"""What hears an environment variable; the others look for a tag."""

HOOK = ("tool", "hatch", "metadata", "hooks", "uv-dynamic-versioning")


def matches(pyproject: Mapping[str, Any], folder: str, files: Files) -> bool:
    """A dynamic version that comes from outside the files."""
    return is_dynamic(pyproject) and tool(pyproject, folder, files) is not None


def tool(pyproject: Mapping[str, Any], folder: str, files: Files) -> str | None:
    """What gives the version: a distribution's name, `env`, or `code`; None where a file states it."""
    builder = backend(pyproject)
    if builder.startswith("setuptools") or not builder:
        return of_setuptools(pyproject)
    if builder.startswith("pdm."):
        return "pdm-backend" if at(pyproject, ("tool", "pdm", "version", "source")) == "scm" else None
    hatch = hatch_table(pyproject, folder, files)
    if hatch is None:
        return None
    if hatch.source == "env":
        return "env"
    return "code" if is_computed(hatch, files) else HATCH.get(hatch.source)


def of_setuptools(pyproject: Mapping[str, Any]) -> str | None:
    """The tool that gives setuptools the version, by its table or because the build requires it."""
    if at(pyproject, ("tool", "setuptools", "dynamic", "version")) is not None:
        return None
    requires = at(pyproject, ("build-system", "requires")) or ()
    texts = [each for each in requires if isinstance(each, str)]
    names = {canonicalize_name(match[0]) for each in texts if (match := re.match(r"[\w.-]+", each))}
    configured = (name for name, table in SETUPTOOLS.items() if at(pyproject, ("tool", table)) is not None)
    return next(configured, None) or next((name for name in SETUPTOOLS if name in names), None)


def read(folder: str, files: Files) -> Project:
    """The project without a version. ReleaseError with every `requirement-invalid`."""
    table = read_table(folder, files)
    hatch = hatch_table(table.values, folder, files)
    return table.project(NAME, None, from_tag=True, texts=hatch.texts if hatch else None)


def edit(project: Project, wanted: Wanted) -> tuple[FileEdit, ...]:
    """The pins in the pyproject.toml; no file states the version. ReleaseError `toml-edit-failed`."""
    return edits(project, wanted)


def pretend(project: Project, version: str) -> Mapping[str, str]:
    """The environment variables by which the build of a project gives it this version; they are for that build alone.

    Empty where the version stands in a file, and where `needs_tag` is true.
    """
    if project.layout != NAME:
        return _elsewhere(project, version)
    pyproject = parse(project.pyproject, project.texts[project.pyproject])
    given = tool(pyproject, project.path, project.texts.get)
    variables: dict[str, str] = {}
    if given == "uv-dynamic-versioning" or at(pyproject, HOOK) is not None:
        variables["UV_DYNAMIC_VERSIONING_BYPASS"] = version
    if given == "pdm-backend":
        variables["PDM_BUILD_SCM_VERSION"] = version
    if given == "setuptools-scm":
        variables[f"SETUPTOOLS_SCM_PRETEND_VERSION_FOR_{named(project.package)}"] = version
    hatch = hatch_table(pyproject, project.path, project.texts.get)
    if hatch is not None and given == "hatch-vcs":
        # hatch-vcs tells setuptools-scm no name, unless its options do: only the variable without one is heard
        variables["SETUPTOOLS_SCM_PRETEND_VERSION"] = version
    if hatch is not None and given == "env" and (variable := hatch.text("variable")):
        variables[variable] = version
    return variables


def needs_tag(project: Project) -> bool:
    """Whether the tool that gives the version knows no variable for it and must see a tag: versioningit,
    setuptools-git-versioning, a function."""
    if project.layout != NAME:
        return False
    given = tool(parse(project.pyproject, project.texts[project.pyproject]), project.path, project.texts.get)
    return given not in TOLD


def _elsewhere(project: Project, version: str) -> Mapping[str, str]:
    """The variables of tools that read the tag from within another layout: a Poetry plugin, setup.py's helpers."""
    if not project.from_tag:
        return {}
    if project.layout == "poetry":
        return {"POETRY_DYNAMIC_VERSIONING_BYPASS": version}
    return {f"SETUPTOOLS_SCM_PRETEND_VERSION_FOR_{named(project.package)}": version, "PBR_VERSION": version}


def named(package: str) -> str:
    """A distribution's name as setuptools-scm writes it into a variable's name."""
    return canonicalize_name(package).replace("-", "_").upper()
