"""A loopback proxy before any package index that breaks chosen requests the way networks and indexes do."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType
from typing import Self

from trainer_release.model.catalog import IndexAddress
from trainer_release.world import clock
from trainer_release.world.faults import KINDS, Event, Fault, Kind, Request, Traffic
from trainer_release.world.faulty_server import Server

__all__ = ["KINDS", "Event", "Fault", "Faulty", "Kind", "Request"]
_HOST = re.compile(r"(?<=://)([^/?#]*@)?[^/?#]*")


class Faulty:
    """The proxy over the index at `behind` (http, on this machine), while the context lasts.

    `faults` is asked for every request, from several threads. Simple pages are as the index's were `stale()`
    seconds ago, the JSON of releases as they were `stale_json()` seconds ago, by `seconds`, a clock: files that
    came through this proxy since are not on them. A value that grows again makes an index that goes backwards.
    """

    def __init__(
        self,
        behind: IndexAddress,
        faults: Callable[[Request], Fault | None] = lambda _: None,
        *,
        stale: Callable[[], float] = lambda: 0.0,
        stale_json: Callable[[], float] = lambda: 0.0,
        seconds: Callable[[], float] = clock.monotonic,
    ) -> None:
        self._traffic = Traffic(behind, faults, {"simple": stale, "json": stale_json}, seconds)
        self._server = Server(self._traffic)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._traffic.closed.set()  # lets go of every request that hangs
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def address(self) -> IndexAddress:
        """The index at `behind`, as it is reached through this proxy."""
        here, there = rf"\g<1>127.0.0.1:{self._server.server_port}", self._traffic.behind
        upload, simple, json = (url and _HOST.sub(here, url) for url in (there.upload, there.simple, there.json))
        return replace(there, upload=upload, simple=simple, json=json)

    @property
    def events(self) -> tuple[Event, ...]:
        """All requests that were answered, or broken, in that order."""
        with self._traffic.lock:
            return tuple(self._traffic.events)
