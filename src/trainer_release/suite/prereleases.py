"""A stable module that would bring in a pre-release of a sibling: nobody asked for that who installs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from trainer_release.errors import Problem
from trainer_release.suite.edges import EXTRA, ORDERING, packages, pins

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trainer_release.model.catalog import Catalog
    from trainer_release.model.project import Pinned
    from trainer_release.model.suite import Module


def prerelease_problems(catalog: Catalog, modules: Mapping[str, Module]) -> Iterator[Problem]:
    """`stable-pins-prerelease` for each requirement of a stable module whose specifier names a pre-release and whose
    module is one; a sibling in a group of its own, pinned exactly, may stay one (OpenTelemetry's beta group)."""
    early = {name for name, module in modules.items() if Version(module.version).is_prerelease}
    by_package = packages({name: modules[name] for name in early})
    for module in modules.values() if early else ():
        for pinned in pins(module) if module.publish and module.name not in early else ():
            sibling = by_package.get(canonicalize_name(pinned.name))
            if sibling and is_shipped(pinned) and _names_one(pinned) and not _apart(catalog, module, sibling, pinned):
                yield _problem(module, pinned, sibling)


def is_shipped(pinned: Pinned) -> bool:
    """Whether a requirement reaches the built metadata: groups and build requirements do not."""
    return pinned.where in ORDERING[:1] or pinned.where.startswith(EXTRA)


def _names_one(pinned: Pinned) -> bool:
    return not pinned.url and "{" not in pinned.text and bool(SpecifierSet(pinned.specifier).prereleases)


def _apart(catalog: Catalog, module: Module, sibling: Module, pinned: Pinned) -> bool:
    own, other = (catalog.modules.get(each.name) for each in (module, sibling))
    apart = other is not None and other.group is not None and (own is None or own.group != other.group)
    exact = any(s.operator in ("==", "===") and not s.version.endswith(".*") for s in SpecifierSet(pinned.specifier))
    return apart and exact


def _problem(module: Module, pinned: Pinned, sibling: Module) -> Problem:
    return Problem(
        "stable-pins-prerelease",
        f"{module.package} {module.version} is stable and requires `{pinned.text}`; {sibling.package} "
        f"{sibling.version} is a pre-release",
        pinned.path,
        pinned.line,
        hint=f"release {sibling.name} as stable, or put it into a group of its own and pin it with ==",
    )
