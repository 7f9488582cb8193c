"""The only source of time."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from threading import Event

_stopped = Event()


def now() -> datetime:
    """The present moment in UTC, whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def monotonic() -> float:
    """Seconds on a clock that never runs backwards."""
    return time.monotonic()


def sleep(seconds: float) -> None:
    """Wait; a thread that waits when the run is stopped, or would then, is ended (KeyboardInterrupt)."""
    if _stopped.wait(seconds):
        raise KeyboardInterrupt


def stop() -> None:
    """Nobody waits any longer: for a Ctrl-C, which reaches the main thread alone."""
    _stopped.set()


def go() -> None:
    """A run begins."""
    _stopped.clear()
