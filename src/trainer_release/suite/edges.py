"""Who needs whom: the edges between the modules of a suite, and what is wrong with the pins on them."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from packaging.specifiers import SpecifierSet

from trainer_release.errors import Problem, ReleaseError
from trainer_release.model.names import canonicalize_name
from trainer_release.suite.graph import Edge, order
from trainer_release.suite.pins import admits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trainer_release.model.project import Pinned
    from trainer_release.model.suite import Graph, Module

ORDERING = ("project.dependencies", "build-system.requires")
EXTRA = "project.optional-dependencies."


class Need(NamedTuple):
    """A requirement on a module of the suite. `chain` holds the requirements that ask for the extra it belongs to, the
    first one the module's own; empty where the module itself states it."""

    pinned: Pinned
    chain: tuple[Pinned, ...] = ()


def graph_of(modules: Mapping[str, Module]) -> Graph:
    """The graph of what must be published before what. ReleaseError for a cycle, with the extras that cause it.

    An edge is a dependency, a build requirement, or what an extra of a sibling requires that one of these
    asks for. Extras that nobody asks for and groups never order a release.
    """
    by_package = packages(modules)
    asked: dict[Edge, Need] = {}
    kinds: dict[str, dict[str, set[str]]] = {where: {name: set() for name in modules} for where in ORDERING}
    depends: dict[str, list[str]] = {name: [] for name in modules}
    for name, module in modules.items():
        for need in required(module, by_package):
            needed = by_package[need.pinned.name].name
            if needed == name and not is_itself(need):
                continue
            if need.pinned.where in ORDERING and not need.chain:
                kinds[need.pinned.where][name].add(needed)
            if (name, needed) not in asked:
                asked[name, needed] = need
                depends[name].append(needed)
    try:
        found = order(depends, {})
    except ReleaseError:
        found = order(depends, *told(asked))
    runtime, builds = ({name: tuple(sorted(kinds[where][name])) for name in found.depends} for where in ORDERING)
    return replace(found, runtime=runtime, builds=builds)


def told(asked: Mapping[Edge, Need]) -> tuple[dict[Edge, tuple[str, int]], dict[Edge, str]]:
    """Where each edge is asked for, and what a reader cannot see there. Only for a circle: lines take time to find."""
    first = {edge: (*need.chain, need.pinned)[0] for edge, need in asked.items()}
    places = {edge: (pinned.path, pinned.line) for edge, pinned in first.items()}
    return places, {edge: reason(*edge, need) for edge, need in asked.items() if need.chain}


def is_itself(need: Need) -> bool:
    """Whether a requirement on the module itself is a circle: plainly in its dependencies, no extra asked for."""
    return need.pinned.where == ORDERING[0] and not need.chain and not need.pinned.extras


def reason(name: str, needed: str, need: Need) -> str:
    """How an extra leads from one module to another, in words."""
    asked = ", which asks for ".join(f"`{pinned.text}` ({pinned.path}:{pinned.line})" for pinned in need.chain)
    extra, place = of_extra(need.pinned), f"{need.pinned.path}:{need.pinned.line}"
    return f"{name} → {needed}: {name} requires {asked}; the extra `{extra}` requires `{need.pinned.text}` ({place})"


def packages(modules: Mapping[str, Module]) -> dict[str, Module]:
    """The modules by canonical distribution name."""
    return {canonicalize_name(module.package): module for module in modules.values()}


def required(module: Module, by_package: Mapping[str, Module]) -> Iterator[Need]:
    """The requirements on modules that an installation or a build of this module follows, requested extras
    among them; what it states itself comes first.
    """
    waiting = deque(Need(pinned) for pinned in pins(module) if pinned.name in by_package and pinned.where in ORDERING)
    followed: set[tuple[str, str]] = set()
    while waiting:
        need = waiting.popleft()
        yield need
        for extra in need.pinned.extras:
            sibling = by_package[need.pinned.name]
            if (sibling.name, extra) not in followed:
                followed.add((sibling.name, extra))
                chain = (*need.chain, need.pinned)
                asked = (each for each in pins(sibling) if each.name in by_package and of_extra(each) == extra)
                waiting.extend(Need(each, chain) for each in asked)


def pins(module: Module) -> tuple[Pinned, ...]:
    return module.project.requirements if module.project else ()


def of_extra(pinned: Pinned) -> str | None:
    """The extra that a requirement belongs to, in canonical spelling."""
    return canonicalize_name(pinned.where.removeprefix(EXTRA)) if pinned.where.startswith(EXTRA) else None


def pin_problems(modules: Mapping[str, Module], *, drift: bool = True) -> Iterator[Problem]:
    """`direct-reference` for URLs; with `drift`, `pin-excludes` for each requirement that does not admit its module's
    version.
    """
    by_package = packages(modules)
    for module in modules.values():
        for pinned in pins(module):
            sibling = by_package.get(pinned.name)
            if sibling is None:
                continue
            if pinned.url and pinned.where.startswith("project.") and module.publish:
                yield direct_reference(module, pinned)
            elif drift and not admits(pinned.text, sibling.version):
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
    clauses = (clause for clause in SpecifierSet(pinned.specifier) if clause.operator == "!=")
    excluded = ", ".join(f"`{each}`" for each in clauses if not each.contains(sibling.version, prereleases=True))
    by_hand = f"remove {excluded} by hand, or release another version of {sibling.name}"
    return Problem(
        "pin-excludes",
        f"{module.package} requires `{pinned.text}`, but the catalog has {sibling.package} {sibling.version}",
        pinned.path,
        pinned.line,
        hint=by_hand if excluded else "run `trainer-release sync`",
    )
