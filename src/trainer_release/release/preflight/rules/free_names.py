"""Tag, record and version are free, here, on the remotes and on the index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trainer_release.errors import Problem
from trainer_release.model.facts import PrepareFacts, RemoteFacts
from trainer_release.release.change import touched
from trainer_release.release.names import module_tags, record_ref, release_branch, tag_ref

NAME = "free_names"


def check(facts: PrepareFacts) -> Iterator[Problem]:
    """A tag is never moved, a published version never published again."""
    suite, version, git = facts.change.suite, facts.version, facts.git
    yield from _taken(facts, "", git.refs, git.remote)
    for name in touched(facts.change):
        yield from _taken(facts, name, facts.elsewhere[name].refs, facts.elsewhere[name].remote)
    umbrella = suite.umbrella
    if not facts.change.published or (umbrella and umbrella.publish and umbrella.name in facts.change.carried):
        what = f"{umbrella.package} {version}" if umbrella else f"every module of {version}"
        yield Problem("version-taken", f"the index has {what} already", hint="choose the next version")


def _taken(
    facts: PrepareFacts, repository: str, here: Mapping[str, str], remote: RemoteFacts | None
) -> Iterator[Problem]:
    suite, version = facts.change.suite, facts.version
    names = [tag_ref(suite.catalog, version), *module_tags(suite, facts.change.published, repository)]
    names += [] if repository else [record_ref(suite.name, version)]
    names += [f"refs/heads/{release_branch(version)}"] if suite.catalog.release.push == "pull-request" else []
    for name in names:
        where = "here" if name in here else None
        if where is None and remote and name in remote.refs:
            where = f"on {remote.name}"
        if where:
            yield Problem(
                "tag-taken",
                f"{name} exists {where}" if not repository else f"{repository}: {name} exists",
                hint=f"`trainer-release status` shows it; go on with `trainer-release execute {version}`, "
                f"drop it with `trainer-release abandon {version}`, or choose the next version",
            )
