"""Who needs whom: the edges between the modules of a suite, and what is wrong with the pins on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from trainer_release.errors import Problem
from trainer_release.suite.graph import order
from trainer_release.suite.pins import admits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trainer_release.model.project import Pinned
    from trainer_release.model.suite import Graph, Module

ORDERING = ("project.dependencies", "build-system.requires")
EXTRA = "project.optional-dependencies."


def graph_of(modules: Mapping[str, Module]) -> Graph:
    """The graph of what must be published before what. ReleaseError for a cycle.

    An edge is a dependency, a build requirement, or what an extra of a sibling requires that one of these
    asks for. Extras that nobody asks for and groups never order a release.
    """
    by_package = packages(modules)
    places: dict[tuple[str, str], tuple[str, int]] = {}
    depends: dict[str, list[str]] = {name: [] for name in modules}
    for name, module in modules.items():
        for pinned in required(module, by_package):
            needed = by_package[canonicalize_name(pinned.name)].name
            if needed != name and (name, needed) not in places:
                places[name, needed] = (pinned.path, pinned.line)
                depends[name].append(needed)
    return order(depends, places)


def packages(modules: Mapping[str, Module]) -> dict[str, Module]:
    """The modules by canonical distribution name."""
    return {canonicalize_name(module.package): module for module in modules.values()}


def required(module: Module, by_package: Mapping[str, Module]) -> Iterator[Pinned]:
    """The requirements on modules that an installation or a build of this module follows, requested extras
    among them.
    """
    waiting = [pinned for pinned in pins(module) if pinned.where in ORDERING]
    followed: set[tuple[str, str]] = set()
    while waiting:
        pinned = waiting.pop(0)
        sibling = by_package.get(canonicalize_name(pinned.name))
        if sibling is None:
            continue
        yield pinned
        for extra in pinned.extras:
            if (sibling.name, extra) not in followed:
                followed.add((sibling.name, extra))
                waiting += [each for each in pins(sibling) if of_extra(each) == extra]


def pins(module: Module) -> tuple[Pinned, ...]:
    return module.project.requirements if module.project else ()


def of_extra(pinned: Pinned) -> str | None:
    """The extra that a requirement belongs to, in canonical spelling."""
    return canonicalize_name(pinned.where.removeprefix(EXTRA)) if pinned.where.startswith(EXTRA) else None


def pin_problems(modules: Mapping[str, Module]) -> Iterator[Problem]:
    """`pin-excludes` for each requirement that does not admit its module's version, `direct-reference` for
    URLs.
    """
    by_package = packages(modules)
    for module in modules.values():
        for pinned in pins(module):
            sibling = by_package.get(canonicalize_name(pinned.name))
            if sibling is None:
                continue
            if pinned.url and pinned.where.startswith("project.") and module.publish:
                yield direct_reference(module, pinned)
            elif not admits(pinned.text, sibling.version):
                yield pin_excludes(module, pinned, sibling)


def direct_reference(module: Module, pinned: Pinned) -> Problem:
    """The complaint about a requirement with a URL: no index takes it."""
    return Problem(
        "direct-reference",
        f"{module.package} requires `{pinned.text}` in {pinned.where}; an index refuses a direct reference",
        pinned.path,
        pinned.line,
        hint=f'write a specifier, "{pinned.name}>=…"; a local path goes into [tool.uv.sources]',
    )


def pin_excludes(module: Module, pinned: Pinned, sibling: Module) -> Problem:
    """The complaint about a pin that does not admit the catalog's version; an exclusion only a person takes back."""
    excluded = f"!={sibling.version}" in pinned.specifier.split(",")
    by_hand = f"remove `!={sibling.version}` by hand, or release another version of {sibling.name}"
    return Problem(
        "pin-excludes",
        f"{module.package} requires `{pinned.text}`, but the catalog has {sibling.package} {sibling.version}",
        pinned.path,
        pinned.line,
        hint=by_hand if excluded else "run `trainer-release sync`",
    )
