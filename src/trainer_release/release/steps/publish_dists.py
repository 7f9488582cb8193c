"""Publish a module. Done means that the index lists every file with our hash, and nothing else means it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from trainer_release.errors import ReleaseError
from trainer_release.model.facts import ExecuteFacts
from trainer_release.model.index import Dist
from trainer_release.model.outcome import Outcome, SoFar
from trainer_release.model.plan import Action
from trainer_release.model.record import Recorded
from trainer_release.release.capacity import beyond
from trainer_release.release.publishing.asking import Release
from trainer_release.release.publishing.sending import DAY, Sending, patiently
from trainer_release.release.publishing.told import paused
from trainer_release.release.publishing.waiting import Waiting
from trainer_release.release.step import World
from trainer_release.world.upload import Sent, upload

NAME = "publish_dists"


@dataclass(frozen=True, slots=True)
class Publish(Action):
    """The files of one module. `pins` are it and what it needs of the suite, `name==version`; `held`: it is a new
    project beyond those that the index takes in a day."""

    package: str = ""
    version: str = ""
    files: tuple[Dist, ...] = ()
    pins: tuple[str, ...] = ()
    held: bool = False


def plan(facts: ExecuteFacts) -> tuple[Publish, ...]:
    """Every module of this release, after all that it needs, directly or through others."""
    modules = facts.record.modules
    held = set(beyond(facts)) if facts.spread else set()
    published = {name for name, module in modules.items() if module.published}
    return tuple(
        Publish(
            name,
            tuple(sorted(_below(modules, name) & published)),
            modules[name].package,
            modules[name].version,
            modules[name].files,
            tuple(
                f"{modules[each].package}=={modules[each].version}" for each in (name, *sorted(_below(modules, name)))
            ),
            name in held,
        )
        for wave in facts.record.waves
        for name in wave
        if name in published
    )


def _below(modules: Mapping[str, Recorded], name: str) -> set[str]:
    found: set[str] = set()
    todo: list[str] = list(modules[name].depends)
    while todo:
        current = todo.pop()
        if current not in found:
            found.add(current)
            todo += modules[current].depends
    return found


def seen(action: Publish, world: World) -> bool | None:
    """The index's word: every file with our hash."""
    return not patiently(_release(action), world).unlisted


def run(action: Publish, world: World, so_far: SoFar, send: Callable[..., Sent] = upload) -> Outcome:
    """Upload what the index lacks, by a process of its own, then wait until it can be installed."""
    del so_far
    release = _release(action)
    first = world.heard.looks.pop(action.package, None) or patiently(
        release, world
    )  # of a moment ago: caches are not fed
    if action.held and first.missing:
        until = world.clock.now() + DAY
        raise ReleaseError(paused(release, until, None, projects=True))
    sending = Sending(release, world, world.artifacts / action.subject, send)
    last = sending.go(first)
    note = Waiting(release, world, action.pins, sending.accepted, last).go()
    sent = [dist.name for dist in action.files if dist.name in sending.sent]
    return Outcome(evidence={"files": sent}, note=", ".join(filter(None, (*sent, note))))


def _release(action: Publish) -> Release:
    return Release(action.subject, action.package, action.version, action.files)
