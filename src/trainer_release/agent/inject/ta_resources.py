"""What a test may take and need not give back: listeners, ports, processes, temporary files, callbacks."""

import builtins
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from time import sleep
from typing import Any, Callable, List, Optional, Sequence, Tuple, Union

_LOCAL = "127.0.0.1"
_FIRST, _LAST = 20000, 32000
"""Ports that no system hands out by itself: its own begin at 32768 or later ("ip_local_port_range", ip(7))."""


class CleanupError(Exception):
    """All that went wrong while a test's resources were given back; where Python has groups, they are one."""

    def __init__(self, message: str, errors: Sequence[BaseException]) -> None:
        lines = ["{}: {}".format(type(each).__name__, each) for each in errors]
        super().__init__("\n".join([message, *lines]))
        self.exceptions = tuple(errors)


def together(errors: List[Exception]) -> BaseException:
    """Several errors as one."""
    group: Any = getattr(builtins, "ExceptionGroup", CleanupError)
    whole: BaseException = group("{} of the cleanup failed".format(len(errors)), errors)
    return whole


class Resources:
    """Gives out resources and takes them back in reverse order, every one of them whatever goes wrong with others.

    No more than `most` processes run at a time; 0: as many as are asked for."""

    def __init__(self, most: int = 0) -> None:
        self._most = most
        self._started: "List[subprocess.Popen[Any]]" = []
        self._undo: List[Tuple[Callable[..., Any], Tuple[Any, ...]]] = []
        self._ports: List[int] = []

    def on_cleanup(self, call: Callable[..., Any], *given: Any) -> None:
        """Call this at the end."""
        self._undo.append((call, given))

    def listener(self, host: str = _LOCAL) -> socket.socket:
        """A socket that is bound to a free port and listens: nobody else can have come before."""
        each = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        self.on_cleanup(each.close)
        each.bind((host, 0))
        each.listen()
        return each

    def port(self) -> int:
        """A free port for a server that binds it itself; no other test of this machine is given it meanwhile."""
        start = int.from_bytes(os.urandom(2), "big")
        for step in range(_LAST - _FIRST):
            number = _FIRST + (start + step) % (_LAST - _FIRST)
            lease = _lease(number)
            if lease is None:
                continue
            if _is_free(number):
                self.on_cleanup(lease.close)
                return number
            lease.close()
        raise OSError("no port is free from {} to {}".format(_FIRST, _LAST))

    def process(self, argv: Sequence[str], **given: Any) -> "subprocess.Popen[Any]":
        """Start a process in a session of its own; at the end it and what it started are ended."""
        running = [each for each in self._started if each.poll() is None]
        if self._most and len(running) >= self._most:
            raise RuntimeError("limits.max-python-processes is {}, and as many run".format(self._most))
        given.setdefault("start_new_session", True)
        each = subprocess.Popen(list(argv), **given)
        self._started = [*running, each]
        self.track_process(each)
        return each

    def tmp(self) -> Path:
        """A new, empty folder."""
        folder = tempfile.mkdtemp()
        self.track_file(folder)
        return Path(folder)

    def track_process(self, each: "Union[subprocess.Popen[Any], int]") -> None:
        """End a process at the end, given as Popen or by its number."""
        self.on_cleanup(_end, each)

    def track_file(self, path: "Union[str, os.PathLike[str]]") -> None:
        """Remove a file or folder at the end."""
        self.on_cleanup(_remove, os.fspath(path))

    def track_port(self, number: int) -> None:
        """Complain if somebody still listens on this port when everything else has been given back."""
        self._ports.append(number)

    def cleanup_all(self) -> None:
        """Give everything back now; all errors as one."""
        errors: List[Exception] = []
        while self._undo:
            call, given = self._undo.pop()
            try:
                call(*given)
            except Exception as error:  # noqa: BLE001 (the others are still to be called)
                errors.append(error)
        errors += [OSError("port {} is still listened on".format(each)) for each in self._ports if not _is_free(each)]
        self._ports = []
        if errors:
            raise together(errors)


def _lease(number: int) -> Optional[socket.socket]:
    """Hold a port's number among those who ask here. An abstract name on Linux: it is the network namespace's, as the
    port is, and gone with its process. None where another holds it."""
    if not sys.platform.startswith("linux"):
        return socket.socket()
    each = socket.socket(socket.AF_UNIX)
    try:
        each.bind("\0test-agent-port-{}".format(number))
    except OSError:
        each.close()
        return None
    return each


def _is_free(number: int) -> bool:
    with socket.socket() as each:
        each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            each.bind((_LOCAL, number))
        except OSError:
            return False
    return True


def _remove(path: str) -> None:
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    else:
        with suppress(FileNotFoundError):
            os.unlink(path)


def _end(each: "Union[subprocess.Popen[Any], int]") -> None:
    if isinstance(each, int):
        for kind in (signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)):
            with suppress(OSError):
                os.kill(each, kind)
            for _ in range(200):
                if not _lives(each):
                    return
                sleep(0.01)
        return
    for kind in (signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)):
        _signal(each, kind)
        with suppress(subprocess.TimeoutExpired):
            each.wait(2)
            break
    _signal(each, getattr(signal, "SIGKILL", signal.SIGTERM))  # whatever of its session is left
    for stream in (each.stdin, each.stdout, each.stderr):
        if stream is not None:
            with suppress(OSError):
                stream.close()


def _signal(each: "subprocess.Popen[Any]", kind: int) -> None:
    with suppress(OSError):
        if hasattr(os, "killpg") and _own_group(each.pid):
            os.killpg(each.pid, kind)
        elif each.returncode is None:
            each.send_signal(kind)


def _own_group(pid: int) -> bool:
    """Whether a process leads a group, or did: its number is a group's as long as any member lives."""
    try:
        return os.getpgid(pid) == pid
    except OSError:
        return pid != os.getpgrp()


def _lives(pid: int) -> bool:
    with suppress(OSError):
        os.waitpid(pid, os.WNOHANG)
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True
