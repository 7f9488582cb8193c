"""Push the module tags, after everything is published; at most three at a time, or the forge starts nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from trainer_release.model.facts import ExecuteFacts, RemoteFacts
from trainer_release.model.outcome import Outcome, SoFar
from trainer_release.model.plan import Action
from trainer_release.release.names import module_tags, tag_ref
from trainer_release.release.record import note
from trainer_release.release.step import World
from trainer_release.world import commits, refs

NAME = "push_module_tags"
AT_ONCE = 3


@dataclass(frozen=True, slots=True)
class PushTags(Action):
    """Full refs of tags for one push; `repository` is empty for the catalog's own. `notes` are the texts of those that
    are not here, as in a fresh clone: they are made again, like the suite tag (`like`)."""

    remote: str = ""
    tags: tuple[str, ...] = ()
    repository: str = ""
    like: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)


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
    like = tag_ref(facts.suite.catalog, facts.version)
    wanted = [ref for ref in module_tags(facts.suite, published, repository) if ref in refs or like in refs]
    missing = [ref for ref in wanted if remote.refs.get(ref) != refs.get(ref, remote.refs.get(ref, ""))]
    notes = {ref: note(facts.record, ref.removeprefix("refs/tags/")) for ref in missing if ref not in refs}
    batches = [tuple(missing[at : at + AT_ONCE]) for at in range(0, len(missing), AT_ONCE)]
    return tuple(
        PushTags(
            f"{repository} tags {number}".strip(),
            repository=repository,
            remote=remote.name,
            tags=batch,
            like=like if notes else "",
            notes={ref: notes[ref] for ref in batch if ref in notes},
        )
        for number, batch in enumerate(batches, start=1)
    )


def seen(action: PushTags, world: World) -> bool | None:
    """The plan names what the remote lacked a moment ago, and a push of what is there does nothing."""
    del action, world
    return False


def run(action: PushTags, world: World, so_far: SoFar) -> Outcome:
    """Make what is not here, and push: one push."""
    del so_far
    git = world.git_of(action.repository)
    made = commits.tags_like(git, action.like, action.notes) if action.notes else {}
    if made:
        refs.update(git, [refs.RefChange(ref, None, oid) for ref, oid in made.items()])
    tags = [tag for tag in action.tags if tag in made or tag not in action.notes]
    if tags:
        refs.push(git, action.remote, [f"{tag}:{tag}" for tag in tags])
    return Outcome()
