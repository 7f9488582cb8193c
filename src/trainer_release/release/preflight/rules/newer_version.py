"""A line's versions rise: the new one is above every suite version that this branch's history holds."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.version import InvalidVersion, Version

from trainer_release.errors import Problem
from trainer_release.model.facts import PrepareFacts

NAME = "newer_version"


def check(facts: PrepareFacts) -> Iterator[Problem]:
    """Compared as PEP 440, against suite tags that are merged here."""
    before, _, after = facts.suite.catalog.release.tag.partition("{version}")
    prefix = f"refs/tags/{before}"
    released = []
    for ref in facts.git.merged_tags:
        if ref.startswith(prefix) and ref.endswith(after):
            try:
                released.append(Version(ref[len(prefix) : len(ref) - len(after)]))
            except InvalidVersion:
                continue  # a tag of another kind that happens to begin alike
    newest = max(released, default=None)
    if newest is not None and Version(facts.version) < newest:
        yield Problem(
            "version-not-newer",
            f"{facts.version} is below {newest}, which this branch has released",
            hint="choose a higher version, or prepare on the branch of that line",
        )
