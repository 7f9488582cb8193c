"""How a started release stands, file by file: the index's word first, and the journal's where the index has none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from trainer_release.model.index import IndexFile, Listing
from trainer_release.model.publishing import FileState, State
from trainer_release.model.record import Record, Recorded
from trainer_release.world.files import text_or_none
from trainer_release.world.process import alive

STEP = "publish_dists"
_SENT = {"index-stale", "not-installable"}
_UNKNOWN = {"outcome-unknown"}


@dataclass(frozen=True, slots=True)
class Noted:
    """The last thing that a journal says of publishing a module: started, done or failed, when, and why."""

    event: str
    at: datetime | None
    codes: frozenset[str] = frozenset()


def states(record: Record, listed: Mapping[str, Listing], noted: Mapping[str, Noted]) -> tuple[FileState, ...]:
    """Every file that the release publishes; one entry for the version where the bytes are bound elsewhere. Pure."""
    whole = {name for name, module in record.modules.items() if not _missing(module, listed)}
    prepared = datetime.fromtimestamp(record.epoch, UTC)
    found = []
    for name in (name for wave in record.waves for name in wave if record.modules[name].published):
        module = record.modules[name]
        there = {file.name: file for file in listed.get(module.package, {}).get(module.version, ())}
        resolves = name in whole and all(each in whole for each in _needs(record, name))
        for file, digest in _files(module):
            at = there.get(file) if digest else next(iter(there.values()), None)
            if at is not None and (digest is None or at.sha256 == digest):
                state, since = State.INSTALLABLE if resolves else State.PUBLISHED, _since(at, noted.get(name))
            else:
                state, since = _told(noted.get(name), prepared)
            found.append(FileState(name, file, state, since))
    return tuple(found)


def _files(module: Recorded) -> list[tuple[str, str | None]]:
    return [(dist.name, dist.sha256) for dist in module.files] or [(f"{module.package} {module.version}", None)]


def _missing(module: Recorded, listed: Mapping[str, Listing]) -> bool:
    """Whether the index lacks a file of ours; of a carried module, whether it lacks the version."""
    there = listed.get(module.package, {}).get(module.version, ())
    hashes = {file.name: file.sha256 for file in there}
    return not there or any(hashes.get(dist.name) != dist.sha256 for dist in module.files)


def _needs(record: Record, name: str) -> set[str]:
    found: set[str] = set()
    todo = list(record.modules[name].depends)
    while todo:
        current = todo.pop()
        if current not in found:
            found.add(current)
            todo += record.modules[current].depends
    return found


def _since(file: IndexFile, noted: Noted | None) -> datetime | None:
    return file.uploaded or (noted.at if noted and noted.event == "done" else None)


def _told(noted: Noted | None, prepared: datetime) -> tuple[State, datetime | None]:
    """What the index does not list, by the journal: begun and never ended means that nobody knows."""
    if noted is None or (noted.event == "failed" and not noted.codes & (_SENT | _UNKNOWN)):
        return State.PLANNED, prepared
    unknown = noted.event == "started" or noted.codes & _UNKNOWN
    return State.AMBIGUOUS if unknown else State.UPLOADED, noted.at


def noted(journal: Path) -> dict[str, Noted]:
    """What a journal says last of publishing each module; lines that a crash cut off are passed over."""
    found: dict[str, Noted] = {}
    for line in (text_or_none(journal) or "").splitlines():
        body = _parsed(line.partition(" ")[2])
        if body.get("step") == STEP:
            codes = frozenset((body.get("evidence") or {}).get("codes", ()))
            found[body["subject"]] = Noted(body["event"], datetime.fromisoformat(body["at"]), codes)
    return found


def _parsed(text: str) -> dict[str, Any]:
    try:
        body = json.loads(text)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def holder(cache: Path) -> Mapping[str, Any] | None:
    """Who holds the suite's lock on this machine: command, pid, host, since; None where nobody does any more."""
    body = _parsed(text_or_none(cache / "holder.json") or "")
    return body if body and alive(int(body.get("pid", 0))) else None
