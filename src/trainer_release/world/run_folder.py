"""The folder of a run that leaves nothing behind, however it ends: a keeper waits for our death; what even that cannot
remove, the next run does.

`python -I -S run_folder.py FOLDER` is the keeper: standard library alone, and nothing of ours is imported at the top.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_OWNER = ".owner"
_SUPERVISOR = b"ta_super.py"
_PATIENCE, _GRACE, _STEP = 5.0, 0.5, 0.02
"""How long a sweep goes on; how long the supervisors are given to end their own; between two looks; seconds."""


@contextmanager
def guarded(prefix: str) -> Iterator[Path]:
    """A temporary folder as `files.scratch` makes one, in which all others of this process lie from now on.

    Whatever becomes of this process, the folder goes, and every process that works in it or was started for it. What
    runs before this one have left is removed first.
    """
    import tempfile

    from trainer_release.world import files

    clean(Path(tempfile.gettempdir()))
    with files.scratch(prefix) as folder:
        owner = _owned(folder)
        keeper = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            with _temporary_in(str(folder)):
                yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            keeper.communicate()
            os.close(owner)


@contextmanager
def _temporary_in(folder: str) -> Iterator[None]:
    """Have this process, and what it starts, make temporary files here."""
    import tempfile

    before, variable = tempfile.tempdir, os.environ.get("TMPDIR")
    tempfile.tempdir = os.environ["TMPDIR"] = folder
    try:
        yield
    finally:
        tempfile.tempdir = before
        os.environ.pop("TMPDIR")
        os.environ.update({"TMPDIR": variable} if variable else {})


def clean(place: Path) -> None:
    """Sweep away every run's folder there whose owner is no more. The lock on it tells, which the kernel lets go."""
    from trainer_release.world.files import SCRATCH

    with os.scandir(place) as entries:
        folders = [entry.path for entry in entries if entry.name.startswith(SCRATCH)]
    for folder in folders:
        with suppress(OSError):
            owner = os.open(f"{folder}/{_OWNER}", os.O_RDWR)
            try:
                if os.fstat(owner).st_uid == os.geteuid() and _locked(owner):
                    sweep(folder)
            finally:
                os.close(owner)


def _owned(folder: Path) -> int:
    """Mark a folder as ours: a file that is locked from its first moment under its name."""
    owner = os.open(folder / f"{_OWNER}.new", os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    _locked(owner)
    (folder / f"{_OWNER}.new").rename(folder / _OWNER)
    return owner


def _locked(owner: int) -> bool:
    import fcntl

    try:
        fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def sweep(folder: str, spare: bytes = b"", patience: float = _PATIENCE) -> None:
    """End what belongs to a run's folder, but for commands that `spare` stands in, and remove it."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        found = [pid for pid in _processes() if pid != os.getpid() and _belongs(pid, os.fsencode(folder))]
        spared = [pid for pid in found if spare and spare in _read(pid, "cmdline")]
        for pid in set(found) - set(spared):
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)
        if not found and not os.path.lexists(folder):
            return
        time.sleep(_STEP)


def _processes() -> list[int]:
    try:
        return [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208 - names alone
    except OSError:
        return []  # not on this system


def _belongs(pid: int, folder: bytes) -> bool:
    """Whether a process is of a run: by its environment or program; by the folder where it works or a word of its
    command only where no terminal holds it, which may be a person's shell."""
    below = folder + b"/"
    if b"TA_RUN=" + below in b"\0" + _read(pid, "environ") or _link(pid, "exe").startswith(below):
        return True
    at_terminal = _read(pid, "stat").rpartition(b")")[2].split()[4:5] != [b"0"]
    return not at_terminal and (below in _link(pid, "cwd") + b"/" or below in _read(pid, "cmdline") + b"/")


def _read(pid: int, name: str) -> bytes:
    try:
        with open(f"/proc/{pid}/{name}", "rb") as stream:  # noqa: PTH123
            return stream.read()
    except OSError:
        return b""


def _link(pid: int, name: str) -> bytes:
    try:
        return os.readlink(b"/proc/%d/%b" % (pid, name.encode()))  # noqa: PTH115
    except OSError:
        return b""


def main(folder: str) -> None:
    """Wait until whoever holds the other end of the pipe has died, and sweep."""
    sys.stdin.buffer.read()
    if os.path.lexists(folder):
        sweep(folder, _SUPERVISOR, _GRACE)
        sweep(folder)


if __name__ == "__main__":
    main(sys.argv[1])
