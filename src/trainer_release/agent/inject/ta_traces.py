"""What a process has at this moment: descendants, descriptors, threads, temporary files. Asked per test, so cheap."""

import os
import socket
import sys
import threading
from typing import Any, Dict, Iterable, List, NamedTuple, Optional, Set, Tuple

LINUX = sys.platform.startswith("linux") and os.path.isdir("/proc/self/fd")
_LISTED = LINUX and os.path.exists("/proc/self/task/{}/children".format(os.getpid()))
_TCP_LISTEN = socket.SO_ACCEPTCONN if hasattr(socket, "SO_ACCEPTCONN") else 30

Key = Tuple[Any, ...]


class Process(NamedTuple):
    """A process as `/proc/PID/stat` has it: the start time tells it from a later one with its number."""

    pid: int
    start: str
    state: str
    parent: int
    session: int


def process(pid: int) -> Optional[Process]:
    """The living process of this number; None where it has ended, a zombie included."""
    try:
        with open("/proc/{}/stat".format(pid), "rb") as stream:
            words = stream.read().rpartition(b")")[2].split()
    except OSError:
        return None
    found = Process(pid, words[19].decode(), words[0].decode(), int(words[1]), int(words[3]))
    return None if found.state in "ZX" else found


def children(pid: int) -> List[int]:
    """The children of all of a process's threads, zombies included."""
    found: List[int] = []
    try:
        for task in os.listdir("/proc/{}/task".format(pid)):
            with open("/proc/{}/task/{}/children".format(pid, task), "rb") as stream:
                found += map(int, stream.read().split())
    except OSError:  # it has ended meanwhile
        pass
    return found


def descendants(root: int) -> Dict[Key, Process]:
    """Every living process below this one, by what tells it for good; who asks is left out, not what is below.

    One that was listed and has ended when it is looked at may have left children to a parent whose list had been read
    before: so it is looked again, until no other one has ended meanwhile.
    """
    below = _below if _LISTED else _scanned
    ended: Set[int] = set()
    while True:
        each = {pid: process(pid) for pid in below(root) if pid != os.getpid()}
        gone = {pid for pid, found in each.items() if found is None}
        if gone <= ended:
            return {("process", pid, found.start): found for pid, found in each.items() if found is not None}
        ended |= gone


def _below(root: int) -> Iterable[int]:
    waiting = children(root)
    while waiting:
        pid = waiting.pop()
        yield pid
        waiting += children(pid)


def _scanned(root: int) -> Iterable[int]:
    parents = {int(name): process(int(name)) for name in os.listdir("/proc") if name.isdigit()}
    waiting = [root]
    while waiting:
        above = waiting.pop()
        below = [pid for pid, each in parents.items() if each is not None and each.parent == above]
        yield from below
        waiting += below


def argv(pid: int) -> str:
    """A process's command line; its name in brackets where it shows none."""
    for name in ("cmdline", "comm"):
        try:
            with open("/proc/{}/{}".format(pid, name), "rb") as stream:
                words = stream.read().rstrip(b"\0\n").replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue
        if words:
            return words if name == "cmdline" else "[{}]".format(words)
    return "[{}]".format(pid)


def descriptors() -> Set[Key]:
    """The open descriptors but standard input, output and error, each with what it stands for."""
    found = set()
    for name in os.listdir("/proc/self/fd"):
        number = int(name)
        if number > 2:
            try:
                known = os.fstat(number)
            except OSError:  # the listing's own
                continue
            found.add(("descriptor", number, known.st_dev, known.st_ino))
    return found


def threads() -> Set[Key]:
    """The threads of Python but the one that asks and those that were started elsewhere and only came by."""
    own = threading.get_ident()
    return {
        ("thread", id(each), each.ident)
        for each in threading.enumerate()
        if each.ident != own and not isinstance(each, threading._DummyThread)
    }


def link(number: int) -> str:
    """What `/proc` says that a descriptor stands for: a path, `pipe:[7]`, `socket:[8]`."""
    try:
        return os.readlink("/proc/self/fd/{}".format(number))
    except OSError:
        return "descriptor {}".format(number)


def described(number: int) -> Tuple[str, str]:
    """The kind and text of a descriptor: a listening socket is a `port`, `127.0.0.1:4711`."""
    name = link(number)
    if not name.startswith("socket:"):
        return "descriptor", name
    try:
        with socket.socket(fileno=os.dup(number)) as each:
            listens = each.type == socket.SOCK_STREAM and each.getsockopt(socket.SOL_SOCKET, _TCP_LISTEN)
            place = _address(each.getsockname())
            return ("port", place) if listens else ("descriptor", "socket {}".format(place).rstrip())
    except OSError:
        return "descriptor", name


def _address(name: Any) -> str:
    if isinstance(name, tuple):
        return ("[{}]:{}" if ":" in str(name[0]) else "{}:{}").format(*name[:2])
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)


def thread_text(known: int) -> str:
    """A thread's name and what it runs."""
    for each in threading.enumerate():
        if id(each) == known:
            target = getattr(each, "_target", None) or type(each)
            words = (getattr(target, "__module__", ""), getattr(target, "__qualname__", repr(target)))
            return "{} ({}{})".format(each.name, ".".join(map(str, words)), ", daemon" if each.daemon else "")
    return "a thread that has ended"
