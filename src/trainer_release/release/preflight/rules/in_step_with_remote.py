"""The remote answers, and its branch has nothing that is not here."""

from __future__ import annotations

from collections.abc import Iterator

from trainer_release.errors import Problem
from trainer_release.model.facts import PrepareFacts

NAME = "in_step_with_remote"


def check(facts: PrepareFacts) -> Iterator[Problem]:
    """With `push: none` the remote is nobody's concern; other repositories answer in any case, for that is where they
    come from."""
    for name, there in facts.elsewhere.items():
        if there.moved:
            yield Problem(
                "repository-moved",
                f"{name}: {there.branch} has moved on since a release was prepared on it that is not pushed",
                hint="`trainer-release status` shows it: push it, or `trainer-release abandon` it, then prepare again",
            )
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
