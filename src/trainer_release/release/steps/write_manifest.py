"""Write down what was published: the manifest, and beside it the constraints file."""

from __future__ import annotations

from dataclasses import dataclass

from trainer_release.model.catalog import Tested
from trainer_release.model.facts import ExecuteFacts
from trainer_release.model.outcome import Outcome, SoFar
from trainer_release.model.plan import Action
from trainer_release.model.record import Record
from trainer_release.release import manifest
from trainer_release.release.names import tag_name
from trainer_release.release.step import World
from trainer_release.world.files import replace_text, text_or_none

NAME = "write_manifest"


@dataclass(frozen=True, slots=True)
class Write(Action):
    """The record that the manifest is made from, the suite tag's name, and what the catalog's row tells of tests."""

    record: Record | None = None
    tag: str = ""
    tested: Tested | None = None


def plan(facts: ExecuteFacts) -> tuple[Write, ...]:
    """One manifest a release."""
    catalog, version = facts.suite.catalog, facts.version
    tested = catalog.rows[version].tested if version in catalog.rows else None
    return (Write(record=facts.record, tag=tag_name(catalog, version), tested=tested),)


def seen(action: Write, world: World) -> bool | None:
    """Written anew each time: the same record and index give the same bytes."""
    del action, world
    return False


def run(action: Write, world: World, so_far: SoFar) -> Outcome:
    """Ask the index for the addresses, then write both files where the data lives and where the person asked."""
    from trainer_release.world import index

    del so_far
    if action.record is None:
        raise AssertionError(action)
    record = action.record
    simple = world.index.simple or index.default_simple(world.index.name) or ""
    listings = index.listings(simple, [module.package for module in record.modules.values()])
    upload = world.index.upload or index.default_upload(world.index.name) or simple.removesuffix("simple/")
    pages = {m.package: index.project_url(upload, m.package, m.version) for m in record.modules.values()}
    text = manifest.text(record, listings, pages, action.tag, action.tested)
    if world.embedded:  # its port is another in every run
        text = text.replace(f'"{simple.removesuffix("/simple/")}/', '"local:/')
    data = world.data / "manifests" / f"{manifest.name(record)}-manifest.json"
    places = [data] if world.manifest is None else [data, manifest.place(record, world.manifest)]
    for place in places:
        beside = place.parent / f"{manifest.name(record)}-constraints.txt"
        for file, content in ((place, text), (beside, manifest.constraints(record))):
            if text_or_none(file) != content:
                replace_text(file, content)
    return Outcome(evidence={"manifest": str(places[-1])}, note=places[-1].name)
