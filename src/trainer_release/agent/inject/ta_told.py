"""What the events of a run say so far: which test runs since when, what is done, how many went wrong."""

from __future__ import annotations

import os
import time

import ta_json

TYPE_CHECKING = False  # typing's own constant without typing: a supervisor is to start at once
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional


class Told:
    """Reads the file of events as it grows, from where it was last read."""

    def __init__(self, path: str, leaks_fail: bool) -> None:
        self.file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        self.leaks_fail = leaks_fail
        self.read_to = 0
        self.rest = b""
        self.collected: Optional[List[str]] = None
        self.done: List[str] = []
        self.running: Optional[str] = None
        self.since = 0.0
        self.last: Optional[str] = None
        self.wrong = 0
        self.failing = False
        self.foreign = False
        self.finished: Optional[int] = None
        self.finished_at = 0.0
        self._known: Dict[str, Callable[[Dict[str, Any]], None]] = {
            "collected": self._collected,
            "begin": self._begin,
            "phase": self._phase,
            "collect-error": self._collect_error,
            "done": self._done,
            "timeout": self._timeout,
            "crash": self._crash,
            "foreign": self._foreign,
            "finish": self._finish,
            "worker": self._worker,
        }

    def tell(self, event: str, **values: Any) -> None:
        """Append one event by one write, on a line of its own whatever a killed worker left half written."""
        os.write(self.file, "\n{}\n".format(ta_json.written({"event": event, **values})).encode())

    def read(self) -> None:
        """Take in what has been appended."""
        while True:
            piece = os.pread(self.file, 1 << 20, self.read_to)
            if not piece:
                return
            self.read_to += len(piece)
            *lines, self.rest = (self.rest + piece).split(b"\n")
            for line in lines:
                told = _event(line)
                known = self._known.get(told.get("event", ""))
                if known:
                    known(told)

    def left(self) -> int:
        """How many of the collected tests are not done; 0 where nothing was collected."""
        counts: Dict[str, int] = {}
        for test in self.collected or ():
            counts[test] = counts.get(test, 0) + 1
        for test in self.done:
            counts[test] = counts.get(test, 0) - 1
        return sum(count for count in counts.values() if count > 0)

    def _worker(self, told: Dict[str, Any]) -> None:
        self.finished = None

    def _collected(self, told: Dict[str, Any]) -> None:
        if self.collected is None:
            self.collected = told["tests"]

    def _begin(self, told: Dict[str, Any]) -> None:
        self.running = self.last = told["test"]
        self.since = told.get("at") or time.monotonic()
        self.failing = False

    def _phase(self, told: Dict[str, Any]) -> None:
        self.failing = self.failing or told["outcome"] == "failed"

    def _collect_error(self, told: Dict[str, Any]) -> None:
        self.wrong += 1

    def _done(self, told: Dict[str, Any]) -> None:
        self.wrong += self.failing or bool(told["leaks"] and self.leaks_fail)
        self.done.append(told["test"])
        self.running = None

    def _timeout(self, told: Dict[str, Any]) -> None:
        self.wrong += 1
        if self.running == told["test"]:
            self.done.append(told["test"])
        self.running = None

    def _crash(self, told: Dict[str, Any]) -> None:
        self.wrong += 1
        if told["test"] is not None:
            self.done.append(told["test"])
        self.running = None

    def _foreign(self, told: Dict[str, Any]) -> None:
        self.foreign = True

    def _finish(self, told: Dict[str, Any]) -> None:
        self.finished, self.finished_at, self.running = told["exit"], time.monotonic(), None


def _event(line: bytes) -> Dict[str, Any]:
    try:
        told = ta_json.read(line.decode("utf-8", "replace")) if line else {}
    except ValueError:  # what a kill cut off
        return {}
    return told if isinstance(told, dict) else {}
