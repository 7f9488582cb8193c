"""What `status` knows beside the index: a run's journal, the JSON of an index whose pages lag, and who releases."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from trainer_release.app.session import Session
from trainer_release.errors import ReleaseError
from trainer_release.model.catalog import Catalog, IndexAddress
from trainer_release.model.facts import RemoteFacts
from trainer_release.model.index import IndexFile, Listing
from trainer_release.model.publishing import FileState, State
from trainer_release.model.record import Record
from trainer_release.release.names import lease_ref
from trainer_release.release.progress import Noted, file_states
from trainer_release.world.files import text_or_none

STEP = "publish_dists"
_TAKEN = frozenset(("index-stale", "not-installable"))
_UNSURE = frozenset(("outcome-unknown", "interrupted"))


def states(
    record: Record, listed: Mapping[str, Listing], where: IndexAddress | None, journal: Path
) -> tuple[FileState, ...]:
    """Where every file of a release stands; a version as a whole where its bytes are bound elsewhere. `where` is an
    index that is asked for the JSON of what its pages lack, if a run has begun to publish that."""
    noted = _noted(journal)
    told = {module.package: _told(where, module.package, module.version) for module in _begun(record, listed, noted)}
    prepared = datetime.fromtimestamp(record.epoch, UTC)
    whole = tuple(
        FileState(name, f"{module.package} {module.version}", state, prepared)
        for name, module in record.modules.items()
        if module.published and not module.files
        for state in [State.PUBLISHED if listed.get(module.package, {}).get(module.version) else State.PLANNED]
    )
    return file_states(record, listed, told, noted) + whole


def _begun(record: Record, listed: Mapping[str, Listing], noted: Mapping[str, Noted]) -> list[Any]:
    found = []
    for name, module in record.modules.items():
        there = {file.name for file in listed.get(module.package, {}).get(module.version, ())}
        if name in noted and any(dist.name not in there for dist in module.files):
            found.append(module)
    return found


def _told(where: IndexAddress | None, package: str, version: str) -> tuple[IndexFile, ...]:
    if where is None or where.json is None:
        return ()
    from trainer_release.world import project_json

    return project_json.published(where.json, package, version) or ()


def _noted(journal: Path) -> dict[str, Noted]:
    """What a journal says last of publishing each module. A run that failed in a known way left nothing in doubt,
    one whose files the index took is as good as done; lines that a crash cut off are passed over."""
    found: dict[str, Noted] = {}
    for line in (text_or_none(journal) or "").splitlines():
        body = _parsed(line.partition(" ")[2])
        if body.get("step") != STEP:
            continue
        codes, at = set((body.get("evidence") or {}).get("codes", ())), datetime.fromisoformat(body["at"])
        found[body["subject"]] = ("done" if codes & _TAKEN else body["event"], at)
        if body["event"] == "failed" and not codes & (_TAKEN | _UNSURE):
            del found[body["subject"]]
    return found


def _parsed(text: str) -> dict[str, Any]:
    try:
        body = json.loads(text)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def leased(session: Session, catalog: Catalog) -> str | None:
    """Who else may be releasing, by the lease on the remote; None where nobody is, or the remote does not tell."""
    from trainer_release.app import leases
    from trainer_release.world import refs, worktree

    remote = refs.remote_name(session.git.settings(), worktree.branch(session.git))
    if remote is None or catalog.release.push == "none":
        return None
    try:
        there = refs.remote_refs(session.git, remote, lease_ref(catalog.suite))
    except ReleaseError:
        return None
    said = leases.warned(session, catalog, "trainer-release status", RemoteFacts(remote, there))
    return next((problem.message for problem in said), None)
