"""Levels of confinement: Linux namespaces, else a subreaper, else a process group.

Namespaces need no right: an unprivileged user namespace (user_namespaces(7)) is unshared first, in which this user
keeps its own number; process ids, network, mounts are then its own. Whoever is process 1 there takes everything along
when it ends (pid_namespaces(7)).
"""

from __future__ import annotations

import _signal
import _socket
import ctypes
import fcntl
import os
import struct
import sys

TYPE_CHECKING = False  # typing's own constant without typing: a supervisor is to start at once
if TYPE_CHECKING:
    from typing import Any, Callable, Mapping

NEWNS, NEWUSER, NEWPID, NEWNET = 0x00020000, 0x10000000, 0x20000000, 0x40000000
RDONLY, NOSUID, NODEV, NOEXEC, REMOUNT, BIND, REC, PRIVATE = 1, 2, 4, 8, 0x20, 0x1000, 0x4000, 0x40000
PDEATHSIG, SUBREAPER = 1, 36
GETFLAGS, SETFLAGS, UP = 0x8913, 0x8914, 0x1
UNCONFINED, LOST = 70, 71
"""How the process that is to be enclosed ends where the kernel does not allow it, and where it was killed."""


def enclosed(config: Mapping[str, Any], work: Callable[[], int], refused: Callable[[str], None]) -> int:
    """Do the work as process 1 of namespaces of its own; the exit code. `refused` is told why it cannot be: UNCONFINED.

    The process that asks stays outside, as it was.
    """
    helper = os.fork()
    if not helper:
        os._exit(_unshared(config, work, refused))
    return waited(helper)


def _unshared(config: Mapping[str, Any], work: Callable[[], int], refused: Callable[[str], None]) -> int:
    own = config["network"] == "loopback"
    try:
        dies_with_parent()
        uid, gid = os.geteuid(), os.getegid()
        _called("unshare", NEWUSER | NEWPID | NEWNS | (NEWNET if own else 0))
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", "{0} {0} 1".format(uid))
        _write("/proc/self/gid_map", "{0} {0} 1".format(gid))
        first = os.fork()
    except OSError as error:
        refused(str(error))
        return UNCONFINED
    if first:
        return waited(first)
    try:
        dies_with_parent()
        _furnish(config["hide"], own)
    except OSError as error:
        refused(str(error))
        os._exit(UNCONFINED)
    os._exit(work())


def _furnish(hidden: Any, own_network: bool) -> None:
    """What the new namespaces lack: a /proc of their own processes, covers over what is hidden, a loopback that is
    up."""
    _called("mount", b"none", b"/", None, REC | PRIVATE, None)
    _called("mount", b"proc", b"/proc", b"proc", NOSUID | NODEV | NOEXEC, None)
    for folder, shown in hidden:
        if os.path.isdir(folder):
            _cover(folder, shown)
    if own_network:
        _raise_loopback()


def _cover(folder: str, shown: Any) -> None:
    """Put an empty folder in the place of one, in which only what is shown can be seen; what comes to lie in the real
    one later is not there either."""
    held = [(place, os.open(place, os.O_PATH | os.O_DIRECTORY)) for place in shown if os.path.isdir(place)]
    _called("mount", b"hidden", os.fsencode(folder), b"tmpfs", NOSUID | NODEV, b"size=4k,mode=755")
    for place, handle in held:
        os.makedirs(place, exist_ok=True)
        _called("mount", b"/proc/self/fd/%d" % handle, os.fsencode(place), None, BIND | REC, None)
        os.close(handle)
    _called("mount", b"none", os.fsencode(folder), None, REMOUNT | BIND | RDONLY | NOSUID | NODEV, None)


def _raise_loopback() -> None:
    link = _socket.socket(_socket.AF_INET, _socket.SOCK_DGRAM, 0)
    asked = struct.pack("16sh14x", b"lo", 0)
    (flags,) = struct.unpack_from("h", fcntl.ioctl(link.fileno(), GETFLAGS, asked), 16)
    fcntl.ioctl(link.fileno(), SETFLAGS, struct.pack("16sh14x", b"lo", flags | UP))
    link.close()


def adopts() -> bool:
    """Make this process the parent of every orphan below it (prctl(2)); whether the kernel does."""
    try:
        _called("prctl", SUBREAPER, 1, 0, 0, 0)
    except OSError:
        return False
    return True


def dies_with_parent() -> None:
    """Have the kernel kill this process as soon as its parent has died."""
    if sys.platform == "linux":
        _called("prctl", PDEATHSIG, _signal.SIGKILL, 0, 0, 0)


def waited(child: int) -> int:
    """The exit code of a child; LOST where a signal ended it."""
    _, status = os.waitpid(child, 0)
    return os.WEXITSTATUS(status) if os.WIFEXITED(status) else LOST


def _called(name: str, *words: Any) -> None:
    """A function of the C library. OSError with its name where it fails, or where there is none."""
    try:
        function = getattr(ctypes.CDLL(None, use_errno=True), name)
    except (AttributeError, TypeError, OSError):
        raise OSError("{}: not on this system".format(name)) from None
    if function(*(ctypes.c_ulong(word) if isinstance(word, int) else word for word in words)) == -1:
        raise OSError("{}: {}".format(name, os.strerror(ctypes.get_errno())))


def _write(path: str, text: str) -> None:
    try:
        handle = os.open(path, os.O_WRONLY)
        try:
            os.write(handle, text.encode())
        finally:
            os.close(handle)
    except OSError as error:
        raise OSError("{}: {}".format(path, error.strerror)) from None
