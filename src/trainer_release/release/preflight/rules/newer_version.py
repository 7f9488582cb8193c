"""A line's versions rise: the new one is above every suite version that this branch's history holds."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.version import Version

from trainer_release.errors import Problem
from trainer_release.model.facts import PrepareFacts
from trainer_release.release.names import tagged_version

NAME = "newer_version"


def check(facts: PrepareFacts) -> Iterator[Problem]:
    """Compared as PEP 440, against suite tags that are merged here."""
    versions = (tagged_version(facts.suite.catalog, ref) for ref in facts.git.merged_tags)
    released = [version for version in versions if version is not None]
    newest = max(released, default=None)
    if newest is not None and Version(facts.version) < newest:
        yield Problem(
            "version-not-newer",
            f"{facts.version} is below {newest}, which this branch has released",
            hint="choose a higher version, or prepare on the branch of that line",
        )
