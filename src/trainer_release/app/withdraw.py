"""withdraw VERSION: a published release is taken back as far as anything can be: marked, and yanked by its owners."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from trainer_release.app.session import EMBEDDED, Session, address, look, open_session
from trainer_release.errors import fail
from trainer_release.model.catalog import Catalog
from trainer_release.model.index import Listing
from trainer_release.model.record import Record
from trainer_release.release import manifest, survey
from trainer_release.release.names import record_ref, tag_ref
from trainer_release.release.step import CLOCK, Clock
from trainer_release.suite.catalog.section import withdrawn
from trainer_release.suite.versions import check_argument
from trainer_release.world import refs, worktree
from trainer_release.world.files import replace_text, text_or_none

WAIT, LOOK = 1800.0, 15.0
"""Seconds that `--wait` waits for the last yank, and between two looks."""


@dataclass(frozen=True, slots=True)
class Yank:
    """One release on the index: whether it is yanked already, and the page on which it is (None: this index cannot)."""

    package: str
    version: str
    page: str | None
    yanked: bool


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A withdrawn suite version: what to yank, dependents before what they need. `why` is the mark in the catalog;
    `marked`: it was set by this run. `revised` is the manifest that says so."""

    suite: str
    version: str
    index: str
    why: str
    yanks: tuple[Yank, ...]
    catalog: Path
    marked: bool
    revised: Path | None

    @property
    def left(self) -> tuple[Yank, ...]:
        """What has yet to be yanked, where that can be done at all."""
        return tuple(yank for yank in self.yanks if yank.page and not yank.yanked)


def refuse(catalog: Catalog, version: str) -> None:
    """Refuse (`version-withdrawn`) what would prepare or publish a version that was withdrawn."""
    row = catalog.rows.get(version)
    if row is not None and row.withdrawn:
        raise fail(
            "version-withdrawn",
            f"{catalog.suite} {version} was withdrawn: {row.withdrawn}",
            hint="release the next version; a withdrawn one is never published again",
            path=catalog.path,
            line=row.mark.line,
        )


def withdraw(
    start: Path,
    version: str,
    reason: str | None = None,
    *,
    catalog: Path | None = None,
    index: str | None = None,
    dry_run: bool = False,
    wait: bool = False,
    clock: Clock = CLOCK,
) -> Withdrawn:
    """Mark a published version withdrawn, in the catalog and beside its manifest, and say what is to be yanked, where.

    Nothing is deleted, nothing committed, and nothing on an index is changed. With `wait` it looks until all is yanked
    (`not-yanked-yet` where that takes too long). ReleaseError `not-published` where the index has no file of it.
    """
    check_argument(version)
    session = open_session(start, catalog)
    listed = session.listed()
    chosen = index or listed.release.index
    held = session.locked(listed.suite, f"trainer-release withdraw {version}")
    with nullcontext() if dry_run else held:
        record = _record(session, listed, version)
        yanks = _live(session, record, chosen)
        row = listed.rows.get(version)
        why = row.withdrawn if row and row.withdrawn else f"{clock.now():%Y-%m-%d}: {_words(reason)}"
        text, place = _marked(listed, record, why), session.root / session.catalog
        revised = session.data(listed.suite) / "manifests" / f"{manifest.name(record)}-manifest.withdrawn.json"
        published = text_or_none(revised.with_name(f"{manifest.name(record)}-manifest.json"))
        if not dry_run and text != listed.text:
            replace_text(place, text)
        if not dry_run and published is not None:
            replace_text(revised, manifest.withdrawn(published, why))
    found = Withdrawn(
        listed.suite,
        version,
        chosen,
        why,
        yanks,
        place,
        marked=text != listed.text,
        revised=revised if published is not None else None,
    )
    return _waited(session, found, record, clock) if wait and not dry_run else found


def _record(session: Session, listed: Catalog, version: str) -> Record:
    """The record of a release, fetched from the remote where this clone lacks it."""
    tag, git = tag_ref(listed, version), session.git
    record, _, _ = survey.find_record(git, listed.suite, version, tag)
    remote = refs.remote_name(git.settings(), worktree.branch(git))
    if record is None and remote is not None:
        wanted = [ref for ref in (record_ref(listed.suite, version), tag) if ref in refs.remote_refs(git, remote)]
        if wanted:
            refs.fetch(git, remote, [f"{ref}:{ref}" for ref in wanted if ref not in git.refs(ref)])
        record, _, _ = survey.find_record(git, listed.suite, version, tag)
    if record is None:
        raise fail(
            "nothing-prepared",
            f"there is no record of {version}, here or on the remote",
            hint="`trainer-release log` shows the versions that are known",
        )
    return record


def _words(reason: str | None) -> str:
    return " ".join((reason or "").split()) or "no reason was given"


def _marked(listed: Catalog, record: Record, why: str) -> str:
    modules = {name: m.version for name, m in record.modules.items() if m.package != record.umbrella}
    return withdrawn(listed, record.version, why, modules)


def _live(session: Session, record: Record, chosen: str) -> tuple[Yank, ...]:
    """What this very release published and the index has, dependents first; what it carried is another release's."""
    with look(session, session.load().suite, chosen) as listed:
        found = tuple(
            _yank(session, chosen, record.modules[name].package, record.modules[name].version, listed)
            for wave in reversed(record.waves)
            for name in reversed(wave)
            if record.modules[name].published
            and listed.get(record.modules[name].package, {}).get(record.modules[name].version)
        )
    if not found:
        raise fail(
            "not-published",
            f"{chosen} has no file of {record.suite} {record.version}",
            hint=f"undo it with `trainer-release abandon {record.version}`",
        )
    return found


def _yank(session: Session, chosen: str, package: str, version: str, listed: Mapping[str, Listing]) -> Yank:
    from trainer_release.world.yank_pages import yank_page

    yanked = all(file.yanked for file in listed[package][version])
    if chosen == EMBEDDED:
        return Yank(package, version, None, yanked)
    upload = address(session.listed(), chosen).upload
    return Yank(package, version, yank_page(chosen, upload, package, version), yanked)


def _waited(session: Session, found: Withdrawn, record: Record, clock: Clock) -> Withdrawn:
    end = clock.monotonic() + WAIT
    while found.left:
        if clock.monotonic() > end:
            names = ", ".join(f"{yank.package} {yank.version}" for yank in found.left)
            hint = f"yank them, then look again: trainer-release withdraw {record.version} --wait"
            raise fail("not-yanked-yet", f"{found.index} does not show as yanked: {names}", hint=hint)
        clock.sleep(LOOK)
        found = replace(found, yanks=_live(session, record, found.index))
    return found
