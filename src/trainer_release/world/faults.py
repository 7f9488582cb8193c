"""What can go wrong between a client and a package index, and the book that the faulty proxy keeps."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args
from urllib.parse import urlsplit

from trainer_release.model.catalog import IndexAddress

Kind = Literal[
    "status",  # answered with `status`, `headers` and `body`; nothing reaches the index
    "stored-then-status",  # the index has it, and the answer is `status` all the same
    "html",  # 200 and a login page; nothing reaches the index
    "redirect",  # 307 to `Location` in `headers`; without one, to the same address
    "reset",  # RST before the body was read
    "reset-after-body",  # the index has it; RST instead of an answer
    "hang",  # no answer for `seconds`, then RST; nothing reaches the index
    "stored-then-hang",  # the same, and the index has it
    "slow",  # the index's answer, a byte a second
    "half-close",  # the index's answer breaks off in the middle with FIN
    "endless",  # 200, `headers`, and `body` again and again until the client goes
    "twice",  # a rival sends the same request first; the second answer counts
    "call",  # `call` is called, then all goes its way
    "kill",  # `call` is called (it kills the client), nothing reaches the index, RST
    "stored-then-kill",  # the same, and the index has it
]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Request:
    """What the proxy was asked. POSTs and reads are numbered separately, from 1.

    `name` is the file that an upload brings, or that a download asks for; `sha256` is what an upload announces,
    where it does.
    """

    method: str
    path: str
    number: int
    what: Literal["upload", "simple", "json", "other"]
    name: str | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to go wrong; `Kind` says which of the other fields count. `seconds` None: for ever."""

    kind: Kind
    status: int = 502
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    seconds: float | None = None
    call: Callable[[Request], object] = lambda _: None


@dataclass(frozen=True, slots=True)
class Event:
    """One request as it went: `status` is None where nothing was answered, `sha256` is of the bytes that came.

    `at` is in seconds of the proxy's clock.
    """

    number: int
    method: str
    path: str
    status: int | None
    name: str | None
    sha256: str | None
    fault: Kind | None
    at: float


class Traffic:
    """What goes through the proxy: it is asked and told by every thread of the server.

    `behind`, `faults`, `stale` and `seconds` are those of `Faulty`.
    """

    def __init__(
        self,
        behind: IndexAddress,
        faults: Callable[[Request], Fault | None],
        stale: Mapping[str, Callable[[], float]],
        seconds: Callable[[], float],
    ) -> None:
        self.behind = behind
        self.faults = faults
        self.stale = stale
        self.seconds = seconds
        self.closed = threading.Event()
        self.lock = threading.Lock()
        self.events: list[Event] = []
        self._stored: dict[str, float] = {}
        self._counts = {True: 0, False: 0}

    @property
    def target(self) -> tuple[str, int]:
        """Host and port of the index behind."""
        parts = urlsplit(self.behind.upload or self.behind.simple or "")
        return parts.hostname or "127.0.0.1", parts.port or 80

    def request(self, method: str, path: str, name: str | None, sha256: str | None) -> Request:
        """Count a request, and tell what it is for."""
        with self.lock:
            self._counts[method == "POST"] += 1
            number = self._counts[method == "POST"]
        return Request(method, path, number, "upload" if method == "POST" else self._what(path), name, sha256)

    def _what(self, path: str) -> Literal["simple", "json", "other"]:
        if self.behind.simple and path.startswith(urlsplit(self.behind.simple).path.rstrip("/") + "/"):
            return "simple"
        if self.behind.json and path.startswith(urlsplit(self.behind.json).path.rstrip("/") + "/"):
            return "json"
        return "other"

    def note(self, request: Request, status: int | None, sha256: str | None, fault: Fault | None) -> None:
        """Log a request before its answer goes out: who has the answer finds the event."""
        kind, at = fault.kind if fault else None, self.seconds()
        event = Event(request.number, request.method, request.path, status, request.name, sha256, kind, at)
        with self.lock:
            self.events.append(event)

    def stored(self, name: str) -> None:
        """The index took this file just now."""
        with self.lock:
            self._stored.setdefault(name, self.seconds())

    def hidden(self, request: Request) -> frozenset[str]:
        """The files that a page may not show yet."""
        age = self.stale.get(request.what, lambda: -math.inf)()
        with self.lock:
            return frozenset(name for name, at in self._stored.items() if self.seconds() - at < age)
