"""One run per suite on this machine; the holder is named."""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trainer_release.errors import fail
from trainer_release.world.clock import now


@contextmanager
def held(folder: Path, command: str) -> Iterator[None]:
    """Hold the lock in `folder` while the block runs; another holder is `locked` (exit 9), and named.

    The kernel frees the lock when its holder dies, so that there is no stale lock to steal.
    """
    from filelock import FileLock, Timeout

    folder.mkdir(parents=True, exist_ok=True)
    holder = folder / "holder.json"
    lock = FileLock(folder / "lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise fail("locked", f"another run holds the lock: {_named(holder)}", hint="wait until it ends") from None
    try:
        facts = {"pid": os.getpid(), "host": socket.gethostname(), "since": now().isoformat(), "command": command}
        holder.write_text(json.dumps(facts), encoding="utf-8")
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _named(holder: Path) -> str:
    try:
        facts = json.loads(holder.read_text(encoding="utf-8"))
        return f"`{facts['command']}`, process {facts['pid']} on {facts['host']}, since {facts['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return f"a process on this machine that has not named itself yet ({Path(sys.argv[0]).name})"
