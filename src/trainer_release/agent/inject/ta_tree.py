"""The processes of a run, at each level of confinement: which there are, what they are called, their end."""

from __future__ import annotations

import _signal
import os
import time

TYPE_CHECKING = False  # typing's own constant without typing: a supervisor is to start at once
if TYPE_CHECKING:
    from typing import Dict, List, Optional, Sequence, Set

KNOWN = ("multiprocessing.resource_tracker", "multiprocessing.forkserver")
"""What Python starts for itself and ends by itself: no leak."""
_PATIENCE = 5.0


class Tree:
    """What runs below the supervisor. Where only a group holds it together, `run` marks its environment (`TA_RUN`), and
    what works in one of the folders of the run is of it, too."""

    def __init__(self, level: str, run: str, folders: Sequence[str]) -> None:
        self.level = level
        self.folders = folders
        self.mark = b"TA_RUN=" + os.fsencode(run)
        self.worker = 0
        self.status: Optional[int] = None

    def watch(self, worker: int) -> None:
        """A new worker, which leads its own group."""
        self.worker, self.status = worker, None

    def reap(self) -> Optional[int]:
        """Take the end of every child that has ended, adopted ones too; how the worker ended (os.wait), None: it
        runs."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return self.status
            if pid == 0:
                return self.status
            if pid == self.worker:
                self.status = status

    def alive(self) -> List[int]:
        """The processes of the run that have not ended, the supervisor left out."""
        self.reap()
        try:
            names = [int(name) for name in os.listdir("/proc") if name.isdigit()]
        except OSError:
            return self._worker_alone()
        me = os.getpid()
        if self.level == "namespaces":
            found = set(names) - {me}
        elif self.level == "subreaper":
            found = _below(me, names)
        else:
            found = {pid for pid in names if pid != me and self._marked(pid)}
        return sorted(pid for pid in found if _state(pid) not in ("", "Z", "X"))

    def end(self, grace: float) -> None:
        """TERM to everything, a while for the worker to end, KILL until nothing is left."""
        if grace and self.reap() is None:
            self.send(_signal.SIGTERM)
            until = time.monotonic() + grace
            while self.reap() is None and time.monotonic() < until:
                time.sleep(0.01)
        self.send(_signal.SIGKILL)
        until = time.monotonic() + _PATIENCE
        while self.alive() and time.monotonic() < until:
            self.send(_signal.SIGKILL)
            time.sleep(0.002)

    def send(self, number: int) -> None:
        """A signal to every process of the run."""
        if self.level == "namespaces":
            _send(-1, number)
            return
        _send(-self.worker, number)
        for pid in self.alive():
            _send(pid, number)

    def _worker_alone(self) -> List[int]:
        return [self.worker] if self.worker and self.status is None else []

    def _marked(self, pid: int) -> bool:
        fields = _stat(pid)
        if fields and int(fields[2]) == self.worker:
            return True  # it never left the worker's group
        try:
            place = os.readlink("/proc/{}/cwd".format(pid))
            if any(place == folder or place.startswith(folder + os.sep) for folder in self.folders):
                return True
            with open("/proc/{}/environ".format(pid), "rb") as stream:
                return self.mark in stream.read().split(b"\0")
        except OSError:
            return False


def named(pid: int) -> str:
    """What a process calls itself: its words, else its short name."""
    try:
        with open("/proc/{}/cmdline".format(pid), "rb") as stream:
            words = stream.read().rstrip(b"\0").replace(b"\0", b" ").decode("utf-8", "replace")
        if words:
            return words[:500]
        with open("/proc/{}/comm".format(pid), "rb") as stream:
            return stream.read().decode("utf-8", "replace").strip()
    except OSError:
        return ""


def _stat(pid: int) -> List[str]:
    """The fields of /proc/PID/stat after the name: state, parent (proc(5))."""
    try:
        with open("/proc/{}/stat".format(pid), "rb") as stream:
            return stream.read().rpartition(b")")[2].decode().split()
    except OSError:
        return []


def _state(pid: int) -> str:
    fields = _stat(pid)
    return fields[0] if fields else ""


def _below(top: int, pids: List[int]) -> Set[int]:
    children: Dict[int, List[int]] = {}
    for pid in pids:
        fields = _stat(pid)
        if fields:
            children.setdefault(int(fields[1]), []).append(pid)
    found: Set[int] = set()
    waiting = [top]
    while waiting:
        for child in children.get(waiting.pop(), []):
            if child not in found:
                found.add(child)
                waiting.append(child)
    return found


def _send(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return
