"""What a setup.py states of a project in the arguments of its `setup()` call; it is read, never executed."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from trainer_release.suite.layouts.stated import BUILD, EXTRA, RUNTIME, Setup, Stated
from trainer_release.suite.layouts.toml_spans import Span
from trainer_release.suite.layouts.version_span import VersionSpan, parsed, span_of

if TYPE_CHECKING:
    from collections.abc import Iterator

LISTS = {"install_requires": RUNTIME, "setup_requires": BUILD}
TAGGED = ("use_scm_version", "pbr")
PLAIN = re.compile(r"[uUrR]?(\"\"\"|'''|\"|')(?P<value>(?:(?!\1)[^\\])*)\1", re.DOTALL)


def read_setup_py(path: str, text: str) -> Setup:
    """Name, version, interpreter and requirements, as far as they are literals or names of literals."""
    arguments = setup_arguments(text)
    setup = Setup(name=string(arguments.get("name")), requires_python=string(arguments.get("python_requires")))
    setup.from_tag = any(keyword in arguments for keyword in TAGGED)
    if version_of(text) is not None:
        setup.version = (path, version_of)
    elif "version" in arguments:
        setup.computed = (path, arguments["version"].lineno)
    starts = line_starts(text)
    for keyword, where in LISTS.items():
        setup.stated += strings(path, text, starts, where, arguments.get(keyword))
    extras = arguments.get("extras_require")
    for key, value in zip(extras.keys, extras.values, strict=True) if isinstance(extras, ast.Dict) else ():
        extra = (string(key) or "").partition(":")[0]
        setup.stated += strings(path, text, starts, EXTRA + extra if extra else RUNTIME, value)
    return setup


def setup_arguments(text: str) -> dict[str, ast.expr]:
    """The keyword arguments of the first call of `setup`; a name stands for what the module assigns to it."""
    tree = parsed(text)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)] if tree else []
    call = next((node for node in calls if called(node.func) == "setup"), None)
    if tree is None or call is None:
        return {}
    assigned = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    given = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    return {key: assigned.get(node.id, node) if isinstance(node, ast.Name) else node for key, node in given.items()}


def called(function: ast.expr) -> str | None:
    """The last name of what is called: `setup`, `setuptools.setup`."""
    return getattr(function, "id", None) or getattr(function, "attr", None)


def string(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def version_of(text: str) -> VersionSpan | None:
    """Where the version stands."""
    node = setup_arguments(text).get("version")
    return span_of(text, node) if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def strings(path: str, text: str, starts: list[int], where: str, node: ast.expr | None) -> Iterator[Stated]:
    """The strings of a list; what is computed among them is passed over."""
    for item in node.elts if isinstance(node, ast.List | ast.Tuple) else ():
        value = string(item)
        if value is not None:
            start, end = (
                starts[line - 1] + len(text[starts[line - 1] :].encode()[:column].decode())
                for line, column in (
                    (item.lineno, item.col_offset),
                    (item.end_lineno or item.lineno, item.end_col_offset or 0),
                )
            )
            plain = PLAIN.fullmatch(text, start, end)
            if plain:
                yield Stated(where, path, Span(*plain.span("value"), "", value, item.lineno))
            else:
                yield Stated(where, path, Span(start, end, '"', value, item.lineno))


def line_starts(text: str) -> list[int]:
    """The characters at which the lines begin, as Python counts lines."""
    return [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]


def changed_strings(before: str, after: str) -> int | None:
    """In how many strings two modules differ; None where they differ in anything else, or one is no Python."""
    trees = parsed(before), parsed(after)
    if trees[0] is None or trees[1] is None:
        return None
    old, new = ([node for node in ast.walk(tree) if isinstance(node, ast.Constant)] for tree in trees if tree)
    changed = [pair for pair in zip(old, new, strict=False) if pair[0].value != pair[1].value]
    for one, other in changed:
        other.value = one.value
    return len(changed) if ast.dump(trees[0]) == ast.dump(trees[1]) else None
