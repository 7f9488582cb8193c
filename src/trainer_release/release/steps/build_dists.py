"""Build sdist and wheel of a module from the release commit."""

from __future__ import annotations

from dataclasses import asdict

from trainer_release.model.facts import PrepareFacts
from trainer_release.model.outcome import Outcome, SoFar
from trainer_release.release.building import Build, make, of
from trainer_release.release.step import World
from trainer_release.world.files import remove_tree

NAME = "build_dists"


def plan(facts: PrepareFacts) -> tuple[Build, ...]:
    """One build a module whose version the index lacks."""
    return tuple(of(facts.change.suite, name, facts.epoch) for name in facts.change.built)


def seen(action: Build, world: World) -> bool | None:
    """A run of prepare builds what it tests; earlier files are not taken."""
    del action, world
    return False


def run(action: Build, world: World, so_far: SoFar) -> Outcome:
    """Build in the linked work tree; the files' names, hashes and sizes are the evidence."""
    from trainer_release.world import artifacts

    del so_far
    out = world.artifacts / action.subject
    remove_tree(out)
    made = make(action, world, out)
    files = [asdict(artifacts.dist(path)) for path in made]
    return Outcome(evidence={"files": files}, note=", ".join(path.name for path in made))
