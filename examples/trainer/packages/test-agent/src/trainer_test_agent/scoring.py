"""Scorers compare an answer with the expected one: 0 is wrong, 1 is right."""

from __future__ import annotations

import re
from collections import Counter
from typing import Callable

Scorer = Callable[[str, str], float]

_WORD = re.compile(r"\w+")


def exact(expected: str, answer: str) -> float:
    """1 when both say the same words in the same order."""
    return float(_words(expected) == _words(answer))


def contains(expected: str, answer: str) -> float:
    """1 when the answer holds the expected words in a row."""
    wanted, said = _words(expected), _words(answer)
    size = len(wanted)
    return float(any(said[start : start + size] == wanted for start in range(len(said) - size + 1)))


def overlap(expected: str, answer: str) -> float:
    """The harmonic mean of how much was said of what was wanted, and how much was wanted of what was said."""
    wanted, said = Counter(_words(expected)), Counter(_words(answer))
    shared = sum((wanted & said).values())
    total = sum(wanted.values()) + sum(said.values())
    return 2 * shared / total if total else 1.0


SCORERS: dict[str, Scorer] = {"contains": contains, "exact": exact, "overlap": overlap}


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
