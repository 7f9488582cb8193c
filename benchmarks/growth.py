"""How the time of a stage grows with the number of modules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from measure import Measured, Run


@dataclass(frozen=True)
class Point:
    """Seconds for a suite of that many modules: the median, its spread, and the CPU's."""

    size: int
    middle: float
    least: float
    most: float
    cpu: float


Lines = Mapping[str, Sequence[Point]]


def lines(results: Sequence[Measured]) -> Lines:
    """Every case that is to be in the plot, by its name there; the points by size."""
    found: dict[str, list[Point]] = {}
    for result in sorted(results, key=lambda each: each.group.size):
        for case in result.group.cases:
            if case.line:
                found.setdefault(case.line, []).append(point(result.group.size, result.runs[case.name]))
    return found


def point(size: int, runs: Sequence[Run]) -> Point:
    took = [run.seconds for run in runs]
    return Point(size, median(took), min(took), max(took), median(run.cpu for run in runs))


def steepest(points: Sequence[Point]) -> tuple[Point, Point] | None:
    """The two sizes, one after the other, between which the time grew most for what the size did."""
    pairs = [*pairwise(points)]
    return max(pairs, key=lambda pair: times(pair) / (pair[1].size / pair[0].size)) if pairs else None


def times(pair: tuple[Point, Point]) -> float:
    """How many times the time became."""
    return pair[1].middle / pair[0].middle


def each(pair: tuple[Point, Point]) -> float:
    """What a further module costs between two sizes, in seconds: it stays the same where the growth is linear."""
    return (pair[1].middle - pair[0].middle) / (pair[1].size - pair[0].size)
