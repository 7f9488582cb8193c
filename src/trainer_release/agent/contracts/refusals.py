"""Which exceptions a function raises by itself, as far as its text tells: values that are merely guessed may not do."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from importlib.util import decode_source
from typing import Any

from trainer_release.agent.contracts.reading import Reading

_DEPTH = 3


def refusals(function: Any, reading: Reading) -> tuple[str, ...]:
    """The exceptions that stand behind a `raise` in a function, and in what it calls of its own class and module."""
    text = reading.texts.get(function.module.path)
    if text is None or not function.lineno:
        return ()
    nodes = _functions(text)
    own = nodes.get((function.name, _outer(function)))
    return tuple(sorted(set(_raised(own, nodes, _outer(function), _DEPTH)))) if own else ()


def making(cls: Any, reading: Reading) -> tuple[str, ...]:
    """The same of how an object of a class is made, whatever of it is inherited."""
    chain = [cls, *filter(None, reading.ancestors(cls).values())]
    found = [
        each.members[name]
        for each in chain
        for name in ("__init__", "__new__", "__post_init__")
        if name in each.members
    ]
    return tuple(sorted({name for each in found if not each.is_alias for name in refusals(each, reading)}))


def _outer(function: Any) -> str:
    return function.parent.name if function.parent is not None and function.parent.is_class else ""


@lru_cache(maxsize=64)
def _functions(text: bytes) -> dict[tuple[str, str], ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a module by its name and its class's."""
    tree = ast.parse(decode_source(text))
    found: dict[tuple[str, str], ast.FunctionDef | ast.AsyncFunctionDef] = {}
    for outer in ast.walk(tree):
        if isinstance(outer, ast.Module | ast.ClassDef):
            name = outer.name if isinstance(outer, ast.ClassDef) else ""
            found |= {(n.name, name): n for n in outer.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}
    return found


def _raised(
    node: ast.AST, nodes: dict[tuple[str, str], ast.FunctionDef | ast.AsyncFunctionDef], outer: str, depth: int
) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Raise):
            raised = each.exc.func if isinstance(each.exc, ast.Call) else each.exc
            yield ast.unparse(raised) if raised is not None else "what it caught"
        elif isinstance(each, ast.Call) and depth:
            called = each.func
            own = (
                isinstance(called, ast.Attribute)
                and isinstance(called.value, ast.Name)
                and called.value.id in {"self", "cls"}
            )
            key = (called.attr, outer) if own else (getattr(called, "id", ""), "")  # type: ignore[attr-defined]
            if key in nodes and nodes[key] is not node:
                yield from _raised(nodes[key], nodes, outer, depth - 1)
