"""The order of publishing: which module needs which, in waves, or every circle by name."""

from __future__ import annotations

from collections import Counter
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import TYPE_CHECKING

from trainer_release.errors import Problem, ReleaseError
from trainer_release.model.suite import Graph

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from networkx import DiGraph

Edge = tuple[str, str]


def order(
    depends: Mapping[str, Iterable[str]],
    places: Mapping[Edge, tuple[str, int]],
    reasons: Mapping[Edge, str] | None = None,
) -> Graph:
    """Waves of modules, dependencies first; within a wave by name.

    `depends` maps each module to what it needs; names that are no module are ignored. `places` tells path
    and line of the requirement behind an edge (module, needed), `reasons` what a reader cannot see there, both where
    known. Circles raise ReleaseError (`dependency-cycle`, exit 3), one problem for each shortest circle, short ones
    first.
    """
    named = {name: tuple(sorted({need for need in depends[name] if need in depends})) for name in sorted(depends)}
    try:
        return Graph(named, tuple(_waves(named)), named)
    except CycleError:
        raise ReleaseError(*_complaints(_circles(named), places, reasons or {})) from None


def _waves(depends: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, ...]]:
    sorter = TopologicalSorter(depends)
    sorter.prepare()
    while wave := sorter.get_ready():
        yield tuple(sorted(wave))
        sorter.done(*wave)


def _circles(depends: Mapping[str, Iterable[str]]) -> list[tuple[str, ...]]:
    """Through each module the shortest circle, each once, so that each module caught is named."""
    import networkx as nx  # only here: its import takes longer than the order of a thousand modules

    needs: DiGraph[str] = nx.DiGraph((name, need) for name, needed in depends.items() for need in needed)
    found: set[tuple[str, ...]] = set()
    for caught in nx.strongly_connected_components(needs):
        part = needs.subgraph(caught)
        for name in sorted(caught):
            ways = [nx.shortest_path(part, need, name) for need in sorted(part[name])]
            if ways:
                ring = min(ways, key=len)
                first = ring.index(min(ring))
                found.add((*ring[first:], *ring[:first]))
    return sorted(found, key=lambda ring: (len(ring), ring))


def _complaints(
    circles: Sequence[tuple[str, ...]], places: Mapping[Edge, tuple[str, int]], reasons: Mapping[Edge, str]
) -> list[Problem]:
    rings = [[*pairwise((*ring, ring[0]))] for ring in circles]
    shared = Counter(edge for ring in rings for edge in ring)
    problems = []
    for ring in rings:
        path, line = places.get(ring[0], (None, None))
        most = max(shared[edge] for edge in ring)
        name, need = [edge for edge in ring if shared[edge] == most][-1]
        where = "{}:{}".format(*places[name, need]) if (name, need) in places else f"`{name}`"
        problems.append(
            Problem(
                "dependency-cycle",
                " → ".join([ring[0][0], *(need for _, need in ring)]),
                path,
                line,
                hint=f"take the requirement of {name} on {need} out ({where}), or move it into an extra",
                context=tuple(reasons[edge] for edge in ring if edge in reasons),
            )
        )
    return problems
