"""Push the module tags, after everything is published; at most three at a time, or the forge starts nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trainer_release.model.facts import ExecuteFacts, RemoteFacts
from trainer_release.model.outcome import Outcome, SoFar
from trainer_release.model.plan import Action
from trainer_release.release.names import module_tags
from trainer_release.release.step import World
from trainer_release.world import refs

NAME = "push_module_tags"
AT_ONCE = 3


@dataclass(frozen=True, slots=True)
class PushTags(Action):
    """Full refs of tags for one push; `repository` is empty for the catalog's own."""

    remote: str = ""
    tags: tuple[str, ...] = ()
    repository: str = ""


def plan(facts: ExecuteFacts) -> tuple[PushTags, ...]:
    """The tags that the remotes lack, three a push."""
    if facts.suite.catalog.release.push == "none":
        return ()
    here = _pushes(facts, "", facts.git.refs, facts.git.remote)
    others = (_pushes(facts, name, there.refs, there.remote) for name, there in facts.elsewhere.items())
    return (*here, *(push for pushes in others for push in pushes))


def _pushes(
    facts: ExecuteFacts, repository: str, refs: Mapping[str, str], remote: RemoteFacts | None
) -> tuple[PushTags, ...]:
    if remote is None:
        return ()
    published = [name for name, module in facts.record.modules.items() if module.published]
    wanted = [ref for ref in module_tags(facts.suite, published, repository) if ref in refs]
    missing = [ref for ref in wanted if remote.refs.get(ref) != refs[ref]]
    batches = [tuple(missing[at : at + AT_ONCE]) for at in range(0, len(missing), AT_ONCE)]
    return tuple(
        PushTags(f"{repository} tags {number}".strip(), repository=repository, remote=remote.name, tags=batch)
        for number, batch in enumerate(batches, start=1)
    )


def seen(action: PushTags, world: World) -> bool | None:
    """The plan names what the remote lacked a moment ago, and a push of what is there does nothing."""
    del action, world
    return False


def run(action: PushTags, world: World, so_far: SoFar) -> Outcome:
    """One push."""
    del so_far
    refs.push(world.git_of(action.repository), action.remote, [f"{tag}:{tag}" for tag in action.tags])
    return Outcome()
