"""Branch, record and tags in one transaction: before it nothing of the release exists, after it all does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from trainer_release.agent import verdict
from trainer_release.model.facts import PrepareFacts
from trainer_release.model.index import Dist
from trainer_release.model.outcome import Outcome, SoFar
from trainer_release.model.plan import Action
from trainer_release.model.record import Record, Recorded
from trainer_release.model.suite import Suite
from trainer_release.model.testing import CellReport
from trainer_release.release import record as records
from trainer_release.release.names import branch_ref, module_tags, record_ref, release_branch, tag_name, tag_ref
from trainer_release.release.step import World
from trainer_release.world import commits, refs

NAME = "point_refs"


@dataclass(frozen=True, slots=True)
class Point(Action):
    """`record` lacks what the run finds out: commit, files, verdict. `tag` is the suite tag's name; `tags` the full
    refs to set beside the record; `branch` the branch that gets the commit, from `head`."""

    record: Record | None = None
    tag: str = ""
    ref: str = ""
    tags: tuple[str, ...] = ()
    branch: str = ""
    head: str | None = None
    bind: bool = True


def plan(facts: PrepareFacts) -> tuple[Point, ...]:
    """Directly on the branch, or on a release branch for a pull request (no tag then)."""
    change, suite, version = facts.change, facts.change.suite, facts.version
    release = suite.catalog.release
    proposed = release.push == "pull-request"
    branch = release_branch(version) if proposed else (facts.git.branch or "")
    tags = () if proposed else (tag_ref(suite.catalog, version), *module_tags(suite, change.published))
    held = set(change.built) - set(change.published)  # built and tested, but nobody's to install
    waves = tuple(kept for wave in suite.graph.waves if (kept := tuple(name for name in wave if name not in held)))
    skeleton = Record(
        plan="",
        suite=suite.name,
        version=version,
        epoch=facts.epoch,
        commit="",
        tree="",
        umbrella=suite.umbrella.package if suite.umbrella else None,
        modules={name: _recorded(facts, suite, name) for wave in waves for name in wave},
        waves=waves,
        build={"branch": facts.git.branch, "bytes": release.build, **facts.tools},
    )
    return (
        Point(
            record=skeleton,
            tag=tag_name(suite.catalog, version),
            ref=record_ref(suite.name, version),
            tags=tags,
            branch=branch_ref(branch or None),
            head=None if proposed else facts.git.head,
            bind=release.build == "here",
        ),
    )


def _recorded(facts: PrepareFacts, suite: Suite, name: str) -> Recorded:
    before = facts.suite.modules[name].project
    module = suite.modules[name]
    return Recorded(
        package=module.package,
        version=module.version,
        before=before.version if before else None,
        published=name in facts.change.published,
        depends=suite.graph.depends[name],
        requires_python=module.project.requires_python if module.project else None,
    )


def seen(action: Point, world: World) -> bool | None:
    """Preflight has made sure that the names are free; a run sets them itself."""
    del action, world
    return False


def run(action: Point, world: World, so_far: SoFar) -> Outcome:
    """Complete the record, write the tag objects, set all refs or none."""
    if action.record is None:
        raise AssertionError(action)
    made = so_far["write_commit", ""].evidence
    record = replace(
        action.record,
        plan=world.plan,
        commit=made["commit"],
        tree=made["tree"],
        modules={
            name: _with_files(module, name, so_far, action.bind) for name, module in action.record.modules.items()
        },
        verdict=_verdict(so_far) if action.bind else {},
        build={**action.record.build, "requires": list(world.builder.installed())},
    )
    text, commit, epoch = records.annotation(record), record.commit, record.epoch
    main = commits.write_tag(world.git, action.tag, commit, text, epoch)
    changes = [refs.RefChange(action.ref, None, main)]
    if action.branch and commit != action.head:
        changes.append(refs.RefChange(action.branch, action.head, commit))
    for tag in action.tags:
        name = tag.removeprefix("refs/tags/")
        own = main if name == action.tag else commits.write_tag(world.git, name, commit, f"{name}\n", epoch)
        changes.append(refs.RefChange(tag, None, own))
    refs.update(world.git, changes)
    return Outcome(evidence={"commit": commit, "tag": main}, note=", ".join(change.ref for change in changes))


def _with_files(module: Recorded, name: str, so_far: SoFar, bind: bool) -> Recorded:
    outcome = so_far.get(("build_dists", name))
    if outcome is None or not module.published or not bind:
        return module
    return replace(module, files=tuple(Dist(**file) for file in outcome.evidence["files"]))


def _verdict(so_far: SoFar) -> dict[str, Any]:
    cells = [
        CellReport(**outcome.evidence)
        for (step, _), outcome in so_far.items()
        if step in ("run_isolated_tests", "run_integration_tests") and outcome.evidence
    ]
    return dict(verdict.verdict(cells))
