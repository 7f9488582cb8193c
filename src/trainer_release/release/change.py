"""What a new suite version means: versions, edits, and which modules are built, carried over or taken. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from trainer_release.errors import Problem
from trainer_release.model.edit import FileEdit
from trainer_release.model.names import canonicalize_name
from trainer_release.model.project import Pinned, Wanted
from trainer_release.model.suite import Module, Suite
from trainer_release.suite import layouts, pins, versions
from trainer_release.suite.assemble import assemble
from trainer_release.suite.catalog import edit as catalog_edit
from trainer_release.suite.mounts import split

if TYPE_CHECKING:
    from trainer_release.model.facts import Change
    from trainer_release.model.index import Listing
    from trainer_release.suite.proposal import Proposal

CHANGELOG = "CHANGELOG.md"
EMBEDDED = "trainer-release/suite/v1"


def targets(suite: Suite, version: str) -> dict[str, str]:
    """Every module's version in a suite version; the umbrella takes the suite's."""
    names = [name for name, module in suite.modules.items() if not module.umbrella]
    umbrella = {suite.umbrella.name: version} if suite.umbrella else {}
    return versions.targets(suite.catalog, version, names) | umbrella


def sync_edits(suite: Suite, wanted: Mapping[str, str], frozen: Iterable[str] = ()) -> tuple[FileEdit, ...]:
    """The edits that make every project say the wanted versions, pins and tables.

    `frozen` modules are published as they are: their version is put right, their pins are left alone. A file that
    several projects share (one version file, one Cargo.lock) is edited by each in turn, and is one edit in the end.
    """
    kept = set(frozen)
    pinned: dict[str, tuple[str, str]] = {
        canonicalize_name(m.package): (wanted[m.name], m.pin.value) for m in suite.modules.values()
    }
    tables = version_tables(suite, wanted)
    edits: dict[str, FileEdit] = {}
    for module in suite.modules.values():
        if module.project is not None:
            project, own = module.project, {} if module.name in kept else pinned
            if not edits.keys().isdisjoint(project.texts):
                texts = {path: edits[path].after if path in edits else text for path, text in project.texts.items()}
                project = replace(project, texts=texts)
            made = layouts.edit_project(project, Wanted(wanted[module.name], own, tables))
            edits |= {e.path: replace(e, before=edits[e.path].before if e.path in edits else e.before) for e in made}
    return tuple(edits.values())


def version_tables(suite: Suite, wanted: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What stands in `[tool.<suite>.versions]` and `[tool.<suite>.test-versions]`, where a project has them."""
    listed = {m.name: wanted[m.name] for m in suite.modules.values() if not m.umbrella}
    return {f"tool.{suite.name}.{name}": listed for name in ("versions", "test-versions")}


def embedded_text(suite: Suite, version: str, wanted: Mapping[str, str]) -> str:
    """The suite file inside the umbrella: names and versions of what is published, for users who check themselves."""
    published = (module for module in suite.modules.values() if module.publish)
    modules = {m.package: wanted[m.name] for m in sorted(published, key=lambda m: m.package)}
    document = {"schema": EMBEDDED, "suite": suite.name, "version": version, "modules": modules}
    return json.dumps(document, indent=2) + "\n"


def embed_path(suite: Suite) -> str | None:
    """Where the suite file lies, relative to the workspace root; None where nothing is embedded."""
    embed, umbrella = suite.catalog.release.embed, suite.umbrella
    if embed is None or umbrella is None or umbrella.path is None:
        return None
    return embed if umbrella.path == "." else f"{umbrella.path}/{embed}"


def embed_edits(
    suite: Suite, version: str, wanted: Mapping[str, str], texts: Mapping[str, str]
) -> tuple[FileEdit, ...]:
    """The edit of the embedded suite file, if there is one to make."""
    path = embed_path(suite)
    return _edit(path, texts.get(path), embedded_text(suite, version, wanted)) if path else ()


def compute(
    suite: Suite,
    version: str,
    listings: Mapping[str, Listing],
    texts: Mapping[str, str],
    epoch: int,
    proposed: Proposal | None = None,
) -> Change:
    """The change that `prepare VERSION` makes; `texts` holds every file read, `listings` what the index has.

    Without a proposal the row decides alone.
    """
    from trainer_release.model.facts import Change
    from trainer_release.suite import changelog

    wanted = proposed.targets if proposed else targets(suite, version)
    names = suite.catalog.path
    on_index = {m.name for m in suite.modules.values() if m.publish and listings.get(m.package, {}).get(wanted[m.name])}
    carried = tuple(name for name in suite.graph.order if name in on_index and suite.modules[name].project)
    built = tuple(name for name in suite.graph.order if suite.modules[name].project and name not in on_index)
    taken = tuple(name for name in suite.graph.order if suite.modules[name].project is None)
    date = datetime.fromtimestamp(epoch, UTC).date().isoformat()
    edits = [
        *_edit(names, suite.catalog.text, catalog_text(suite, version, wanted)),
        *sync_edits(suite, wanted, carried),
        *embed_edits(suite, version, wanted, texts),
    ]
    if built and CHANGELOG in texts:
        edits += _edit(CHANGELOG, texts[CHANGELOG], changelog.dated(texts[CHANGELOG], version, date))
    after = dict(texts) | {edit.path: edit.after for edit in edits}
    new, problems = assemble(names, after, after.get)
    excluded = _excluded(suite, wanted, carried)
    told = {(problem.path, problem.line) for problem in excluded}  # for these, `sync` would be the wrong move
    others = [problem for problem in problems if (problem.path, problem.line) not in told]
    notes = proposed.notes if proposed else ()
    return Change(wanted, tuple(edits), new, built, carried, taken, (*others, *excluded), notes)


def touched(change: Change) -> tuple[str, ...]:
    """The repositories beside the catalog's own in which the release makes a commit or builds a module, sorted."""
    paths = [edit.path for edit in change.edits] + [change.suite.modules[name].path or "" for name in change.built]
    return tuple(sorted({name for name in (split(path)[0] for path in paths) if name}))


def catalog_text(suite: Suite, version: str, wanted: Mapping[str, str]) -> str:
    """The catalog as the release commit has it."""
    modules = {name: value for name, value in wanted.items() if name in suite.catalog.modules}
    return catalog_edit.with_release(suite.catalog, version, modules)


def _edit(path: str, before: str | None, after: str) -> tuple[FileEdit, ...]:
    return () if before == after else (FileEdit(path, before, after),)


def _excluded(suite: Suite, wanted: Mapping[str, str], carried: Iterable[str]) -> list[Problem]:
    """A carried module's published pins cannot change any more: they must admit what the row says."""
    return [
        Problem(
            "carried-excludes",
            f"{module.package} {wanted[module.name]} is on the index already and requires `{pinned.text}`, "
            f"but the row has {sibling.package} {wanted[sibling.name]}",
            path=pinned.path,
            line=pinned.line,
            hint=f"give {module.name} a new version in the row, or choose a {sibling.name} that its pin admits",
        )
        for module in (suite.modules[name] for name in carried)
        for pinned, sibling in internal(suite, module)
        if not pins.admits(pinned.text, wanted[sibling.name])
    ]


def internal(suite: Suite, module: Module) -> list[tuple[Pinned, Module]]:
    """A module's own run-time requirements on siblings, each with the sibling."""
    stated = module.project.requirements if module.project else ()
    pairs = ((pinned, suite.module_of(pinned.name)) for pinned in stated if pinned.where == "project.dependencies")
    return [(pinned, sibling) for pinned, sibling in pairs if sibling is not None and sibling is not module]
