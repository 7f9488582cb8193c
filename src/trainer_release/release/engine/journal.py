"""What happened, one checksummed line an event, bound to a plan. The world's word beats it; it decides where the world
cannot tell."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO

from trainer_release.errors import ReleaseError, fail
from trainer_release.model.outcome import Outcome, Status
from trainer_release.version import __version__
from trainer_release.world.files import sync_folder


class Journal:
    """An append-only file of events. A truncated last line (a crash while writing) is normal and ignored.

    What another plan, another version of this program or somebody's editor wrote is refused; a run of another version
    that came to its end is no matter.
    """

    def __init__(self, path: Path, plan: str, *, resume: bool) -> None:
        self._path = path
        self._plan = plan
        self._lock = Lock()
        self._said = False
        if not resume:
            path.unlink(missing_ok=True)
        self._done = self._read()

    def done(self, step: str, subject: str) -> Outcome | None:
        """The outcome of an action that an earlier run of this plan finished, None where it did not."""
        return self._done.get((step, subject))

    def note(self, event: str, step: str, subject: str, at: str, evidence: Mapping[str, Any] | None = None) -> None:
        """Append one event and make it last through a power cut."""
        body: dict[str, Any] = {"plan": self._plan, "tool": __version__, "event": event, "at": at}
        body |= {"step": step, "subject": subject} if step else {}
        body |= {"evidence": dict(evidence)} if evidence is not None else {}
        line = json.dumps(body, sort_keys=True)
        with self._lock, self._opened() as file:
            if file.tell() and not self._ends_whole():
                file.write(b"\n")
            file.write(f"{_sum(line)} {line}\n".encode())
            file.flush()
            os.fsync(file.fileno())
            self._said = True

    def end(self, at: str) -> None:
        """The run came to its end: all of its actions are done."""
        if self._said:
            self.note("ended", "", "", at)

    def _opened(self) -> BinaryIO:
        """The file, at its end; a new one is made to last, with its folder."""
        new = not self._path.exists()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = self._path.open("ab")
        for folder in list(self._path.parents)[:3] if new else ():
            sync_folder(folder)
        return file

    def _ends_whole(self) -> bool:
        with self._path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1) == b"\n"

    def _read(self) -> dict[tuple[str, str], Outcome]:
        lines = self._path.read_bytes().split(b"\n") if self._path.exists() else []
        events = (self._event(raw.decode(errors="replace"), number) for number, raw in enumerate(lines[:-1], start=1))
        found: dict[tuple[str, str], Outcome] = {}
        others: set[str] = set()
        for body in filter(None, events):
            if body["event"] == "ended":
                others.clear()
            elif body["tool"] != __version__:
                others.add(body["tool"])
            elif body["event"] == "done":
                found[body["step"], body["subject"]] = Outcome(Status.SKIPPED, body.get("evidence", {}))
        if others:
            versions = ", ".join(sorted(others))
            message = f"trainer-release {versions} began this run and did not end it; this is {__version__}"
            raise self._refused("journal-of-another-tool", message, f"finish it with trainer-release {versions}, or ")
        return found

    def _event(self, line: str, number: int) -> Any:
        digest, _, text = line.partition(" ")
        if digest != _sum(text):
            if not _whole(text):
                return None  # torn by a crash; the next run went on below it
            raise self._refused("journal-edited", "a line of the journal does not match its checksum", line=number)
        body = {"tool": __version__, **json.loads(text)}
        if body["plan"] != self._plan:
            message = f"the journal belongs to plan {body['plan']}, this run is plan {self._plan}"
            raise self._refused("journal-of-another-plan", message, line=number)
        return body

    def _refused(self, code: str, message: str, instead: str = "", line: int | None = None) -> ReleaseError:
        remove = f"remove the journal (`rm '{self._path}'`) and run it again: index and git know what is done"
        return fail(code, message, path=self._path.name, line=line, hint=instead + remove)


def _whole(text: str) -> bool:
    """Whether a line's JSON ends; what a crash cut off never does."""
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _sum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
