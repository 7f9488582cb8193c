"""The suite as the release commit will have it is sound: pins admit versions, carried modules too."""

from __future__ import annotations

from collections.abc import Iterable

from trainer_release.errors import Problem
from trainer_release.model.facts import PrepareFacts

NAME = "sound_change"


def check(facts: PrepareFacts) -> Iterable[Problem]:
    """What reading the edited suite complained about."""
    return facts.change.problems
