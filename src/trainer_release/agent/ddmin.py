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
    high = len(items)
    while high and not failing(found):
        low = 0
        while high - low > 1:  # the first `high` and what was found fail, with `low` instead they do not
            middle = (low + high) // 2
            low, high = (low, middle) if failing([*range(middle), *found]) else (middle, high)
        high -= 1
        found.append(high)
    while spare := [each for each in sorted(found) if failing([other for other in found if other != each])]:
        found.remove(spare[0])
    return tuple(items[place] for place in sorted(found))
