"""Publishing as values: the states of a file, what an index answered to an upload, and what that means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """Where a file stands. planned: nothing was sent · ambiguous: sent, and nobody knows what became of it · uploaded:
    the index said yes · published: the index lists it with our sha256 · installable: the simple index serves it and a
    resolver takes it. Only the index promotes beyond `uploaded`."""

    PLANNED = "planned"
    AMBIGUOUS = "ambiguous"
    UPLOADED = "uploaded"
    PUBLISHED = "published"
    INSTALLABLE = "installable"


class Meaning(StrEnum):
    """What an answer means. accepted: the index said yes, and has yet to show it · retryable: it was not taken, later
    it may be · ambiguous: it may have been taken · present: the index says that it has a file of that name · quota:
    not today · refused: never, as it is."""

    ACCEPTED = "accepted"
    RETRYABLE = "retryable"
    AMBIGUOUS = "ambiguous"
    PRESENT = "present"
    QUOTA = "quota"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one attempt to upload a file.

    `status` is the HTTP status, None where none came; then `error` is the kind of failure (`unsent`: before the body
    was sent, `sent`: after it, `unknown`, `settings`: nothing to send with, `file`: nothing to send) and `text` its
    words. `retry_after` is the header as it came, `text` the first bytes of the answer, redacted, without control
    characters.
    """

    name: str
    status: int | None = None
    retry_after: str | None = None
    text: str = ""
    error: str | None = None


@dataclass(frozen=True, slots=True)
class FileState:
    """A file of a release: its state, and since when (None: unknown)."""

    module: str
    name: str
    state: State
    since: datetime | None = None
