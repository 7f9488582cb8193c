"""What a build backend or an index would refuse in `[project]`, told before anything is built (PEP 440, 621, 639).

Classifiers are checked for their form alone: which of them there are only the index knows.
"""

from __future__ import annotations

import re
import sys
from functools import lru_cache
from posixpath import join, normpath
from typing import TYPE_CHECKING, Any

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from trainer_release.errors import Problem
from trainer_release.model.names import canonicalize_name
from trainer_release.suite.layouts.toml_scan import scan
from trainer_release.suite.toml_text import at, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from trainer_release.model.project import Project

CLASSIFIER = re.compile(r"\S[^:]*( :: [^:]+(::? ?[^:]+)*)+")


def complaints(project: Project, pyproject: Mapping[str, Any]) -> Iterator[Problem]:
    """`metadata-invalid` and `name-reserved` for everything in `[project]` that cannot be published.

    What a template leaves open (`{…}`) is not judged.
    """
    table = at(pyproject, ("project",)) or {}
    for key, (judge, hint) in RULES.items():
        if key in table and (why := judge(table[key])):
            line = line_of(project, ("project", key)) or line_of(project, ("project", key, 0))
            yield Problem("metadata-invalid", f"[project] {key} {why}", project.pyproject, line, hint=hint)
    if not project.private and is_of_python(project.package):
        hint = "call it otherwise, or mark it `Private :: Do Not Upload`"
        message = f"{project.package} is a module of Python's own, and an index refuses that name"
        line = line_of(project, ("project", "name"))
        yield Problem("name-reserved", message, project.pyproject, line, hint=hint)


def line_of(project: Project, keys: tuple[str | int, ...]) -> int | None:
    """The line of a string in the project's pyproject.toml."""
    span = scan(project.texts.get(project.pyproject, "")).strings.get(keys)
    return span.line if span else None


def is_of_python(package: str) -> bool:
    """Whether a distribution's name is that of a module of the standard library, which indexes refuse."""
    name = canonicalize_name(package).replace("-", "_")
    return name in sys.stdlib_module_names and not name.startswith("_")


def missing_files(project: Project, there: Callable[[str], bool]) -> Iterator[Problem]:
    """`readme-missing` for the readme, and the licence of `license = {file = …}`, that are named and not `there`."""
    pyproject = parse(project.pyproject, project.texts.get(project.pyproject, ""))
    for key in ("readme", "license"):
        value = at(pyproject, ("project", key))
        named = value if key == "readme" and isinstance(value, str) else at(value, ("file",))
        if not isinstance(named, str) or "{" in named:
            continue
        path = normpath(join(project.path, named))
        if not path.startswith(("../", "/")) and not there(path):
            line = line_of(project, ("project", key)) or line_of(project, ("project", key, "file"))
            message, hint = f"[project] {key} names {path}, which is not there", f"add it, or correct `{key}`"
            yield Problem("readme-missing", message, project.pyproject, line, hint=hint)


def _requires_python(value: Any) -> str | None:
    return _specifier(value) if isinstance(value, str) else "is no string"


@lru_cache  # the projects of a suite say the same
def _specifier(value: str) -> str | None:
    try:
        SpecifierSet("" if "{" in value else value)
    except InvalidSpecifier as error:
        return f'is "{value}": {error}'
    return None


def _license(value: Any) -> str | None:
    return _expression(value) if isinstance(value, str) else _table(value, "text")


@lru_cache
def _expression(value: str) -> str | None:
    try:
        canonicalize_license_expression("MIT" if "{" in value else value)
    except InvalidLicenseExpression as error:
        return f'is "{value}": {error}'
    return None


def _readme(value: Any) -> str | None:
    return None if isinstance(value, str) else _table(value, "text")


def _table(value: Any, other: str) -> str | None:
    """A table that has either `file` or the text itself."""
    held = [key for key in ("file", other) if isinstance(at(value, (key,)), str)]
    return None if len(held) == 1 else f"is neither a string nor a table with one of `file` and `{other}`"


def _classifiers(value: Any) -> str | None:
    if not isinstance(value, list):
        return "is no list"
    wrong = [each for each in value if not (isinstance(each, str) and _is_classifier(each))]
    return f"holds {wrong[0]!r}, which is no classifier" if wrong else None


@lru_cache(1024)
def _is_classifier(value: str) -> bool:
    return "{" in value or CLASSIFIER.fullmatch(value) is not None


RULES = {
    "requires-python": (_requires_python, 'write a specifier: ">=3.11"'),
    "license": (_license, 'write an SPDX expression: "MIT", "Apache-2.0 OR BSD-3-Clause", "LicenseRef-Own"'),
    "readme": (_readme, 'write the path of the file: "README.md"'),
    "classifiers": (_classifiers, 'write them as the index lists them: ["Programming Language :: Python :: 3"]'),
}
