"""A repository whose files change has a branch that can take the commit."""

from __future__ import annotations

from collections.abc import Iterator

from trainer_release.errors import Problem
from trainer_release.model.facts import PrepareFacts
from trainer_release.suite.mounts import split

NAME = "repositories_movable"


def check(facts: PrepareFacts) -> Iterator[Problem]:
    """A tag or a commit can be released as it stands, and not otherwise."""
    for name, there in facts.elsewhere.items():
        changed = sorted(path for place, path in (split(edit.path) for edit in facts.change.edits) if place == name)
        if there.branch is None and changed:
            yield Problem(
                "ref-fixed",
                f"{name}: the catalog names no branch, but {', '.join(changed)} must change",
                path=facts.suite.catalog.path,
                hint="write a branch as its `ref`: the release makes a commit there",
            )
