"""What happened, one checksummed line an event, bound to a plan. The world's word beats it; it decides where the world
cannot tell."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any

from trainer_release.errors import fail
from trainer_release.model.outcome import Outcome, Status


class Journal:
    """An append-only file of events. A truncated last line (a crash while writing) is normal and ignored."""

    def __init__(self, path: Path, plan: str, *, resume: bool) -> None:
        self._path = path
        self._plan = plan
        self._lock = Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        if not resume:
            path.unlink(missing_ok=True)
        self._done = self._read()

    def done(self, step: str, subject: str) -> Outcome | None:
        """The outcome of an action that an earlier run of this plan finished, None where it did not."""
        return self._done.get((step, subject))

    def note(self, event: str, step: str, subject: str, at: str, evidence: Mapping[str, Any] | None = None) -> None:
        """Append one event and make it last through a power cut."""
        body: dict[str, Any] = {"plan": self._plan, "event": event, "step": step, "subject": subject, "at": at}
        body |= {"evidence": dict(evidence)} if evidence is not None else {}
        line = json.dumps(body, sort_keys=True)
        with self._lock, self._path.open("ab") as file:
            if file.tell() and not self._ends_whole():
                file.write(b"\n")
            file.write(f"{_sum(line)} {line}\n".encode())
            file.flush()
            os.fsync(file.fileno())

    def _ends_whole(self) -> bool:
        with self._path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1) == b"\n"

    def _read(self) -> dict[tuple[str, str], Outcome]:
        lines = self._path.read_bytes().split(b"\n") if self._path.exists() else []
        found: dict[tuple[str, str], Outcome] = {}
        for number, raw in enumerate(lines[:-1], start=1):
            body = self._event(raw.decode(errors="replace"), number)
            if body is not None and body["event"] == "done":
                found[body["step"], body["subject"]] = Outcome(Status.SKIPPED, body.get("evidence", {}))
        return found

    def _event(self, line: str, number: int) -> Any:
        digest, _, text = line.partition(" ")
        if digest != _sum(text):
            if not _whole(text):
                return None  # torn by a crash; the next run went on below it
            raise fail(
                "journal-edited",
                "a line of the journal does not match its checksum",
                path=self._path.name,
                line=number,
                hint="remove the journal: the index and git know what is done; then run the same command again",
            )
        body = json.loads(text)
        if body["plan"] != self._plan:
            raise fail(
                "journal-of-another-plan",
                f"the journal belongs to plan {body['plan']}, this run is plan {self._plan}",
                path=self._path.name,
                line=number,
                hint="remove the journal: the index and git know what is done; then run the same command again",
            )
        return body


def _whole(text: str) -> bool:
    """Whether a line's JSON ends; what a crash cut off never does."""
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _sum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
