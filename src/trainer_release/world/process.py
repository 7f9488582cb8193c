"""Run a command: a list of words, never a shell; its own process group, a time limit, output captured."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from math import inf
from pathlib import Path
from typing import Any, AnyStr

from trainer_release.world.clock import monotonic

TAIL, WIDTH = 20, 1000
_LOOK = 1.0  # how long what is said may go on after the end, in seconds
_HELD = b"\nwhat it started, and what left its group, still holds its output open"


@dataclass(frozen=True, slots=True)
class Finished:
    """How a command ended. `code` is None where its time ran out (it and its group were killed)."""

    argv: tuple[str, ...]
    code: int | None
    out: str
    err: str

    @property
    def ok(self) -> bool:
        return self.code == 0

    @property
    def tail(self) -> tuple[str, ...]:
        """The last lines that it said, output before errors; of a very long one its end."""
        lines = [line for line in (self.out + "\n" + self.err).splitlines() if line.strip()]
        return tuple(line if len(line) <= WIDTH else f"…{line[-WIDTH:]}" for line in lines[-TAIL:])


def which(program: str) -> str | None:
    """The absolute path of a program that PATH (or the given path) leads to, None where there is none."""
    found = shutil.which(program)
    return os.path.abspath(found) if found else None  # noqa: PTH100 - a link of an environment stays a link


_RUNNING: set[subprocess.Popen[Any]] = set()
_ENDED: set[subprocess.Popen[Any]] = set()


def end_all() -> None:
    """End every command that runs now, with its group: for a Ctrl-C that reaches the main thread alone."""
    for process in tuple(_RUNNING):
        _ENDED.add(process)
        kill_group(process)


def ended(process: subprocess.Popen[Any]) -> bool:
    """Whether `end_all` ended this process."""
    return process in _ENDED


def start(argv: Sequence[str], *, env: Mapping[str, str], stdin: int) -> subprocess.Popen[bytes]:
    """Start a command that goes on beside us, in a group of its own, until `finish` or `end_all`. `env` is its whole
    environment, `stdin` a descriptor; what it prints is lost. OSError where it cannot be started."""
    process = subprocess.Popen(
        argv,
        env=env,
        stdin=stdin,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        umask=0o022,
    )
    _RUNNING.add(process)
    return process


def finish(process: subprocess.Popen[Any], patience: float) -> None:
    """Wait for a command that was told to end, so many seconds; then end it with its group."""
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        kill_group(process)
    _RUNNING.discard(process)


def alive(pid: int) -> bool:
    """Whether a process of that number runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def kill_group(process: subprocess.Popen[Any], grace: float = 3.0) -> None:
    """End a process and, where it leads a group, everything in that: TERM, a moment, KILL."""
    try:
        leads = os.getpgid(process.pid) == process.pid
        send = partial(os.killpg, process.pid) if leads else process.send_signal
        send(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(grace)
        send(signal.SIGKILL)  # the group may outlive its leader
    except ProcessLookupError:
        return


def run(
    argv: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    drop: Sequence[str] = (),
    timeout: float = 600.0,
) -> Finished:
    """Run a command and wait. `env` is added to this process's environment and `drop` taken from it; umask 022.

    It has nothing to read. `timeout` is in seconds. A missing program is code 127, as a shell would say. Ctrl-C ends
    the whole group.
    """
    words = tuple(str(word) for word in argv)
    full = {key: value for key, value in os.environ.items() if key not in drop} | dict(env or {})
    try:
        process = subprocess.Popen(
            words,
            cwd=cwd,
            env=full,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
            umask=0o022,
        )
    except FileNotFoundError as error:
        return Finished(words, 127, "", f"{error.filename}: not found")
    code, out, err = heard(process, "", timeout)
    return Finished(words, code, out, err if code is not None else f"{err}\nended after {timeout:g} s")


def heard(process: subprocess.Popen[AnyStr], stdin: AnyStr, timeout: float | None) -> tuple[int | None, AnyStr, AnyStr]:
    """Wait for a command with pipes: how it ended, what it printed, its errors.

    The code is None where its time (seconds) ran out: then it is ended, and its group where it leads one. A child that
    holds its pipes open after its end is not waited for; in its group it is ended. Ctrl-C ends the group.
    """
    _RUNNING.add(process)
    with process:
        try:
            return _listened(process, stdin, inf if timeout is None else timeout)
        except BaseException:
            kill_group(process)
            raise
        finally:
            _RUNNING.discard(process)


def _listened(process: subprocess.Popen[AnyStr], stdin: AnyStr, timeout: float) -> tuple[int | None, AnyStr, AnyStr]:
    """Listen until nobody can say more, or until it has ended, or its time has, and somebody else still could."""
    until = monotonic() + timeout
    patience = timeout if stdin else _LOOK  # what is half sent cannot be taken up again
    while True:
        try:
            left = max(0.0, min(patience, until - monotonic()))
            out, err = process.communicate(stdin, None if left == inf else left)
        except subprocess.TimeoutExpired:
            stdin = stdin[:0]
            if process.poll() is None and monotonic() < until:
                continue
            code = process.returncode
            kill_group(process)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # what it has left in its group
            out, err = _rest(process, stdin)
            return code, out, err
        return process.returncode, out, err


def _rest(process: subprocess.Popen[AnyStr], empty: AnyStr) -> tuple[AnyStr, AnyStr]:
    """What a process has said that is no more, as far as it can be had."""
    try:
        return process.communicate(timeout=_LOOK)
    except subprocess.TimeoutExpired as held:  # which holds bytes, whatever the pipes were to give
        said = held.output or b"", (held.stderr or b"") + _HELD
        out, err = said if isinstance(empty, bytes) else (part.decode("utf-8", "replace") for part in said)
        return out, err
