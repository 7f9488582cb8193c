"""Numbers as the page shows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median


def row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def spread(values: Sequence[float], show: Callable[[float], str]) -> str:
    """The median (least-most)."""
    if len(values) == 1:
        return show(values[0])
    return f"{show(median(values))} ({show(min(values))}-{show(max(values))})"


def duration(seconds: float) -> str:
    """Three digits, with the unit."""
    return f"{amount(seconds)} s" if abs(seconds) >= 1 else f"{amount(seconds * 1000)} ms"


def amount(value: float) -> str:
    """Three digits, never an exponent."""
    size = abs(value)
    return f"{value:.0f}" if size >= 100 else f"{value:.1f}" if size >= 10 else f"{value:.2f}"
