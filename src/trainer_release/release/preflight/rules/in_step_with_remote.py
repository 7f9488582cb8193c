"""The remote answers, and its branch has nothing that is not here."""

from __future__ import annotations

from collections.abc import Iterator

from trainer_release.errors import Problem
from trainer_release.model.facts import PrepareFacts

NAME = "in_step_with_remote"


def check(facts: PrepareFacts) -> Iterator[Problem]:
    """With `push: none` the remote is nobody's concern."""
    remote = facts.git.remote
    if remote is None or facts.suite.catalog.release.push == "none":
        return
    if remote.problem is not None:
        yield remote.problem
    if facts.git.behind:
        yield Problem(
            "behind-remote",
            f"{remote.name}/{facts.git.branch} has commits that are not here",
            hint=f"git pull --rebase {remote.name} {facts.git.branch}",
        )
