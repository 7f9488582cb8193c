"""git can make a commit and a tag here."""

from __future__ import annotations

from collections.abc import Iterator

from trainer_release.errors import Problem
from trainer_release.model.facts import PrepareFacts

NAME = "repository_ready"


def check(facts: PrepareFacts) -> Iterator[Problem]:
    """No unborn branch, no half-done operation, no sparse checkout, and git knows who the person is."""
    git = facts.git
    if git.head is None:
        yield Problem("not-a-repository", "the repository has no commit yet", hint="commit the work first")
    if git.operation:
        yield Problem(
            "operation-in-progress",
            f"git is in the middle of a {git.operation}",
            hint=f"finish or abort the {git.operation}",
        )
    if git.sparse:
        yield Problem("sparse-checkout", "this is a sparse checkout", hint="run `git sparse-checkout disable`")
    if not git.identity:
        yield Problem(
            "no-identity",
            "git does not know who you are",
            hint="set `git config user.name` and `git config user.email`",
        )
