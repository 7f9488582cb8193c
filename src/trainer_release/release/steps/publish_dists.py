"""Publish a module. Done means that the index lists every file with our hash, and nothing else means it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from trainer_release.errors import Problem, ReleaseError, fail
from trainer_release.model.facts import ExecuteFacts
from trainer_release.model.index import Dist, IndexFile
from trainer_release.model.outcome import Outcome, SoFar
from trainer_release.model.plan import Action
from trainer_release.model.record import Recorded
from trainer_release.release.step import World
from trainer_release.world.files import sha256

NAME = "publish_dists"
_FIRST_PAUSE, _LONGEST_PAUSE, _DOUBT = 0.2, 15.0, 3.0


@dataclass(frozen=True, slots=True)
class Publish(Action):
    """The files of one module; `url` is the upload address (None: the client's own)."""

    package: str = ""
    version: str = ""
    files: tuple[Dist, ...] = ()


def plan(facts: ExecuteFacts) -> tuple[Publish, ...]:
    """Every module of this release, after all that it needs, directly or through others."""
    modules = facts.record.modules
    published = {name for name, module in modules.items() if module.published}
    return tuple(
        Publish(
            name,
            tuple(sorted(_below(modules, name) & published)),
            modules[name].package,
            modules[name].version,
            modules[name].files,
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
    return not _missing(action, _listed(action, world))


def run(action: Publish, world: World, so_far: SoFar) -> Outcome:
    """Upload what the index lacks, then wait until it lists all."""
    from trainer_release.world import upload

    del so_far
    missing = _missing(action, _listed(action, world))
    paths = [world.artifacts / action.subject / dist.name for dist in missing]
    for path, dist in zip(paths, missing, strict=True):
        if not path.is_file() or sha256(path) != dist.sha256:
            raise fail("file-differs", f"{dist.name} is not the file that was prepared", path=dist.name)
    said = upload.upload(paths, index=world.index.name, url=world.index.upload, embedded=world.embedded, timeout=600)
    budget = world.wait if said.ok else min(world.wait, _DOUBT)
    deadline, pause = world.clock.monotonic() + budget, _FIRST_PAUSE
    while left := _missing(action, _listed(action, world)):
        if world.clock.monotonic() > deadline:
            raise ReleaseError(_unpublished(action, left, said.ok, said.tail))
        world.clock.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)
    return Outcome(evidence={"files": [dist.name for dist in missing]}, note=", ".join(d.name for d in missing))


def _listed(action: Publish, world: World) -> Mapping[str, IndexFile]:
    from trainer_release.world import index

    simple = world.index.simple or index.default_simple(world.index.name) or ""
    return {file.name: file for file in index.listing(simple, action.package).get(action.version, ())}


def _missing(action: Publish, listed: Mapping[str, IndexFile]) -> list[Dist]:
    """The files that the index does not list; another file under one of our names stops everything."""
    others = [dist for dist in action.files if dist.name in listed and listed[dist.name].sha256 != dist.sha256]
    if others:
        raise ReleaseError(*(_differs(dist, listed[dist.name]) for dist in others))
    return [dist for dist in action.files if dist.name not in listed]


def _differs(dist: Dist, there: IndexFile) -> Problem:
    return Problem(
        "file-differs",
        f"the index has another {dist.name}: sha256 {there.sha256 or 'unknown'}, prepared was {dist.sha256}",
        hint="never upload over it: find out who published it, and release the next version",
    )


def _unpublished(action: Publish, left: Iterable[Dist], accepted: bool, tail: tuple[str, ...]) -> Problem:
    names = ", ".join(dist.name for dist in left)
    if accepted:
        return Problem(
            "index-stale",
            f"{action.package} {action.version}: the upload was accepted, but the index does not list {names} yet",
            hint="run the same command again later: what is published is not uploaded twice",
        )
    return Problem(
        "upload-failed",
        f"{action.package} {action.version}: the index does not list {names}",
        context=tail,
        hint="mend what the index said, then run `trainer-release execute` again: it goes on where it stopped",
    )
