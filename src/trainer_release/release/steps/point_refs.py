"""Branch, record and tags: before this nothing of the release exists, after it all does.

It is one transaction in each repository, the record's in the catalog's own, the last; across them, what is to move is
written down first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from trainer_release.model.facts import PrepareFacts
from trainer_release.model.index import Dist
from trainer_release.model.outcome import Outcome, SoFar
from trainer_release.model.plan import Action
from trainer_release.model.record import Record, Recorded, RecordedRepository
from trainer_release.model.suite import Suite
from trainer_release.release.change import touched
from trainer_release.release.names import branch_ref, module_tags, record_ref, release_branch, tag_name, tag_ref
from trainer_release.release.step import World

NAME = "point_refs"


@dataclass(frozen=True, slots=True)
class Place:
    """What moves in one repository: `branch` (full ref, or empty) gets the commit, from `head`; `tags` are the full
    refs to set."""

    repository: str
    branch: str
    head: str | None
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Point(Action):
    """`record` lacks what the run finds out: commits, files, verdict. `tag` is the suite tag's name; `places` what
    moves in each repository, the catalog's own last."""

    record: Record | None = None
    tag: str = ""
    ref: str = ""
    places: tuple[Place, ...] = ()
    bind: bool = True


def plan(facts: PrepareFacts) -> tuple[Point, ...]:
    """Directly on the branch, or on a release branch for a pull request (no tag then)."""
    change, suite, version = facts.change, facts.change.suite, facts.version
    release = suite.catalog.release
    proposed = release.push == "pull-request"
    branch = release_branch(version) if proposed else (facts.git.branch or "")
    tags = () if proposed else (tag_ref(suite.catalog, version), *module_tags(suite, change.published))
    here = Place("", branch_ref(branch or None), None if proposed else facts.git.head, tags)
    published = set(change.published)
    held = set(change.built) - published  # built and tested, but nobody's to install
    waves = tuple(kept for wave in suite.graph.waves if (kept := tuple(name for name in wave if name not in held)))
    skeleton = Record(
        plan="",
        suite=suite.name,
        version=version,
        epoch=facts.epoch,
        commit="",
        tree="",
        umbrella=suite.umbrella.package if suite.umbrella else None,
        modules={name: _recorded(facts, suite, name, published=name in published) for wave in waves for name in wave},
        waves=waves,
        build={"branch": facts.git.branch, "bytes": release.build, **facts.tools, **facts.change.tools},
        elsewhere={
            name: RecordedRepository(there.url, there.branch, there.head, "", "", name in touched(change))
            for name, there in facts.elsewhere.items()
        },
    )
    return (
        Point(
            record=skeleton,
            tag=tag_name(suite.catalog, version),
            ref=record_ref(suite.name, version),
            places=(*_elsewhere(facts, proposed=proposed), here),
            bind=release.build == "here",
        ),
    )


def _elsewhere(facts: PrepareFacts, *, proposed: bool) -> list[Place]:
    """The other repositories that the release touches."""
    change, version, places = facts.change, facts.version, []
    for name in touched(change):
        there = facts.elsewhere[name]
        tags = (tag_ref(change.suite.catalog, version), *module_tags(change.suite, change.published, name))
        branch = release_branch(version) if proposed else there.branch
        places.append(Place(name, branch_ref(branch), None if proposed else there.head, () if proposed else tags))
    return places


def _recorded(facts: PrepareFacts, suite: Suite, name: str, *, published: bool) -> Recorded:
    before = facts.suite.modules[name].project
    module = suite.modules[name]
    return Recorded(
        package=module.package,
        version=module.version,
        before=before.version if before else None,
        published=published,
        depends=suite.graph.depends[name],
        requires_python=module.project.requires_python if module.project else None,
    )


def seen(action: Point, world: World) -> bool | None:
    """Preflight has made sure that the names are free; a run sets them itself."""
    del action, world
    return False


def run(action: Point, world: World, so_far: SoFar) -> Outcome:
    """Complete the record, write the tag objects, set all refs or none."""
    from trainer_release.release import record as records
    from trainer_release.world import commits, moves, refs

    if action.record is None:
        raise AssertionError(action)
    made = {place: so_far["write_commit", place].evidence for place in ("", *action.record.elsewhere)}
    record = replace(
        action.record,
        plan=world.plan,
        commit=made[""]["commit"],
        tree=made[""]["tree"],
        elsewhere={
            name: replace(there, commit=made[name]["commit"], tree=made[name]["tree"])
            for name, there in action.record.elsewhere.items()
        },
        modules={
            name: _with_files(module, name, so_far, action.bind) for name, module in action.record.modules.items()
        },
        verdict=_verdict(so_far) if action.bind else {},
        build={**action.record.build, "requires": list(world.builder.installed())},
    )
    changes: dict[str, tuple[refs.RefChange, ...]] = {}
    for place in action.places:
        commit, git = str(made[place.repository]["commit"]), world.git_of(place.repository)
        names = [ref.removeprefix("refs/tags/") for ref in place.tags]
        texts = {name: records.note(record, name) for name in names}
        if not place.repository:
            texts[action.tag] = records.annotation(record)
        oids = commits.write_tags(git, commit, texts, record.epoch)
        first = () if place.repository else (refs.RefChange(action.ref, None, oids[action.tag]),)
        moved = (refs.RefChange(place.branch, place.head, commit),) if place.branch and commit != place.head else ()
        tags = (refs.RefChange(ref, None, oids[name]) for ref, name in zip(place.tags, names, strict=True))
        changes[place.repository] = (*first, *moved, *tags)
    gits = {place.repository: world.git_of(place.repository) for place in action.places}
    joined = made[""].get("joined", {})
    moves.carry_out(world.data / moves.LOG, moves.Moves(record.version, changes, joined), gits)
    note = ", ".join((f"{name}: {c.ref}" if name else c.ref) for name, those in changes.items() for c in those)
    return Outcome(evidence={"commit": record.commit, "tag": changes[""][0].new}, note=note)


def _with_files(module: Recorded, name: str, so_far: SoFar, bind: bool) -> Recorded:
    outcome = so_far.get(("build_dists", name))
    if outcome is None or not module.published or not bind:
        return module
    return replace(module, files=tuple(Dist(**file) for file in outcome.evidence["files"]))


def _verdict(so_far: SoFar) -> dict[str, Any]:
    from trainer_release.agent import verdict
    from trainer_release.model.testing import CellReport

    cells = [
        CellReport(**outcome.evidence)
        for (step, _), outcome in so_far.items()
        if step in ("run_isolated_tests", "run_integration_tests") and outcome.evidence
    ]
    return dict(verdict.verdict(cells))
