"""Which integration tests fit a choice of modules: one that imports a module not chosen is left out, by name."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from packaging.utils import canonicalize_name

from trainer_release.agent.discover import files_of
from trainer_release.model.suite import Module
from trainer_release.model.testing import TestSource
from trainer_release.world.files import text_or_none

_NO_MODULES = {"src", "tests", "test", "docs", "examples"}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A test file and the modules that it needs beyond those chosen."""

    path: str
    needs: tuple[str, ...]


def fitting(
    sources: Iterable[TestSource], root: Path, absent: Iterable[Module]
) -> tuple[tuple[TestSource, ...], tuple[LeftOut, ...]]:
    """The sources without the test files that import an absent module, and those files."""
    owners = {name: module.name for module in absent for name in import_names(root, module)}
    kept: list[TestSource] = []
    left: list[LeftOut] = []
    for source in sources:
        out = {path: needs for path in files_of(source) if (needs := _needs(path, owners))}
        base = Path(source.path)
        left += [LeftOut(path.relative_to(base).as_posix(), needs) for path, needs in out.items()]
        if len(out) < len(files_of(source)):
            kept.append(replace(source, ignore=(*source.ignore, *(path.relative_to(base).as_posix() for path in out))))
    return tuple(kept), tuple(left)


def import_names(root: Path, module: Module) -> frozenset[str]:
    """The top-level names that a module's project provides, as far as its folders tell; its own name in any case."""
    names = {canonicalize_name(module.package).replace("-", "_")}
    if module.path is not None:
        for place in (root / module.path / "src", root / module.path):
            names |= {found.parent.name for found in place.glob("*/__init__.py")}
            names |= {
                f"{found.parent.parent.name}.{found.parent.name}"  # a part of a namespace
                for found in place.glob("*/*/__init__.py")
                if not (found.parent.parent / "__init__.py").exists()
            }
    return frozenset(name for name in names if not _NO_MODULES & set(name.split(".")))


def provided(root: Path, modules: Iterable[Module]) -> dict[str, frozenset[str]]:
    """The import names of all modules, by module: looked for once, not for each module that is tested."""
    return {module.name: import_names(root, module) for module in modules}


def undeclared(names: Mapping[str, frozenset[str]], present: Iterable[Module]) -> dict[str, str]:
    """Of what a suite's modules provide, the import names of those that are not `present`, with the modules: what must
    not be there."""
    there = {module.name for module in present}
    named = frozenset[str]().union(*(found for module, found in names.items() if module in there))
    return {name: module for module, found in names.items() if module not in there for name in sorted(found - named)}


def _needs(path: Path, owners: Mapping[str, str]) -> tuple[str, ...]:
    try:
        tree = ast.parse(text_or_none(path) or "")
    except (SyntaxError, ValueError):
        return ()  # pytest will say what is wrong with it
    return tuple(sorted({owners[name] for name in _imported(tree) if name in owners}))


def _imported(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found
