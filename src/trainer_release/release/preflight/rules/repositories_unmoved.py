"""What was prepared in other repositories still stands on what they have."""

from __future__ import annotations

from collections.abc import Iterator

from trainer_release.errors import Problem
from trainer_release.model.facts import ExecuteFacts

NAME = "repositories_unmoved"


def check(facts: ExecuteFacts) -> Iterator[Problem]:
    """A ref that moved since prepare invalidates the release; a branch that has gone on from its commit does not."""
    for name, there in facts.elsewhere.items():
        if there.remote.problem is not None:
            yield there.remote.problem
        if there.moved:
            yield Problem(
                "repository-moved",
                f"{name}: {there.branch or 'its ref'} has moved since {facts.version} was prepared",
                hint=f"run `trainer-release abandon {facts.version}`, then prepare it again",
            )
