"""Time that passes only when somebody waits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


class Simulated:
    """A clock for a run and an index alike: `sleep` returns at once, and so much later.

    `then` is called after each wait with the seconds since the start: what happens meanwhile.
    """

    def __init__(self, start: datetime = START, then: Callable[[float], object] = lambda _: None) -> None:
        self.start = start
        self.then = then
        self.passed = 0.0
        self.waits: list[float] = []
        self._lock = threading.Lock()

    def now(self) -> datetime:
        return (self.start + timedelta(seconds=self.passed)).replace(microsecond=0)

    def monotonic(self) -> float:
        return self.passed

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.passed += max(0.0, seconds)
            self.waits.append(seconds)
        self.then(self.passed)
