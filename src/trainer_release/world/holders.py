"""Who holds a lock or a lease: a process, so named that another one can tell whether it still runs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from trainer_release.world.clock import now


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that runs a command. `start` tells it from a later one of the same number, `boot` its machine, since
    that was started, and the numbering that its number belongs to (empty where the system does not say)."""

    pid: int
    host: str
    start: str
    boot: str
    since: str
    command: str

    def __str__(self) -> str:
        return f"`{self.command}`, process {self.pid} on {self.host}, since {self.since}"


def this(command: str) -> Holder:
    """The process that asks."""
    import socket

    return Holder(os.getpid(), socket.gethostname(), start_of(os.getpid()), boot(), now().isoformat(), command)


def written(holder: Holder) -> dict[str, Any]:
    """A holder as plain JSON."""
    return asdict(holder)


def read(facts: Mapping[str, Any]) -> Holder:
    """The reverse of `written`; KeyError or TypeError where the facts are none."""
    return Holder(int(facts["pid"]), *(str(facts[name]) for name in Holder.__slots__[1:]))


def is_gone(holder: Holder) -> bool:
    """Whether it is proved that this process runs no more: it was on this machine, since its last start, and either no
    process has its number or one that began later. False is no proof of the contrary."""
    known = holder.boot and holder.boot == boot() and holder.start
    return bool(known) and start_of(holder.pid) != holder.start


def runs(holder: Holder) -> bool:
    """Whether this process runs on this machine now, as far as that can be told."""
    return holder.boot == boot() and start_of(holder.pid) == holder.start


def boot() -> str:
    """The present start of the machine, with the numbering of processes that we are in: a container has its own. Empty
    where the system does not say."""
    with suppress(OSError):
        machine = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{machine} {Path('/proc/self/ns/pid').readlink()}"
    return _said("sysctl", "-n", "kern.bootsessionuuid") if sys.platform == "darwin" else ""


def start_of(pid: int) -> str:
    """When a running process began, as the system counts it; empty where there is none, or it has ended and only its
    parent has not asked yet. `?` where the system does not say."""
    if sys.platform == "win32" or (sys.platform == "linux" and not Path("/proc/self/stat").exists()):
        return "?"
    if sys.platform != "linux":
        return _said("ps", "-o", "lstart=", "-p", str(pid))
    with suppress(OSError):
        state, *rest = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
        return rest[18] if state not in ("Z", "X") else ""
    return ""


def _said(*command: str) -> str:
    with suppress(OSError):
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return ""
