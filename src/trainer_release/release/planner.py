"""Steps and facts become a Plan: a value that is printed by a dry run and carried out by a real one. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from trainer_release.model.facts import ExecuteFacts, PrepareFacts, RepositoryFacts
from trainer_release.model.plan import Line, Place, Plan, PlannedStep, Push, identity
from trainer_release.model.suite import Suite
from trainer_release.release import page, steps
from trainer_release.release.change import touched
from trainer_release.release.names import branch_ref, module_tags, record_ref, tag_ref
from trainer_release.release.steps import bring_files, make_locks


def prepare(facts: PrepareFacts) -> Plan:
    """The plan of `prepare`. Its id hashes versions, edits and the commit that it starts from, not the clock."""
    change, suite = facts.change, facts.change.suite
    fates = {name: "build" if suite.modules[name].publish else "hold" for name in change.built}
    fates |= dict.fromkeys(change.carried, "carry") | dict.fromkeys(change.taken, "take")
    lines = _lines(facts.suite, {name: (_stated(facts.suite, name), change.targets[name]) for name in fates}, fates)
    plain_edits = [(edit.path, edit.after) for edit in change.edits if edit.path != "CHANGELOG.md"]
    heads = {name: there.head for name, there in facts.elsewhere.items()}
    intent = ["prepare", suite.name, facts.version, facts.git.head, change.targets, plain_edits, fates]
    intent += [heads] if heads else []
    direct = suite.catalog.release.push != "pull-request"
    return Plan(
        id=identity(intent),
        kind="prepare",
        suite=suite.name,
        version=facts.version,
        modules=lines,
        waves=_waves(suite, change.published),
        steps=_planned(steps.PREPARE, facts),
        edits=change.edits,
        gates=_gates(facts),
        tags=_tags(suite, facts.version, change.published, touched(change)) if direct else (),
        pushes=_pushes(
            suite,
            facts.version,
            facts.git.remote.name if facts.git.remote else None,
            facts.git.branch,
            {name: facts.elsewhere[name].branch for name in touched(change)},
        ),
        uploads=_uploads(suite, change.targets, change.published),
        index=suite.catalog.release.index,
        notes=_notes(facts),
        repositories=_places(facts.git.head, facts.git.branch, facts.elsewhere),
    )


def execute(facts: ExecuteFacts) -> Plan:
    """The plan of `execute`: the record's intent against what the remote and the index say now."""
    record, suite = facts.record, facts.suite
    fates = {name: "build" if module.published else "carry" for name, module in record.modules.items()}
    versions = {name: (module.before, module.version) for name, module in record.modules.items()}
    missing = [
        dist.name
        for module in record.modules.values()
        if module.published
        for dist in module.files
        if dist.name not in facts.listed(module.package, module.version)
    ]
    intent = ["execute", record.plan, record.suite, record.version, record.tree, sorted(record.files()), facts.index]
    return Plan(
        id=identity(intent),
        kind="execute",
        suite=record.suite,
        version=record.version,
        modules=_lines(suite, versions, fates),
        waves=_waves(suite, [name for name, fate in fates.items() if fate == "build"]),
        steps=_planned(steps.EXECUTE, facts),
        gates=("the whole suite installs from the index into a clean environment and is what was prepared",),
        tags=_tags(suite, record.version, (), [name for name, there in record.elsewhere.items() if there.tagged]),
        pushes=_pushes(
            suite,
            record.version,
            facts.git.remote.name if facts.git.remote else None,
            facts.git.branch,
            {name: there.branch for name, there in record.elsewhere.items() if there.tagged},
        ),
        uploads=tuple(missing),
        index=facts.index,
        notes=_said(facts),
        repositories=_places(record.commit, record.build.get("branch"), facts.elsewhere),
    )


def _said(facts: ExecuteFacts) -> tuple[str, ...]:
    brought = (bring_files.said(action) for action in bring_files.plan(facts))
    locks = (make_locks.said(action) for action in make_locks.plan(facts))
    return tuple(
        note
        for note in (*brought, *locks, page.said(facts.record, facts.forge) if facts.forge else facts.pageless)
        if note
    )


def _tags(suite: Suite, version: str, published: Iterable[str], elsewhere: Iterable[str]) -> tuple[str, ...]:
    """Every tag's full ref; one in another repository has that one's name before it."""
    modules, main = list(published), tag_ref(suite.catalog, version)
    others = (f"{name}: {tag}" for name in elsewhere for tag in (main, *module_tags(suite, modules, name)))
    return (main, *module_tags(suite, modules), *others)


def _places(head: str | None, branch: str | None, elsewhere: Mapping[str, RepositoryFacts]) -> tuple[Place, ...]:
    """Every repository, where there are several."""
    if not elsewhere:
        return ()
    others = (Place(name, there.url, there.branch, there.head) for name, there in elsewhere.items())
    return (Place(".", "", branch, head or ""), *others)


def _planned(table: Iterable[Any], facts: Any) -> tuple[PlannedStep, ...]:
    return tuple(PlannedStep(step.NAME, step.plan(facts)) for step in table)


def _stated(suite: Suite, name: str) -> str | None:
    project = suite.modules[name].project
    return project.version if project else suite.modules[name].version


def _lines(suite: Suite, versions: dict[str, tuple[str | None, str]], fates: dict[str, str]) -> tuple[Line, ...]:
    order = [name for name in suite.graph.order if name in fates]
    return tuple(Line(name, suite.modules[name].package, *versions[name], fates[name]) for name in order)


def _waves(suite: Suite, published: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    chosen = set(published)
    waves = (tuple(name for name in wave if name in chosen) for wave in suite.graph.waves)
    return tuple(wave for wave in waves if wave)


def _gates(facts: PrepareFacts) -> tuple[str, ...]:
    change = facts.change
    alone = [f"{name}: its own tests, alone" for name in change.built]
    together = "tests/integration, all wheels together" if change.built else ""
    built = [f"{name}: sdist and wheel, METADATA against the plan" for name in change.built]
    return (*built, *alone, *((together,) if together else ()))


def _pushes(
    suite: Suite, version: str, remote: str | None, branch: str | None, elsewhere: Mapping[str, str | None]
) -> tuple[Push, ...]:
    """The pushes in their order: branches (or the proposal) and the record first, the suite tag alone and last."""
    mode = suite.catalog.release.push
    if mode == "none":
        return ()
    record, tag = record_ref(suite.name, version), tag_ref(suite.catalog, version)
    first = (record,) if mode == "pull-request" else (branch_ref(branch), record)
    others = [Push(name, (branch_ref(there),)) for name, there in elsewhere.items() if there]
    tags = [Push(name, (tag,)) for name in elsewhere]
    main = [Push(remote, tuple(ref for ref in first if ref)), Push(remote, (tag,))] if remote else []
    return (*others, *main[:1], *tags, *main[1:])


def _uploads(suite: Suite, targets: Any, published: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{suite.modules[name].package} {targets[name]} (sdist, wheel)" for name in published)


def _notes(facts: PrepareFacts) -> tuple[str, ...]:
    suite, notes = facts.change.suite, [*facts.change.notes]
    if not facts.change.edits:
        notes.append(f"every file says {facts.version} already: HEAD is built and tagged, there is no commit")
    if f"{facts.git.prefix}{suite.catalog.path}" in facts.git.changed:
        notes.append(f"the uncommitted edit of {suite.catalog.path} joins the release commit")
    if facts.change.carried:
        notes.append("carried over, published already: " + ", ".join(facts.change.carried))
    notes += _contracts(facts)
    notes.append("commit hooks are not run; push hooks are")
    return tuple(notes)


def _contracts(facts: PrepareFacts) -> list[str]:
    """What became of public APIs, and where nobody could tell."""
    said = [
        f"{name}: public API since {contract.base}: {contract}: at least {contract.least}"
        for name, contract in facts.contracts.items()
        if not contract.fault and contract.least != "patch"
    ]
    faults = [f"{name} ({contract.fault})" for name, contract in facts.contracts.items() if contract.fault]
    return [*said, *(["public API not compared: " + ", ".join(faults)] if faults else [])]
