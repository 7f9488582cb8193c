"""status: a row a module, and what is done and missing of each started release."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from packaging.version import Version

from trainer_release.app import elsewhere, standing
from trainer_release.app.session import EMBEDDED, Session, address, look, open_session
from trainer_release.model.catalog import Catalog
from trainer_release.model.index import Listing
from trainer_release.model.publishing import FileState, State
from trainer_release.model.record import Record
from trainer_release.model.suite import Module, Suite
from trainer_release.release import record as records
from trainer_release.release import since
from trainer_release.release.capacity import deadline
from trainer_release.release.names import RECORDS, recorded_version, tag_ref, tagged_version
from trainer_release.suite.draft import History
from trainer_release.world import lock, moves
from trainer_release.world.holders import Holder


@dataclass(frozen=True, slots=True)
class Row:
    """One module: what the catalog, the project and the index say. `changed`: its folder differs from the last suite
    tag; None where there is no tag or no folder."""

    name: str
    catalog: str
    project: str | None
    index: str | None
    changed: bool | None


@dataclass(frozen=True, slots=True)
class Release:
    """A prepared release. `state` is proposed (no tag yet), prepared, partial, published or withdrawn; `missing` are
    files that the index does not list; `command` is what finishes it. One that is `cut off` misses refs, in one
    repository or another. `files` tells of each where it stands and since when; until `deadline` the index takes
    further ones; `withdrawn` is why nobody is to use it."""

    version: str
    state: str
    missing: tuple[str, ...]
    command: str | None
    files: tuple[FileState, ...] = ()
    deadline: datetime | None = None
    withdrawn: str | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """Everything that `status` shows; `holder` is the run that holds the suite's lock on this machine now. Where a
    release is not finished, `leased` tells of another machine's run that may be at it."""

    suite: str
    modules: tuple[Row, ...]
    releases: tuple[Release, ...]
    holder: Holder | None = None
    leased: str | None = None


def status(start: Path, catalog: Path | None = None, index: str | None = None) -> Status:
    """Look at catalog, projects, git and index."""
    session = open_session(start, catalog)
    loaded = session.load()
    suite = loaded.suite
    merged = since.merged_tags(session.git)
    past = since.history(session.git, session.prefix, suite, merged, loaded.elsewhere, work_tree=True)
    with look(session, suite, index) as listed:
        rows = tuple(_row(suite.modules[name], listed, past) for name in suite.graph.order)
        releases = (*_cut_off(session, suite), *_releases(session, suite, listed, index))
    holder, begun = lock.holder(session.cache(suite.name)), any(release.missing for release in releases)
    return Status(suite.name, rows, releases, holder, standing.leased(session, suite.catalog) if begun else None)


def _row(module: Module, listed: Mapping[str, Listing], past: History) -> Row:
    versions = sorted(listed.get(module.package, {}), key=Version)
    project = module.project.version if module.project else None
    changed = None if past.tag is None or module.path is None else module.name in past.changed
    return Row(module.name, module.version, project, versions[-1] if versions else None, changed)


def _cut_off(session: Session, suite: Suite) -> Iterator[Release]:
    """A run of `prepare` that ended between two repositories: what it has left to move."""
    pending = elsewhere.pending(session.home(suite.name))
    if pending is not None:
        gits = elsewhere.cloned(session.home(suite.name), pending.changes)
        missing = tuple(f"{name}: {ref}" if name else ref for name, ref in moves.missing(pending, gits))
        yield Release(pending.release, "cut off", missing, f"trainer-release prepare {pending.release}")


def _releases(session: Session, suite: Suite, listed: Mapping[str, Listing], index: str | None) -> list[Release]:
    found = session.git.refs(f"{RECORDS}/{suite.name}", "refs/tags")
    tags = {version: ref for ref in found if (version := tagged_version(suite.catalog, ref))}
    names = tags | {version: ref for ref in found if (version := recorded_version(suite.name, ref))}
    texts = session.git.messages_of(found[ref] for ref in names.values())
    chosen = index or suite.catalog.release.index
    where = None if chosen == EMBEDDED else address(suite.catalog, chosen)
    releases = []
    for ref in (names[version] for version in sorted(names, reverse=True)):
        record = records.parse(texts.get(found[ref], ""), ref)
        if record is not None:
            journal = session.cache(suite.name) / "journal" / record.version / f"execute-{chosen}.jsonl"
            files = standing.states(record, listed, where, journal)
            release = _release(record, files, tagged=tag_ref(suite.catalog, record.version) in found)
            end = deadline(record, listed, where.window if where else None) if release.missing else None
            releases.append(_marked(replace(release, deadline=end), suite.catalog))
    return releases


def _release(record: Record, files: tuple[FileState, ...], *, tagged: bool) -> Release:
    there = (State.PUBLISHED, State.INSTALLABLE)
    missing = tuple(file.name for file in files if file.state not in there)
    state = "published" if not missing else "partial" if len(missing) < len(files) else "prepared"
    command = None if not missing else f"trainer-release execute {record.version}"
    if not tagged and missing:
        state, command = "proposed", f"trainer-release tag {record.version}"
    return Release(record.version, state, missing, command, files)


def _marked(release: Release, catalog: Catalog) -> Release:
    row = catalog.rows.get(release.version)
    if row is None or not row.withdrawn:
        return release
    command = f"trainer-release withdraw {release.version}"
    return replace(release, state="withdrawn", command=command, withdrawn=row.withdrawn)
