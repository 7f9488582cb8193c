"""Push the module tags, after everything is published; at most three at a time, or the forge starts nothing."""

from __future__ import annotations

from dataclasses import dataclass

from trainer_release.model.facts import ExecuteFacts
from trainer_release.model.outcome import Outcome, SoFar
from trainer_release.model.plan import Action
from trainer_release.release.names import module_tags
from trainer_release.release.step import World
from trainer_release.world import refs

NAME = "push_module_tags"
AT_ONCE = 3


@dataclass(frozen=True, slots=True)
class PushTags(Action):
    """Full refs of tags for one push."""

    remote: str = ""
    tags: tuple[str, ...] = ()


def plan(facts: ExecuteFacts) -> tuple[PushTags, ...]:
    """The tags that the remote lacks, three a push."""
    remote = facts.git.remote
    if remote is None or facts.suite.catalog.release.push == "none":
        return ()
    published = [name for name, module in facts.record.modules.items() if module.published]
    wanted = [ref for ref in module_tags(facts.suite, published) if ref in facts.git.refs]
    missing = [ref for ref in wanted if remote.refs.get(ref) != facts.git.refs[ref]]
    batches = [tuple(missing[at : at + AT_ONCE]) for at in range(0, len(missing), AT_ONCE)]
    return tuple(
        PushTags(f"tags {number}", remote=remote.name, tags=batch) for number, batch in enumerate(batches, start=1)
    )


def seen(action: PushTags, world: World) -> bool | None:
    """The remote says which it has."""
    there = refs.remote_refs(world.git, action.remote)
    here = world.git.refs(*action.tags)
    return all(there.get(tag) == here.get(tag) for tag in action.tags)


def run(action: PushTags, world: World, so_far: SoFar) -> Outcome:
    """One push."""
    del so_far
    refs.push(world.git, action.remote, [f"{tag}:{tag}" for tag in action.tags])
    return Outcome()
