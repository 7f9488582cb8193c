"""The smallest part of something that still shows a fault, in few tries. It knows nothing of what it reduces. Pure.

Delta debugging (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002) asks for
1-minimality; a binary search over prefixes reaches it in fewer tries than the paper's halving where few items matter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def smallest(items: Sequence[Item], fails: Callable[[tuple[Item, ...]], bool]) -> tuple[Item, ...]:
    """Items of which none can be left out: together they fail, without any one of them they do not.

    All of them are known to fail, none of them is known not to. No part is asked twice; items keep their order. Where k
    of n items matter, and more items never mend, that is about k (log2 n + 2) tries.
    """
    known: dict[frozenset[int], bool] = {frozenset(): False, frozenset(range(len(items))): True}

    def failing(places: Sequence[int]) -> bool:
        key = frozenset(places)
        if key not in known:
            known[key] = fails(tuple(items[place] for place in sorted(key)))
        return known[key]

    found: list[int] = []
    rest = list(range(len(items)))
    while rest and not failing(found):
        needed = _first(lambda size: failing([*found, *rest[:size]]), len(rest))
        found.append(rest[needed - 1])
        rest = rest[: needed - 1]
    while spare := [each for each in sorted(found) if failing([other for other in found if other != each])]:
        found.remove(spare[0])
    return tuple(items[place] for place in sorted(found))


def _first(failing: Callable[[int], bool], high: int) -> int:
    """A size that fails where one less does not; `high` fails, 0 does not."""
    low = 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if failing(middle) else (middle, high)
    return high
