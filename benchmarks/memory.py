"""The memory of a process and all its descendants at one time: the sum of their proportional set sizes (Linux)."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import Self

PROC = Path("/proc")
PAUSE = 0.05


class Watch:
    """Looks at a tree of processes every 50 ms until it is left. `peak` is in MiB, 0 where there is no /proc."""

    def __init__(self) -> None:
        self.peak = 0.0
        self._done = Event()
        self._thread: Thread | None = None

    def __enter__(self) -> Self:
        return self

    def over(self, pid: int) -> None:
        """Begin with the tree below this process."""
        self._thread = Thread(target=self._look, args=(pid,), daemon=True)
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._done.set()
        if self._thread:
            self._thread.join()

    def _look(self, pid: int) -> None:
        while not self._done.is_set():
            self.peak = max(self.peak, sum(map(proportional, tree(pid))) / 1024)
            self._done.wait(PAUSE)


def tree(pid: int) -> list[int]:
    """The process and all below it, whatever their groups and sessions."""
    found = [pid]
    for one in found:
        with suppress(OSError):
            for task in (PROC / str(one) / "task").iterdir():
                found += map(int, (task / "children").read_text().split())
    return found


def proportional(pid: int) -> float:
    """The memory of one process in KiB, a page that several share counted in parts; 0 where it has ended."""
    with suppress(OSError):
        for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return float(line.split()[1])
    return 0.0
