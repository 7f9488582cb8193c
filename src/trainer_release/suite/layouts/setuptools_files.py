"""What setuptools takes from another file: a version from a module or a text, requirements from lists of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING, Any

from trainer_release.suite.layouts.stated import Stated, lines
from trainer_release.suite.layouts.version_file import beside
from trainer_release.suite.layouts.version_span import VersionSpan, assigned, parsed
from trainer_release.suite.toml_text import at

if TYPE_CHECKING:
    from trainer_release.suite.layouts.contract import Files
    from trainer_release.suite.layouts.version_span import Find

DEPTH = 5
"""How often a version that a module takes from another one is followed."""


def source(folder: str, kind: str, names: list[str], roots: list[str], files: Files) -> tuple[str, Find]:
    """The file that states the version, and how it is found there; a module is looked for below `roots`."""
    if kind == "file":
        return beside(folder, names[0]), whole
    module, _, attribute = names[0].rpartition(".")
    places = [place for root in roots for place in modules(join(root, *module.split(".")))]
    paths = [beside(folder, place) for place in places]
    return follow(next((path for path in paths if files(path) is not None), paths[0]), attribute, files)


def follow(path: str, attribute: str, files: Files) -> tuple[str, Find]:
    """The module that assigns the attribute, through those that import it from there."""
    for _ in range(DEPTH):
        text = files(path) or ""
        find = assigned(attribute, last=False)
        further = None if find(text) else imported(text, path, attribute)
        if further is None:
            break
        path, attribute = next(((place, further[1]) for place in further[0] if files(place) is not None), (path, ""))
        if not attribute:
            break
    return path, assigned(attribute, last=False)


def imported(text: str, path: str, attribute: str) -> tuple[list[str], str] | None:
    """The files from which a module may import this name, and what it is called there."""
    tree = parsed(text)
    for node in tree.body if tree else ():
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if (alias.asname or alias.name) == attribute:
                    return list(files_of(node, path)), alias.name
    return None


def files_of(node: ast.ImportFrom, path: str) -> Iterator[str]:
    """A relative import's module lies beside the file; an absolute one's in a folder above it."""
    pieces = (node.module or "").split(".")
    above = dirname(path)
    for _ in range(node.level - 1):
        above = dirname(above)
    yield from map(normpath, modules(join(above, *pieces)))
    while above and not node.level:
        above = dirname(above)
        yield from map(normpath, modules(join(above, *pieces)))


def modules(place: str) -> tuple[str, str]:
    """The files that a module may be."""
    return f"{place.rstrip('/')}.py", join(place, "__init__.py")


def listed(folder: str, names: list[str], where: str, files: Files) -> list[Stated]:
    """The requirements in these files, one a line; setuptools passes over a file that is not there, too."""
    texts = ((path, files(path)) for path in (beside(folder, name) for name in names))
    return [each for path, text in texts if text is not None for each in lines(path, text, where)]


def roots(values: Mapping[str, Any]) -> list[str]:
    """The folders below which a pyproject.toml has setuptools look for packages, the stated ones first."""
    stated = at(values, ("tool", "setuptools", "package-dir", ""))
    where = at(values, ("tool", "setuptools", "packages", "find", "where"))
    found = [stated, *(where if isinstance(where, list) else ()), "src", "."]
    return list(dict.fromkeys(each for each in found if isinstance(each, str)))


def whole(text: str) -> VersionSpan | None:
    """A file that holds the version and nothing else."""
    value = text.strip()
    start = text.index(value)
    return VersionSpan(start, start + len(value), value, text.count("\n", 0, start) + 1) if value else None
