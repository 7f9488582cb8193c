"""How long to wait, and for what: between attempts, between looks, in all."""

from __future__ import annotations

import random

ATTEMPTS = 6
POLLS = 3
"""So often the index is asked before an upload that nobody is sure of is sent again."""
_FIRST, _LONGEST, _SPREAD = 2.0, 120.0, 0.5
_LOOK, _LONGEST_LOOK = 0.2, 30.0


def before_attempt(number: int, *, quick: bool) -> float:
    """The seconds before the `number`th further attempt: 2, 4, 8 … at most 120, each up to a half more or less.
    `quick`: a tenth of it and no chance, for the embedded index."""
    seconds = min(_LONGEST, _FIRST * 2.0 ** (number - 1))
    return seconds / 10 if quick else _about(seconds)


def before_look(number: int, *, quick: bool) -> float:
    """The seconds before the `number`th further look: 0.2, 0.4 … at most 30, each up to a half more or less."""
    seconds = min(_LONGEST_LOOK, _LOOK * 2.0 ** min(number - 1, 10))
    return seconds if quick else _about(seconds)


def before_poll(number: int, *, quick: bool) -> float:
    """The seconds before the `number`th look after an upload that nobody is sure of: 1, 2, 3."""
    return number / 10 if quick else _about(float(number))


def _about(seconds: float) -> float:
    return seconds * random.uniform(1 - _SPREAD, 1 + _SPREAD)  # noqa: S311 - no secret
