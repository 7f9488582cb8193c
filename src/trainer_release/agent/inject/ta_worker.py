"""The process that runs pytest: its start, what it prints, the stacks that it shows on a signal."""

from __future__ import annotations

import _signal
import os
import time

import ta_confine

TYPE_CHECKING = False  # typing's own constant without typing: a supervisor is to start at once
if TYPE_CHECKING:
    from typing import Dict, List

_SHOWN, _TAIL = 0.5, 4000
"""How long stacks may take to be written, in seconds; how much of an output's end is shown, in bytes."""


def start(argv: List[str], cwd: str, env: Dict[str, str], output: str) -> int:
    """Start a worker in a session of its own, with nothing to read; its number."""
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setsid()
        ta_confine.dies_with_parent()
        for number in (_signal.SIGTERM, _signal.SIGINT, _signal.SIGHUP, _signal.SIGCHLD, _signal.SIGPIPE):
            _signal.signal(number, _signal.SIG_DFL)
        _preferred_by_the_oom_killer()
        printed = os.open(output, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(printed, 1)
        os.dup2(printed, 2)
        os.chdir(cwd)
        os.execve(argv[0], argv, env)  # noqa: S606 - a list of words
    except OSError as error:
        os.write(2, "{}: {}\n".format(argv[0], error).encode())
    finally:
        os._exit(127)


def _preferred_by_the_oom_killer() -> None:
    """Where memory runs out the tests are to go, not whoever watches them (proc(5), oom_score_adj)."""
    try:
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as stream:
            stream.write("500")
    except OSError:
        return


def stacks(worker: int, path: str) -> str:
    """Ask a worker for the stacks of its threads (faulthandler writes them on SIGUSR1) and wait until they are
    there."""
    before = size(path)
    if not os.path.exists(path):
        return ""  # nobody listens, and the signal would kill
    try:
        os.kill(worker, _signal.SIGUSR1)
    except ProcessLookupError:
        return ""
    until, last = time.monotonic() + _SHOWN, before
    while time.monotonic() < until:
        time.sleep(0.02)
        now = size(path)
        if now > before and now == last:
            break
        last = now
    return begun(path, before)


def begun(path: str, since: int) -> str:
    """The beginning of what was appended to a file since it was so long: of stacks, where a thread is comes first."""
    try:
        with open(path, "rb") as stream:
            stream.seek(since)
            return stream.read(_TAIL).decode("utf-8", "replace")
    except OSError:
        return ""


def size(path: str) -> int:
    """How long a file is; 0 where there is none."""
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def said(path: str, since: int) -> str:
    """The end of what was appended to a file since it was so long."""
    try:
        with open(path, "rb") as stream:
            stream.seek(max(since, size(path) - _TAIL))
            return stream.read().decode("utf-8", "replace")
    except OSError:
        return ""
