"""Annotations as they are written, and what their names mean: imports, aliases and re-exports are followed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from trainer_release.agent.contracts.reading import Reading

UNIONS = frozenset({"typing.Union", "typing.Optional"})
_DEPTH = 12
"""How far aliases are followed; one that leads back to itself ends there."""


@dataclass(frozen=True, slots=True)
class Hint:
    """One type expression: its syntax, and the object (griffe's) in whose scope its names are looked up."""

    node: ast.expr
    scope: Any
    reading: Reading

    @property
    def text(self) -> str:
        """As it is written, without quotes."""
        return ast.unparse(self.node)

    @property
    def path(self) -> str:
        """The dotted path of what the expression names, subscripts left out; empty for what is no name."""
        node = self.node.value if isinstance(self.node, ast.Subscript) else self.node
        if isinstance(node, ast.Constant):
            return "None" if node.value is None else ""
        if not isinstance(node, ast.Name | ast.Attribute):
            return ""
        return _resolved(ast.unparse(node), self.scope, self.reading)

    @property
    def words(self) -> tuple[Hint, ...]:
        """What stands in the subscript."""
        if not isinstance(self.node, ast.Subscript):
            return ()
        inner = self.node.slice
        return tuple(
            Hint(each, self.scope, self.reading) for each in (inner.elts if isinstance(inner, ast.Tuple) else [inner])
        )

    @property
    def found(self) -> Any:
        """The class that is named, as griffe read it; None for what was not read."""
        found = self.reading.find(self.path) if self.path else None
        return found if found is not None and found.is_class else None

    def alternatives(self, depth: int = _DEPTH) -> Iterator[Hint]:
        """The types that a value may have: unions apart, `Annotated` and aliases seen through."""
        if isinstance(self.node, ast.BinOp) and isinstance(self.node.op, ast.BitOr):
            for side in (self.node.left, self.node.right):
                yield from Hint(side, self.scope, self.reading).alternatives(depth)
            return
        path, words = self.path, self.words
        if path in UNIONS:
            for word in words:
                yield from word.alternatives(depth)
            if path == "typing.Optional":
                yield Hint(ast.Constant(None), self.scope, self.reading)
        elif path == "typing.Annotated" and words:
            yield from words[0].alternatives(depth)
        elif depth and (alias := self._alias(path)):
            yield from alias.alternatives(depth - 1)
        else:
            yield self

    def _alias(self, path: str) -> Hint | None:
        """What a type alias of the suite stands for."""
        found = self.reading.find(path) if path else None
        if found is None or not (found.is_attribute or found.is_type_alias) or found.value is None:
            return None
        return hint(found.value, found.parent, self.reading)

    def classes(self) -> Iterator[Any]:
        """Every class of the suite that a value of this type is, or holds; what a callable takes is neither."""
        for each in self.alternatives():
            if each.found is not None:
                yield each.found
            if each.path not in {"collections.abc.Callable", "typing.Callable", "typing.Literal"}:
                for word in each.words:
                    yield from word.classes()


def hint(annotation: Any, scope: Any, reading: Reading) -> Hint | None:
    """The type expression of an annotation; None where there is none, or one that is no expression."""
    if annotation is None:
        return None
    try:
        node = ast.parse(str(annotation), mode="eval").body
    except SyntaxError:
        return None
    return Hint(_Unquoted().visit(node), scope, reading)


class _Unquoted(ast.NodeTransformer):
    """Quoted types stand for themselves, except in `Literal`."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        if ast.unparse(node.value).rpartition(".")[2] == "Literal":
            return node
        node.slice = self.visit(node.slice)
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if isinstance(node.value, str):
            try:
                return self.visit(ast.parse(node.value, mode="eval").body)  # type: ignore[no-any-return]
            except SyntaxError:
                return node
        return node


def _resolved(name: str, scope: Any, reading: Reading) -> str:
    """The path at which what a name means in a scope is defined."""
    import griffe

    first, _, rest = name.partition(".")
    try:
        path = scope.resolve(first)
    except griffe.NameResolutionError:
        path = first
    return reading.where(f"{path}.{rest}" if rest else path)
