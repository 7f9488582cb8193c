"""Make the release commit as an object that nothing refers to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from trainer_release.model.facts import PrepareFacts
from trainer_release.model.outcome import Outcome, SoFar
from trainer_release.model.plan import Action
from trainer_release.release.step import World
from trainer_release.world import commits

NAME = "write_commit"


@dataclass(frozen=True, slots=True)
class Commit(Action):
    """`files` by repository-relative path; none: HEAD itself is what is released. `joined` is the person's catalog as
    it stands, where its edit was not committed: what undoes or finishes a release goes by it."""

    parent: str = ""
    message: str = ""
    epoch: int = 0
    files: Mapping[str, str] = field(default_factory=dict)
    joined: Mapping[str, str] = field(default_factory=dict)


def plan(facts: PrepareFacts) -> tuple[Commit, ...]:
    """The edits, and the catalog where the person has edited it."""
    git, suite = facts.git, facts.suite
    files = {git.prefix + edit.path: edit.after for edit in facts.change.edits}
    catalog = git.prefix + suite.catalog.path
    joined = {catalog: suite.catalog.text} if catalog in git.changed else {}
    files = {**joined, **files}
    message = f"Release {suite.name} {facts.version}\n\n" + "".join(_moves(facts))
    return (Commit(parent=git.head or "", message=message, epoch=facts.epoch, files=files, joined=joined),)


def _moves(facts: PrepareFacts) -> list[str]:
    moves = []
    for name in facts.change.suite.graph.order:
        project = facts.suite.modules[name].project
        old, new = project.version if project else None, facts.change.targets[name]
        if old != new:
            moves.append(f"{name}: {old or 'new'} -> {new}\n")
    return moves


def seen(action: Commit, world: World) -> bool | None:
    """Objects that nothing refers to leave no trace to look for."""
    del action, world
    return None


def run(action: Commit, world: World, so_far: SoFar) -> Outcome:
    """Write blobs, tree and commit."""
    del so_far
    commit = action.parent
    if action.files:
        commit = commits.write_commit(world.git, action.parent, action.files, action.message, action.epoch)
    joined = {"joined": dict(action.joined)} if action.joined else {}
    return Outcome(evidence={"commit": commit, "tree": world.git.tree_of(commit), **joined}, note=commit[:12])
