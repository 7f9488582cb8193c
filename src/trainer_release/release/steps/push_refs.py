"""Push branch and record, then the suite tag alone: a refusal ends the run while nothing is published."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from trainer_release.model.facts import ExecuteFacts, RemoteFacts
from trainer_release.model.outcome import Outcome, SoFar
from trainer_release.model.plan import Action
from trainer_release.release.names import branch_ref, record_ref, release_branch, tag_ref
from trainer_release.release.step import World
from trainer_release.world import refs

NAME = "push_refs"


@dataclass(frozen=True, slots=True)
class PushRefs(Action):
    """`specs` are pairs of object id and full remote ref; `repository` is empty for the catalog's own."""

    remote: str = ""
    specs: tuple[tuple[str, str], ...] = ()
    repository: str = ""


def plan(facts: ExecuteFacts) -> tuple[PushRefs, ...]:
    """What the remotes lack: the branches (or proposals) of all repositories, then their suite tags, the catalog's own
    last. A branch that has moved on beyond the release commit has it already."""
    if facts.suite.catalog.release.push == "none":
        return ()
    here = _here(facts)
    others = [_elsewhere(facts, name) for name, there in facts.record.elsewhere.items() if there.tagged]
    pushes = [*(first for first, _ in others), here[0], *(tag for _, tag in others), here[1]]
    actions: list[PushRefs] = []
    for push in pushes:
        if push.specs:
            actions.append(replace(push, after=tuple(action.subject for action in actions)))
    return tuple(actions)


def _here(facts: ExecuteFacts) -> tuple[PushRefs, PushRefs]:
    """Branch and record, and the suite tag, of the catalog's own repository."""
    remote, release, record = facts.git.remote, facts.suite.catalog.release, facts.record
    if remote is None:
        return PushRefs(), PushRefs()
    first = []
    branch = branch_ref(record.build.get("branch"))
    if release.push == "direct" and branch:
        first.append((record.commit, branch))
    if release.push == "pull-request" and facts.tag_object is None:
        first.append((record.commit, branch_ref(release_branch(record.version))))
    if facts.record_object:
        first.append((facts.record_object, record_ref(record.suite, record.version)))
    tag = [(facts.tag_object, tag_ref(facts.suite.catalog, record.version))] if facts.tag_object else []
    return (
        PushRefs("branch and record", remote=remote.name, specs=_missing(first, remote)),
        PushRefs("suite tag", remote=remote.name, specs=_missing(tag, remote)),
    )


def _elsewhere(facts: ExecuteFacts, name: str) -> tuple[PushRefs, PushRefs]:
    """Branch and suite tag of another repository."""
    there, recorded, version = facts.elsewhere[name], facts.record.elsewhere[name], facts.record.version
    ref = tag_ref(facts.suite.catalog, version)
    tagged = there.refs.get(ref)
    proposed = facts.suite.catalog.release.push == "pull-request"
    branch = branch_ref(release_branch(version) if proposed else recorded.branch)
    first = [(recorded.commit, branch)] if branch and recorded.branch and not (proposed and tagged) else []
    tag = [(tagged, ref)] if tagged else []
    return (
        PushRefs(f"{name} branch", repository=name, remote=there.remote.name, specs=_missing(first, there.remote)),
        PushRefs(f"{name} tag", repository=name, remote=there.remote.name, specs=_missing(tag, there.remote)),
    )


def _missing(specs: Iterable[tuple[str, str]], remote: RemoteFacts) -> tuple[tuple[str, str], ...]:
    return tuple(spec for spec in specs if remote.refs.get(spec[1]) != spec[0])


def seen(action: PushRefs, world: World) -> bool | None:
    """The remote's word; a branch may have gone on from the release commit."""
    git = world.git_of(action.repository)
    there = refs.remote_refs(git, action.remote)
    return all(refs.holds(git, ref, there.get(ref), oid) for oid, ref in action.specs)


def run(action: PushRefs, world: World, so_far: SoFar) -> Outcome:
    """One push, all or none."""
    del so_far
    git = world.git_of(action.repository)
    there = refs.remote_refs(git, action.remote)
    specs = [f"{oid}:{ref}" for oid, ref in action.specs if not refs.holds(git, ref, there.get(ref), oid)]
    refs.push(git, action.remote, specs)
    return Outcome(note=f"to {action.remote}")
