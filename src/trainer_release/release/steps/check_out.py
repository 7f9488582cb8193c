"""Check the release commit out into a linked work tree, outside the person's."""

from __future__ import annotations

from dataclasses import dataclass

from trainer_release.model.facts import PrepareFacts
from trainer_release.model.outcome import Outcome, SoFar
from trainer_release.model.plan import Action
from trainer_release.release.names import home
from trainer_release.release.step import World
from trainer_release.world import worktree

NAME = "check_out"


@dataclass(frozen=True, slots=True)
class CheckOut(Action):
    """Check out what `write_commit` wrote; the subject is the repository, empty for the catalog's own."""


def plan(facts: PrepareFacts) -> tuple[CheckOut, ...]:
    """One work tree a repository that holds a module to build; the catalog's own holds the tests together, too."""
    if not facts.change.built:
        return ()
    needed = {home(facts.change.suite, name) for name in facts.change.built}
    return (CheckOut(), *(CheckOut(name) for name in facts.elsewhere if name in needed))


def seen(action: CheckOut, world: World) -> bool | None:
    """A tree that a crash left behind is not trusted."""
    del action, world
    return False


def run(action: CheckOut, world: World, so_far: SoFar) -> Outcome:
    """Add the linked work tree; whoever opened the run removes it."""
    name = action.subject
    worktree.add(world.git_of(name), so_far["write_commit", name].evidence["commit"], world.tree_of(name))
    return Outcome()
