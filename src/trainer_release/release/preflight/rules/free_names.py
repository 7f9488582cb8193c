"""Tag, record and version are free, here, on the remote and on the index."""

from __future__ import annotations

from collections.abc import Iterator

from trainer_release.errors import Problem
from trainer_release.model.facts import PrepareFacts
from trainer_release.release.names import module_tags, record_ref, release_branch, tag_ref

NAME = "free_names"


def check(facts: PrepareFacts) -> Iterator[Problem]:
    """A tag is never moved, a published version never published again."""
    suite, version, git = facts.change.suite, facts.version, facts.git
    proposed = suite.catalog.release.push == "pull-request"
    names = [
        tag_ref(suite.catalog, version),
        record_ref(suite.name, version),
        *module_tags(suite, facts.change.published),
    ]
    names += [f"refs/heads/{release_branch(version)}"] if proposed else []
    for name in names:
        where = "here" if name in git.refs else None
        if where is None and git.remote and name in git.remote.refs:
            where = f"on {git.remote.name}"
        if where:
            yield Problem(
                "tag-taken",
                f"{name} exists {where}",
                hint=f"`trainer-release status` shows it; go on with `trainer-release execute {version}`, "
                f"drop it with `trainer-release abandon {version}`, or choose the next version",
            )
    umbrella = suite.umbrella
    if not facts.change.published or (umbrella and umbrella.publish and umbrella.name in facts.change.carried):
        what = f"{umbrella.package} {version}" if umbrella else f"every module of {version}"
        yield Problem("version-taken", f"the index has {what} already", hint="choose the next version")
