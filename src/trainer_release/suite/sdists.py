"""Which sdists are incomplete, as far as that can be told without building: a project that reads a file outside its own
folder builds in the tree, and no longer from its sdist.

What each build backend does with such a path was tried with hatchling 1.33, setuptools 84, flit_core 4.2, poetry-core
2.5, pdm-backend 2.5 and uv_build 0.13: some leave the file out of the sdist, some refuse, pdm-backend carries it along.
"""

from __future__ import annotations

import re
from posixpath import normpath
from typing import TYPE_CHECKING

from trainer_release.errors import Problem, Severity
from trainer_release.suite.layouts.project_table import backend
from trainer_release.suite.layouts.toml_scan import scan
from trainer_release.suite.layouts.version_file import beside, text_at
from trainer_release.suite.sdist_setup_py import unpacked
from trainer_release.suite.toml_text import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trainer_release.model.project import Project
    from trainer_release.model.suite import Module, Suite
    from trainer_release.suite.layouts.contract import Files

LEFT_OUT = {
    "hatchling": r"project\.license\.file|tool\.hatch\.build\.(targets\.wheel\.)?(force-include|hooks\.custom\.path)",
    "setuptools": r"tool\.setuptools\.package-dir",
    "uv_build": r"project\.readme(\.file)?",
    "": r"build-system\.backend-path",
}
"""By the name a backend begins with, the keys of files that its sdist lacks and that a build from it looks for."""

REFUSED = {
    "hatchling": r"project\.readme(\.file)?",
    "setuptools": r"project\.(readme|license)(\.file)?|tool\.setuptools\.dynamic\..+\.file",
    "flit": r"project\.(readme|license)(\.file)?",
    "poetry": r"(project|tool\.poetry)\.(readme|license)(\.file)?"
    r"|tool\.poetry\.(include(\.path)?|packages\.from|build\.script)",
    "uv_build": r"project\.license\.file",
}
"""The keys of files without which a backend makes no sdist at all."""

IN_CFG = re.compile(r"(?m)^[^#;\n]*\bfile:[^#;\n]*?(?P<path>\.\./[^\s,]+)")


def incomplete(suite: Suite, files: Files) -> Iterator[Problem]:
    """A warning, `sdist-incomplete`, for each file that a module's sdist lacks or its backend refuses."""
    for module in suite.modules.values():
        if module.project is None:
            continue
        for path, line, missing, refused in outside(module.project, files):
            if refused or module.build != "tree":
                yield told(module, path, line, missing, refused=refused)


def told(module: Module, path: str, line: int, missing: str, *, refused: bool) -> Problem:
    """The warning about one file."""
    folder = module.project.path if module.project else ""
    if refused:
        message = f"{module.package}: its build backend makes no sdist with {missing}, which lies outside its folder"
        hint = f"put a copy into {folder} and name that"
    else:
        message = f"{module.package}: its sdist lacks {missing}, so no wheel can be built from it"
        hint = f"write `build: tree` for {module.name} in the catalog, or put the file into {folder} and its sdist"
    return Problem("sdist-incomplete", message, path, line, hint=hint, severity=Severity.WARNING)


def outside(project: Project, files: Files) -> Iterator[tuple[str, int, str, bool]]:
    """Every file that a build from the sdist would not find: where that is said, line, its path as it is said there,
    and whether the backend refuses it."""
    pyproject = project.texts.get(project.pyproject) or ""
    named = backend(parse(project.pyproject, pyproject)) or "setuptools"
    yield from in_toml(project.pyproject, pyproject, named, "")
    if named.startswith("hatchling"):
        path = beside(project.path, "hatch.toml")
        yield from in_toml(path, text_at(path, files) or "", named, "tool.hatch.")
    if named.startswith("setuptools"):
        path = beside(project.path, "setup.cfg")
        text = text_at(path, files) or ""
        for match in IN_CFG.finditer(text):
            yield path, text.count("\n", 0, match.start("path")) + 1, match["path"], True
        yield from ((*each, False) for each in unpacked(project, files))


def in_toml(path: str, text: str, named: str, prefix: str) -> Iterator[tuple[str, int, str, bool]]:
    """The same of one TOML file, whose keys stand below `prefix`."""
    for keys, span in scan(text).strings.items() if ".." in text else ():
        words = [key for key in keys if isinstance(key, str)]
        value = words.pop() if "force-include" in words[:-1] else span.value
        if "package-dir" in words[:-1]:
            words.pop()
        if is_outside(value) and (said := means(prefix + ".".join(words), named)) is not None:
            yield path, span.line, value, said


def means(key: str, named: str) -> bool | None:
    """Whether the backend refuses a file outside under this key (true) or leaves it out (false); None: neither."""
    for table, refused in ((REFUSED, True), (LEFT_OUT, False)):
        if any(named.startswith(start) and re.fullmatch(keys, key) for start, keys in table.items()):
            return refused
    return None


def is_outside(path: str) -> bool:
    """Whether a path relative to the project leads out of its folder."""
    return f"{normpath(path)}/".startswith("../")
