"""A release that goes through a pull request is executed after its merge."""

from __future__ import annotations

from collections.abc import Iterator

from trainer_release.errors import Problem
from trainer_release.model.facts import ExecuteFacts
from trainer_release.release.names import record_ref, tag_ref

NAME = "tagged"


def check(facts: ExecuteFacts) -> Iterator[Problem]:
    """The suite tag exists; what the remote calls by the same names is the same object."""
    catalog, version, remote = facts.suite.catalog, facts.version, facts.git.remote
    if facts.tag_object is None:
        yield Problem(
            "not-tagged",
            f"{version} is prepared but not tagged",
            hint=f"merge release/{version}, then run `trainer-release tag {version}`",
        )
    if remote is None or catalog.release.push == "none":
        return
    if remote.problem is not None:
        yield remote.problem
    ours = {tag_ref(catalog, version): facts.tag_object, record_ref(facts.record.suite, version): facts.record_object}
    for name, here in ours.items():
        there = remote.refs.get(name)
        if here and there and here != there:
            yield Problem(
                "tag-taken",
                f"{name} on {remote.name} is {there[:12]}, here it is {here[:12]}",
                hint="another clone prepared this version: fetch its tag, or release the next version",
            )
