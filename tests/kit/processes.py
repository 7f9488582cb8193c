"""Other processes: wait for what they do, and find those that are left."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path


def wait(until: Callable[[], bool], seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if until():
            return True
        time.sleep(0.002)
    return False


def processes(folder: Path) -> dict[int, str]:
    """Living processes that name this folder: their command lines."""
    found = {}
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = place.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in line:
            found[int(place.parent.name)] = line
    return found
