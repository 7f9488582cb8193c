"""Bring the published files of modules that this release carries over, for the tests together."""

from __future__ import annotations

from dataclasses import dataclass

from trainer_release.errors import fail
from trainer_release.model.facts import PrepareFacts
from trainer_release.model.outcome import Outcome, SoFar
from trainer_release.model.plan import Action
from trainer_release.release.step import World
from trainer_release.world import artifacts, index
from trainer_release.world.wheels import best_wheel

NAME = "fetch_carried"


@dataclass(frozen=True, slots=True)
class Fetch(Action):
    """A version that the index has."""

    package: str = ""
    version: str = ""


def plan(facts: PrepareFacts) -> tuple[Fetch, ...]:
    """One fetch a carried or taken module."""
    change = facts.change
    return tuple(
        Fetch(name, package=change.suite.modules[name].package, version=change.targets[name])
        for name in (*change.carried, *change.taken)
    )


def seen(action: Fetch, world: World) -> bool | None:
    """Fetched again in every run: a folder's content is no proof."""
    del action, world
    return False


def run(action: Fetch, world: World, so_far: SoFar) -> Outcome:
    """Download the wheel that this machine can install and check it against the index's hash."""
    del so_far
    listed = index.listing(world.index.simple or "", action.package)
    wheel = best_wheel(listed.get(action.version, ()))
    if wheel is None:
        raise fail(
            "carried-without-wheel",
            f"the index lists no wheel of {action.package} {action.version} that this machine can install",
            hint=f"give {action.subject} a new version in the row, so that it is built",
        )
    path = index.download(wheel, world.artifacts / action.subject)
    file = artifacts.dist(path)
    return Outcome(evidence={"files": [{"name": file.name, "sha256": file.sha256, "size": file.size}]})
