"""Check the release commit out into a linked work tree, outside the person's."""

from __future__ import annotations

from dataclasses import dataclass

from trainer_release.model.facts import PrepareFacts
from trainer_release.model.outcome import Outcome, SoFar
from trainer_release.model.plan import Action
from trainer_release.release.step import World
from trainer_release.world import worktree

NAME = "check_out"


@dataclass(frozen=True, slots=True)
class CheckOut(Action):
    """Check out what `write_commit` wrote."""


def plan(facts: PrepareFacts) -> tuple[CheckOut, ...]:
    """One work tree for all modules."""
    return (CheckOut(),) if facts.change.built else ()


def seen(action: CheckOut, world: World) -> bool | None:
    """A tree that a crash left behind is not trusted."""
    del action, world
    return False


def run(action: CheckOut, world: World, so_far: SoFar) -> Outcome:
    """Add the linked work tree; whoever opened the run removes it."""
    del action
    worktree.add(world.git, so_far["write_commit", ""].evidence["commit"], world.tree)
    return Outcome()
