"""Numbers as the page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from resource import RUSAGE_SELF, getrusage
from statistics import median

from measure import UNIT


def row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def spread(values: Sequence[float], unit: str = "") -> str:
    """The median (least-most)."""
    ends = f" ({amount(min(values))}-{amount(max(values))})" if len(values) > 1 else ""
    return f"{amount(median(values))}{unit}{ends}"


def durations(values: Sequence[float]) -> str:
    """The same of seconds, with the unit that suits the median."""
    return spread(values, " s") if median(values) >= 1 else spread([1000 * each for each in values], " ms")


def duration(seconds: float) -> str:
    """Three digits, with the unit."""
    return f"{amount(seconds)} s" if abs(seconds) >= 1 else f"{amount(seconds * 1000)} ms"


def amount(value: float) -> str:
    """Three digits, never an exponent."""
    size = abs(value)
    return f"{value:.0f}" if size >= 100 else f"{value:.1f}" if size >= 10 else f"{value:.2f}"


def mebibytes(peak: float) -> str:
    """A command begins as a copy of this process: the system tells no peak below ours."""
    own = getrusage(RUSAGE_SELF).ru_maxrss / UNIT
    return f"{peak:.0f} MiB" if peak > own * 1.02 else f"under {ceil(own)} MiB"
