"""The public API of Python sources, as griffe sees it.

griffe is handed texts, so it looks for no files, no packages, no extensions and no git repository. Its own reading of
dataclasses, which is static too, stays on. Public is what has no leading underscore, or what `__all__` lists where a
module has one; a package's `__init__` also exposes what it imports from its own submodules (PEP 8, "Public and internal
interfaces"). Tests and `__main__` are no API.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.util import decode_source
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import griffe

NO_API = {"tests", "conftest", "__main__"}

Parts = tuple[str, ...]
"""A dotted name in its parts."""


def roots(files: Iterable[str]) -> list[str]:
    """The public top-level modules among the files of a wheel."""
    return sorted({path[0] for path in map(_parts, files) if path and not path[0].startswith("_")})


def _parts(path: str) -> Parts | None:
    """The dotted name of a source file; None for what cannot be imported or is no API."""
    parts = PurePosixPath(path).with_suffix("").parts
    parts = parts[:-1] if parts[-1] == "__init__" else parts
    return None if NO_API & {*parts} or not all(part.isidentifier() for part in parts) else parts


def below(name: str, files: Mapping[str, bytes]) -> dict[Parts, tuple[str, bytes]]:
    """Path and text of every module below a top-level one, parents first; a stub counts where there is no source."""
    named = ((parts, path) for path in sorted(files, reverse=True) if (parts := _parts(path)) and parts[0] == name)
    found = {parts: (path, files[path]) for parts, path in named}
    return {parts: found[parts] for parts in sorted(found, key=lambda parts: (len(parts), parts))}


def tree(
    files: Mapping[Parts, tuple[str, bytes]], place: str, known_modules: griffe.ModulesCollection | None = None
) -> griffe.Module:
    """The top-level module with everything below it, added to `known_modules` where these are given. A folder without
    `__init__` in a package that has one holds scripts and templates, no modules; above every package it is a namespace
    (PEP 420)."""
    import griffe

    collections: Any = {
        "modules_collection": griffe.ModulesCollection() if known_modules is None else known_modules,
        "lines_collection": griffe.LinesCollection(),
    }
    loader = griffe.GriffeLoader(allow_inspection=False, store_source=False, **collections)
    known: dict[Parts, griffe.Module] = {}

    def add(parts: Parts, module: griffe.Module) -> griffe.Module:
        known[parts] = module
        (known[parts[:-1]] if parts[1:] else loader.modules_collection).set_member(parts[-1], module)
        return module

    def package(parts: Parts) -> bool:
        """Whether there is a module of that name that others may stand in."""
        if parts in known or not parts:
            return True
        above = parts[:-1]
        if not package(above) or (
            above and not known[above].is_namespace_package | known[above].is_namespace_subpackage
        ):
            return False
        folder = [Path(place, *parts)]
        add(parts, griffe.Module(parts[-1], filepath=folder, parent=known.get(above), **collections))
        return True

    for parts, (path, text) in files.items():
        if package(parts[:-1]):
            where, above = Path(place, path), known.get(parts[:-1])
            code = decode_source(text)
            visited = griffe.visit(
                parts[-1], filepath=where, code=code, extensions=loader.extensions, parent=above, **collections
            )
            add(parts, visited)
    top = known[next(iter(files))[:1]]
    loader.expand_exports(top)
    loader.expand_wildcards(top, external=False)
    loader.extensions.call("on_package", pkg=top, loader=loader)
    _mark(top)
    return top


def _mark(module: griffe.Module) -> None:
    """Say which members are public where griffe's own rule differs from ours."""
    for name, member in module.members.items():
        if not member.is_alias and member.is_module:
            _mark(member)  # type: ignore[arg-type]
        elif member.is_alias and _circular(member):
            member.public = False
        elif module.exports is not None:
            member.public = name in module.exports
        elif name.startswith("_"):
            member.public = False
        elif member.is_alias and module.is_init_module and member.target_path.startswith(f"{module.path}."):  # type: ignore[union-attr]
            member.public = True


def _circular(alias: Any) -> bool:
    """Whether an import leads back to itself, so that there is nothing behind it."""
    import griffe

    try:
        alias.resolve_target()
    except griffe.CyclicAliasError:
        return True
    except griffe.AliasResolutionError:
        return False  # from another package: the name alone is known
    return False


def names(module: griffe.Object | griffe.Alias) -> set[str]:
    """The dotted names of everything public in a module."""
    found: set[str] = set()
    for name, member in module.members.items():
        if member.is_public and not name.startswith("_"):
            found.add(member.path)
            if not member.is_alias and (member.is_module or member.is_class):
                found |= names(member)
    return found
