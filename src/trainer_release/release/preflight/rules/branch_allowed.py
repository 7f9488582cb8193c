"""Releases are prepared on the branches that the catalog names."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from trainer_release.errors import Problem
from trainer_release.model.facts import PrepareFacts

NAME = "branch_allowed"


def check(facts: PrepareFacts) -> Iterator[Problem]:
    """The branch that is checked out matches one of `release.branches`."""
    branches, branch = facts.suite.catalog.release.branches, facts.git.branch
    if branch is None or not any(fnmatchcase(branch, pattern) for pattern in branches):
        yield Problem(
            "wrong-branch",
            f"on {branch or 'a detached HEAD'}; releases are prepared on {', '.join(branches)}",
            hint=f"git switch {branches[0]}" if branches else "name branches in `release.branches`",
        )
