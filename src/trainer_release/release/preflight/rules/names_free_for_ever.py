"""No name of ours is used up: a version that the index knows, and of which it has no file, was deleted."""

from __future__ import annotations

from collections.abc import Iterator

from trainer_release.errors import Problem
from trainer_release.model.facts import ExecuteFacts

NAME = "names_free_for_ever"


def check(facts: ExecuteFacts) -> Iterator[Problem]:
    """As far as the index tells its versions (PEP 700)."""
    for module in facts.record.modules.values():
        versions = facts.page(module.package).versions or ()
        if module.published and module.version in versions and not facts.listed(module.package, module.version):
            yield Problem(
                "name-burnt",
                f"{module.package} {module.version} was on the index and was deleted",
                hint="the names of deleted files are never free again: release the next version",
            )
