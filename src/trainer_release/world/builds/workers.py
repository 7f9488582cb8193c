"""Workers: a build backend imported once, and every call of it in a fork (Linux, macOS and their like).

A call is the very command line that a plain build would start, so that what it does and says is the same: the worker
is an interpreter that has started already. Where none can be had the caller starts his own.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from subprocess import Popen
from tempfile import TemporaryFile
from threading import Lock
from typing import IO

from trainer_release.world.builds.profile import guarded
from trainer_release.world.process import Finished, ended, finish, start

START = 60.0
"""How long a worker may take to import its backend, in seconds."""
_ENDING = 5.0
_SHOWN = 64_000


def possible() -> bool:
    """Whether this system forks and hands descriptors over."""
    return hasattr(os, "fork") and hasattr(socket, "send_fds")


class Gone(Exception):  # noqa: N818 - what has happened, not a fault of ours
    """The worker ended before the call did. `asked`: we ended it ourselves."""

    def __init__(self, *, asked: bool) -> None:
        super().__init__()
        self.asked = asked


@dataclass(frozen=True, slots=True)
class Call:
    """One command line, as `process.run` would take it; `env` is the whole environment; `timeout` in seconds."""

    argv: tuple[str, ...]
    cwd: str
    env: Mapping[str, str] = field(repr=False)
    timeout: float = 600.0


class Worker:
    """One running worker. `run` may be called by several threads."""

    def __init__(self, python: str, modules: Sequence[str], env: Mapping[str, str]) -> None:
        """Start it; OSError where it does not come up: then its backend is better called in the usual way."""
        self._control, theirs = socket.socketpair()
        argv = guarded(python, "worker.py", json.dumps(list(modules)))
        with theirs:
            self._process: Popen[bytes] = start(argv, env=env, stdin=theirs.fileno())
        try:
            self._control.settimeout(START)
            said = self._control.recv(16)
            self._control.settimeout(None)
        except BaseException:
            self.close()
            raise
        if not said:
            self.close()
            raise ConnectionError("the worker ended at once")

    def run(self, call: Call) -> Finished:
        """Have it done, and wait. Gone where the worker does not survive it."""
        with TemporaryFile() as out, TemporaryFile() as err:
            code = self._do(call, out.fileno(), err.fileno())
            said = _last(err) if code is not None else f"{_last(err)}\nended after {call.timeout:g} s"
            return Finished(call.argv, code, _last(out), said)

    def _do(self, call: Call, out: int, err: int) -> int | None:
        """The exit code; None where time ran out."""
        job = {"argv": call.argv[1:], "cwd": call.cwd, "env": dict(call.env)}
        ours, theirs = socket.socketpair()
        pid = 0
        with ours:
            try:
                with theirs:
                    socket.send_fds(self._control, [b"+"], [out, err, theirs.fileno()])
                ours.settimeout(call.timeout)
                ours.sendall(f"{json.dumps(job)}\n".encode())
                with ours.makefile("rb", buffering=0) as answers:
                    pid = int(answers.readline() or 0)
                    return int(answers.readline())
            except TimeoutError:
                ours.shutdown(socket.SHUT_WR)
                ours.settimeout(_ENDING)
                with contextlib.suppress(OSError):
                    ours.recv(16)
                return None
            except (OSError, ValueError):
                if pid:
                    with contextlib.suppress(OSError):
                        os.killpg(pid, signal.SIGKILL)
                raise Gone(asked=ended(self._process)) from None

    def close(self) -> None:
        """End it and all that it runs."""
        self._control.close()
        finish(self._process, _ENDING)


def _last(file: IO[bytes]) -> str:
    """The end of a file, which may be large."""
    file.seek(max(0, file.seek(0, os.SEEK_END) - _SHOWN))
    return file.read().decode("utf-8", "replace")


class Workers:
    """The workers of a run: one for each interpreter, backend and time, started when first needed."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._locks: dict[tuple[str, ...], Lock] = {}
        self._at_work: dict[tuple[str, ...], Worker | None] = {}

    def run(self, call: Call, modules: Sequence[str], base: Mapping[str, str], key: tuple[str, ...]) -> Finished | None:
        """Do a call; None where no worker can. `base` is the environment to start the worker in, `modules` what it
        imports; `key` tells which calls may share it.

        A call during which the worker dies is made once more in a worker of its own: it may have been another's fault.
        """
        try:
            worker = self._worker(call.argv[0], modules, base, key)
            if worker is None:
                return None
            try:
                return worker.run(call)
            except Gone as gone:
                if gone.asked:
                    raise
                self._forget(key, worker)
                with contextlib.closing(Worker(call.argv[0], modules, base)) as alone:
                    return alone.run(call)
        except Gone:
            return Finished(call.argv, -signal.SIGKILL, "", "the process that called the backend was ended")
        except OSError:
            return None

    def close(self) -> None:
        """End all of them."""
        for worker in self._at_work.values():
            if worker is not None:
                worker.close()
        self._at_work.clear()

    def _worker(
        self, python: str, modules: Sequence[str], base: Mapping[str, str], key: tuple[str, ...]
    ) -> Worker | None:
        with self._guard:
            lock = self._locks.setdefault(key, Lock())
        with lock:
            if key not in self._at_work:
                try:
                    self._at_work[key] = Worker(python, modules, base)
                except OSError:
                    self._at_work[key] = None
            return self._at_work[key]

    def _forget(self, key: tuple[str, ...], worker: Worker) -> None:
        with self._locks[key]:
            if self._at_work.get(key) is worker:
                worker.close()
                del self._at_work[key]
