"""What is published needs only what is published: otherwise nobody could install it."""

from __future__ import annotations

from collections.abc import Iterator

from trainer_release.errors import Problem
from trainer_release.model.facts import PrepareFacts

NAME = "published_needs"


def check(facts: PrepareFacts) -> Iterator[Problem]:
    """No published module depends on one with `publish: false`."""
    suite = facts.change.suite
    for name in facts.change.published:
        for needed in suite.graph.depends[name]:
            if not suite.modules[needed].publish:
                listed = suite.catalog.modules.get(needed)
                yield Problem(
                    "needs-unpublished",
                    f"{name} is published and requires {needed}, which is not",
                    path=suite.catalog.path,
                    line=listed.mark.line if listed else None,
                    hint=f"publish {needed}, or drop the requirement",
                )
