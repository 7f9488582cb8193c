"""Where a version stands in a text, so that it alone can be replaced: as a Python assignment, or by a pattern."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass

LITERAL = re.compile(r"[uUrR]?(\"\"\"|'''|\"|')(?P<value>[^\"'\\]*)\1", re.DOTALL)


@dataclass(frozen=True, slots=True)
class VersionSpan:
    """Characters `start` to `end` hold the version, without quotes; `line` counts from 1."""

    start: int
    end: int
    value: str
    line: int


Find = Callable[[str], VersionSpan | None]
"""Where the version stands in a file's text, or None where it cannot be told."""


def assigned(name: str, *, last: bool = True) -> Find:
    """Finds `name = "…"` at the top level of a Python module, plain or annotated, without executing it.

    What stands below a `try`, an `if` or a function is no statement of the version and is not looked at. Of several
    the `last` counts, as when the module is imported, or else the first. A string that is put together is not found.
    """

    def find(text: str) -> VersionSpan | None:
        tree = parsed(text)
        constants = [value for node in tree.body if (value := string_of(node, name))] if tree else []
        return span_of(text, constants[-1 if last else 0]) if constants else None

    return find


def parsed(text: str) -> ast.Module | None:
    """The module's syntax tree, or None where the text is no Python for this interpreter."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an invalid escape in another's file is not ours to report
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def string_of(node: ast.stmt, name: str) -> ast.Constant | None:
    """The string that the statement assigns to this name."""
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign):
        targets = [node.target]
    else:
        return None
    named = any(isinstance(target, ast.Name) and target.id == name for target in targets)
    value = node.value
    return value if named and isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def span_of(text: str, node: ast.Constant) -> VersionSpan | None:
    """The characters between the quotes of a string that is one plain literal."""
    lines = re.split(r"(?<=\n)|(?<=\r)(?!\n)", text)
    offsets = [
        sum(map(len, lines[: line - 1])) + len(lines[line - 1].encode()[:column].decode())
        for line, column in ((node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0))
    ]
    literal = LITERAL.fullmatch(text, *offsets)
    if literal is None:
        return None
    return VersionSpan(*literal.span("value"), literal["value"], node.lineno)


def matched(pattern: str, group: str | int = "version") -> Find:
    """Finds what this group of a regular expression matches first; `^` and `$` stand for the ends of lines.

    The pattern sees a line feed alone at the end of a line, as it does in the build backend. ValueError where the
    pattern is none, or has no such group.
    """
    try:
        compiled = re.compile(pattern, re.MULTILINE)
    except (re.error, RecursionError) as error:
        raise ValueError(f"it is no regular expression: {error}") from None
    if group not in compiled.groupindex and group not in range(compiled.groups + 1):
        raise ValueError(f"it has no group {group}")

    def find(text: str) -> VersionSpan | None:
        kept = [at for at in range(len(text)) if text[at] != "\r" or text[at + 1 : at + 2] != "\n"]
        match = compiled.search("".join(text[at] for at in kept))
        if match is None or not match[group]:
            return None
        start, end = match.span(group)
        start, end = kept[start], kept[end - 1] + 1
        return VersionSpan(start, end, text[start:end], text.count("\n", 0, start) + 1)

    return find
