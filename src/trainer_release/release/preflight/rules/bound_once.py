"""One version of a module has one set of bytes: what waits in another prepared release is not built a second time."""

from __future__ import annotations

from collections.abc import Iterator

from trainer_release.errors import Problem
from trainer_release.model.facts import PrepareFacts

NAME = "bound_once"


def check(facts: PrepareFacts) -> Iterator[Problem]:
    """No module that would be built now is built, in the same version, in a release that was not published yet."""
    for name in facts.change.published:
        package, version = facts.change.suite.modules[name].package, facts.change.targets[name]
        other = facts.bound.get((package, version))
        if other is not None:
            yield Problem(
                "bound-elsewhere",
                f"{package} {version} is built already, in {other}, which is not published here",
                hint=f"publish {other} first (`trainer-release execute {other}`), drop it (`trainer-release abandon "
                f"{other}`), or give {name} a new version",
            )
