"""Which tests run and in what order: seed, selection, and what is done already."""

import hashlib
import random
import sys
from collections import Counter, defaultdict
from typing import Any, Dict, Iterable, List, Sequence, Tuple

import pytest
from ta_config import Settings


def number(*parts: object) -> int:
    """A number of 256 bits that these values alone decide."""
    return int.from_bytes(hashlib.sha256("\0".join(map(str, parts)).encode()).digest(), "big")


def shuffled(items: Iterable[Any], seed: int) -> List[Any]:
    """Files, then the classes of each, then the tests of each: all in an order that the seed and the names decide."""

    def key(item: Any) -> Tuple[int, ...]:
        parts = item.nodeid.split("::")
        names = ["::".join(parts[: count + 1]) for count in range(len(parts))]
        return tuple(number(seed, name) for name in names)

    return sorted(items, key=key)


def chosen(items: Sequence[Any], wanted: Sequence[str], ordered: bool) -> List[Any]:
    """The items with these ids, the n-th mention of an id meaning its n-th item; as `wanted` orders them on demand."""
    waiting: Dict[str, List[Any]] = defaultdict(list)
    for item in items:
        waiting[item.nodeid].append(item)
    found = [waiting[name].pop(0) for name in wanted if waiting[name]]
    kept = set(map(id, found))
    return found if ordered else [item for item in items if id(item) in kept]


def remaining(items: Iterable[Any], done: Iterable[str]) -> List[Any]:
    """What an earlier worker has not finished; an id that was done twice stands for its first two items."""
    over = Counter(done)
    left = []
    for item in items:
        if over[item.nodeid]:
            over[item.nodeid] -= 1
        else:
            left.append(item)
    return left


class Order:
    """Orders and selects the collected tests and seeds each of them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.seed = settings["seed"]

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: List[pytest.Item]) -> None:
        if self.seed is not None:
            items[:] = shuffled(items, self.seed)  # before pytest's own grouping by parametrised fixtures

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        self.sow(item)

    def pytest_runtest_call(self, item: pytest.Item) -> None:
        self.sow(item)

    def sow(self, item: pytest.Item) -> None:
        """Draws of this test are its own, whatever drew before it."""
        if self.seed is None:
            return
        value = number(self.seed, item.nodeid)
        random.seed(value)
        numpy = sys.modules.get("numpy.random")
        if numpy is not None:
            numpy.seed(value % 2**32)


class Selection:
    """Leaves out what was not asked for and what is done; the last word on the order."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: List[pytest.Item]) -> None:
        kept: List[pytest.Item] = list(items)
        if self.settings["select"] is not None:
            kept = chosen(kept, self.settings["select"], bool(self.settings["ordered"]))
        kept = remaining(kept, self.settings.done)
        if len(kept) < len(items):
            ids = set(map(id, kept))
            config.hook.pytest_deselected(items=[item for item in items if id(item) not in ids])
        items[:] = kept
