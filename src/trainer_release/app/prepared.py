"""Which prepared release is meant: its record, found here or on the remote, and the files that are at hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from packaging.version import Version

from trainer_release.app.bind import Given, bound, gather
from trainer_release.app.session import Session
from trainer_release.app.withdraw import refuse as refuse_withdrawn
from trainer_release.errors import fail
from trainer_release.model.catalog import Catalog
from trainer_release.model.record import Record
from trainer_release.release import survey
from trainer_release.release.names import RECORDS, record_ref, recorded_version, tag_ref, tagged_version
from trainer_release.world import refs, worktree


def newest(session: Session, listed: Catalog) -> str:
    """The highest version that has a record here; where none has, as in a workflow's clone, the one whose suite tag is
    checked out."""
    refs_here = session.git.refs(f"{RECORDS}/{listed.suite}")
    found = [str(version) for ref in refs_here if (version := recorded_version(listed.suite, ref))]
    if not found and session.git.commit_of("HEAD"):
        tags = session.git.do("for-each-ref", "--points-at=HEAD", "--format=%(refname)", "refs/tags").split()
        found = [str(version) for tag in tags if (version := tagged_version(listed, tag))]
    if not found:
        raise fail(
            "nothing-prepared", "no release is prepared here", hint="run `trainer-release prepare VERSION` first"
        )
    return max(found, key=Version)


def prepared(
    session: Session, listed: Catalog, version: str | None, artifacts: Path | None, verdict: Path | None
) -> tuple[Record, Given]:
    """The record of a version (None: the newest), here or on the remote, and which of its files are at hand.
    `nothing-prepared` where there is none."""
    version = version or newest(session, listed)
    refuse_withdrawn(listed, version)
    tag = tag_ref(listed, version)
    record, _, tagged = survey.find_record(session.git, listed.suite, version, tag)
    if record is None or session.git.commit_of(record.commit) is None:  # after a squash a clone has the tag alone
        _fetch(session, [record_ref(listed.suite, version), tag])
        record, _, tagged = survey.find_record(session.git, listed.suite, version, tag)
    home = session.cache(listed.suite) / "artifacts" / version
    if record is None and tagged is None:
        hint = f"run `trainer-release prepare {version}` first"
        raise fail(
            "nothing-prepared", f"{version} is not prepared: there is no record of it, here or on the remote", hint=hint
        )
    if record is None or not record.files():
        record = bound(session, record, version, tag, artifacts)
    given = gather(record, home, artifacts, verdict)
    if record.build.get("bytes") == "run":  # what tested these bytes is what the manifest says
        record = replace(record, verdict=given.verdict or {})
    return record, given


def _fetch(session: Session, wanted: list[str]) -> None:
    remote = refs.remote_name(session.git.settings(), worktree.branch(session.git))
    if remote is None:
        return
    there = refs.remote_refs(session.git, remote)
    have = session.git.refs(*wanted)
    specs = [f"{ref}:{ref}" for ref in wanted if ref in there and ref not in have]
    if specs:
        refs.fetch(session.git, remote, specs)
