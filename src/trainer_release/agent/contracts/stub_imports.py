"""The imports of a stub's module: the standard library's and the distribution's own stay, others are borrowed."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

HELPER = "_testagent_stub"


@dataclass(frozen=True, slots=True)
class Place:
    """The module whose imports are read: its dotted name, whether it is a package's `__init__`, the top-level names of
    its distribution, and whether a dotted path of these is known to be bound there. Without `library`,
    the standard library's modules may be missing, too."""

    name: str
    package: bool
    roots: Collection[str]
    known: Callable[[str], bool]
    library: bool = True

    def source(self, node: ast.ImportFrom) -> str:
        """The absolute name of the module that names are imported from."""
        if not node.level:
            return node.module or ""
        parts = self.name.split(".")
        above = parts[: len(parts) - node.level + self.package]
        return ".".join([*above, *([node.module] if node.module else [])])

    def stays(self, module: str) -> bool:
        """Whether the stub can import a module as it is."""
        top = module.partition(".")[0]
        return top in self.roots or (self.library and top in sys.stdlib_module_names)


def bindings(node: ast.Import | ast.ImportFrom, place: Place) -> dict[str, str]:
    """The names that an import binds, and the dotted path behind each; a star is told as itself."""
    if isinstance(node, ast.ImportFrom):
        source = place.source(node)
        return {each.asname or each.name: f"{source}.{each.name}" for each in node.names}
    return {
        each.asname or each.name.partition(".")[0]: each.name if each.asname else each.name.partition(".")[0]
        for each in node.names
    }


def imported(node: ast.Import | ast.ImportFrom, place: Place) -> Iterator[ast.stmt]:
    """What stands in the stub for an import."""
    if isinstance(node, ast.Import):
        for each in node.names:
            yield ast.Import([each]) if place.stays(each.name) else _borrowed_module(each)
        return
    source = place.source(node)
    if source == "__future__":
        return
    if place.stays(source):
        own = source.partition(".")[0] in place.roots
        sought = {each: source if each.name == "*" else f"{source}.{each.name}" for each in node.names}
        there = [each for each, path in sought.items() if not own or place.known(path)]
        if there:
            yield ast.ImportFrom(node.module, there, node.level)
        others = [each for each in node.names if each not in there and each.name != "*"]
        yield from (stands(each.asname or each.name, f"{source}:{each.name}") for each in others)
        return
    for each in node.names:
        if each.name != "*":
            yield assign(each.asname or each.name, "borrowed", source, each.name)


def _borrowed_module(each: ast.alias) -> ast.stmt:
    top = each.name.partition(".")[0]
    return assign(each.asname, "borrowed", each.name) if each.asname else assign(top, "borrowed", top)


def stands(name: str, what: str) -> ast.stmt:
    """`name = …` for a value that only running the module would tell."""
    return assign(name, "Stubbed", what)


def assign(name: str, function: str, *words: str) -> ast.stmt:
    """`name = _testagent_stub.function(*words)`."""
    return ast.Assign([ast.Name(name, ast.Store())], helper(function, *words), lineno=0)


def helper(function: str, *words: str) -> ast.expr:
    """`_testagent_stub.function(*words)`."""
    called = ast.Attribute(ast.Name(HELPER, ast.Load()), function, ast.Load())
    return ast.Call(called, [ast.Constant(word) for word in words], [])
