"""Files that a setup.py reads and its sdist lacks: those outside its folder, and those that nothing puts into it."""

from __future__ import annotations

import ast
import re
from fnmatch import fnmatchcase
from posixpath import basename, dirname, normpath
from typing import TYPE_CHECKING

from trainer_release.suite.layouts.version_file import beside, text_at
from trainer_release.suite.layouts.version_span import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trainer_release.model.project import Project
    from trainer_release.suite.layouts.contract import Files

READERS = re.compile(
    r"(?i)open|path|join|_?read\w*|\w*_from_file|get_requirements|parse_requirements|load_requirements"
)
CARRIED = re.compile(
    r"(?i)(readme|licen[cs]e|copying|notice|authors)[^/]*|setup\.(py|cfg)|pyproject\.toml|manifest\.in"
)
"""What setuptools puts into every sdist by itself."""

GUARDS = re.compile(r"\b(exists|isfile|is_file)\(")
FROM_GIT = re.compile(r"setuptools[-_](scm|git)|hatch|flit|pbr")
"""What makes an sdist of all that git knows."""


def unpacked(project: Project, files: Files) -> Iterator[tuple[str, int, str]]:
    """The setup.py, a line in it, and the file that is read there and is not in the sdist.

    A setup.py that looks before it reads, or catches what is raised, is not complained about; nor is a file that is not
    there in the tree either.
    """
    path = beside(project.path, "setup.py")
    text = text_at(path, files)
    tree = parsed(text) if text and not GUARDS.search(text) else None
    if tree is None or any(isinstance(node, ast.Try) for node in ast.walk(tree)):
        return
    known = FROM_GIT.search(f"{text}{project.texts.get(project.pyproject) or ''}") is not None
    manifest = text_at(beside(project.path, "MANIFEST.in"), files) or ""
    seen: set[str] = set()
    for line, named in read_by(tree):
        place = normpath(named)
        lies = place not in seen and text_at(beside(project.path, place), files) is not None
        seen.add(place)
        if lies and (place.startswith("..") or not (known or is_carried(project, place, manifest, files))):
            yield path, line, place


def read_by(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The line and the path of each file that a call names with plain strings, as far as they are plain."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and READERS.fullmatch(called(node.func)):
            pieces = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            joins = called(node.func).casefold() in ("join", "path") or "read" in called(node.func).casefold()
            path = "/".join(pieces if joins else pieces[:1])
            if path and not path.startswith("/"):
                yield node.lineno, path
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and (path := below(node)):
            yield node.lineno, path


def called(node: ast.expr) -> str:
    """The last part of a function's name."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def below(node: ast.expr) -> str:
    """What `HERE / "a" / "b"` names below HERE; empty where a part is no plain string."""
    if isinstance(node, ast.BinOp) and isinstance(node.right, ast.Constant) and isinstance(node.right.value, str):
        head = below(node.left) if isinstance(node.left, ast.BinOp) else ""
        return f"{head}/{node.right.value}".lstrip("/")
    return ""


def is_carried(project: Project, place: str, manifest: str, files: Files) -> bool:
    """Whether setuptools puts a file of the folder into the sdist: by itself, with its package, or by MANIFEST.in."""
    if CARRIED.fullmatch(place) or place.endswith(".py"):
        return True
    if dirname(place) and text_at(beside(project.path, f"{dirname(place)}/__init__.py"), files) is not None:
        return True
    return any(puts(line.split(), place) for line in manifest.splitlines())


def puts(words: list[str], place: str) -> bool:
    """Whether a line of a MANIFEST.in adds a file."""
    if len(words) < 2:
        return False
    rule, first, *rest = words
    if rule == "include":
        return any(fnmatchcase(place, pattern) for pattern in (first, *rest))
    if rule == "global-include":
        return any(fnmatchcase(basename(place), pattern) for pattern in (first, *rest))
    below_first = first == "." or place.startswith(f"{first.rstrip('/')}/")
    if rule == "recursive-include":
        return below_first and any(fnmatchcase(basename(place), pattern) for pattern in rest)
    return rule == "graft" and below_first
