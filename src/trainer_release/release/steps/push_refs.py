"""Push branch and record, then the suite tag alone: a refusal ends the run while nothing is published."""

from __future__ import annotations

from dataclasses import dataclass

from trainer_release.model.facts import ExecuteFacts
from trainer_release.model.outcome import Outcome, SoFar
from trainer_release.model.plan import Action
from trainer_release.release.names import branch_ref, record_ref, release_branch, tag_ref
from trainer_release.release.step import World
from trainer_release.world import refs

NAME = "push_refs"


@dataclass(frozen=True, slots=True)
class PushRefs(Action):
    """`specs` are pairs of object id and full remote ref."""

    remote: str = ""
    specs: tuple[tuple[str, str], ...] = ()


def plan(facts: ExecuteFacts) -> tuple[PushRefs, ...]:
    """What the remote lacks. A branch that has moved on beyond the release commit has it already."""
    remote, release, record = facts.git.remote, facts.suite.catalog.release, facts.record
    if remote is None or release.push == "none":
        return ()
    first = []
    branch = branch_ref(record.build.get("branch"))
    if release.push == "direct" and branch:
        first.append((record.commit, branch))
    if release.push == "pull-request" and facts.tag_object is None:
        first.append((record.commit, branch_ref(release_branch(record.version))))
    if facts.record_object:
        first.append((facts.record_object, record_ref(record.suite, record.version)))
    tag = ((facts.tag_object, tag_ref(facts.suite.catalog, record.version)),) if facts.tag_object else ()
    pushes = (("branch and record", tuple(first)), ("suite tag", tag))
    missing = [(subject, tuple(s for s in specs if remote.refs.get(s[1]) != s[0])) for subject, specs in pushes]
    actions: list[PushRefs] = []
    for subject, specs in missing:
        if specs:
            actions.append(PushRefs(subject, tuple(a.subject for a in actions), remote.name, specs))
    return tuple(actions)


def seen(action: PushRefs, world: World) -> bool | None:
    """The remote's word; a branch may have gone on from the release commit."""
    there = refs.remote_refs(world.git, action.remote)
    return all(refs.holds(world.git, ref, there.get(ref), oid) for oid, ref in action.specs)


def run(action: PushRefs, world: World, so_far: SoFar) -> Outcome:
    """One push, all or none."""
    del so_far
    there = refs.remote_refs(world.git, action.remote)
    specs = [f"{oid}:{ref}" for oid, ref in action.specs if not refs.holds(world.git, ref, there.get(ref), oid)]
    refs.push(world.git, action.remote, specs)
    return Outcome(note=f"to {action.remote}")
