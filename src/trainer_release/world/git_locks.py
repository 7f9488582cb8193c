"""Lock files of git's in the way: those that a killed run of ours has left, and what to do about others."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from trainer_release.errors import Problem
from trainer_release.world.clock import monotonic, now, sleep

YOUNG = 2.0
PATIENCE = 5.0
"""Seconds: younger than that no lock file is removed; and so long a git process that is still there is waited for."""


def remove_stale(common: Path, root: Path, begin: float, end: float) -> list[Path]:
    """Remove the lock files in a repository that were made between two moments (seconds since 1970), in which a run of
    ours ran that was killed; what was removed.

    Nothing is removed while a git process works in the repository, or where the system does not tell that.
    """
    found = [path for path in _locks(common) if begin <= _made(path) <= end]
    if not found or sys.platform != "linux":
        return []
    until = monotonic() + PATIENCE
    while _processes(root, common) or any(now().timestamp() - _made(path) < YOUNG for path in found):
        if monotonic() > until:
            return []
        sleep(0.1)
    removed = [path for path in found if begin <= _made(path) <= end]
    for path in removed:
        path.unlink(missing_ok=True)
    return removed


def problem(said: str, root: Path) -> Problem | None:
    """The complaint about a lock file that git names in what it said; None where it names none."""
    named = re.search(r"Unable to create '([^'\n]+\.lock)': File exists", said)
    if named is None:
        return None
    path = root / named[1]
    age = f", made {max(0, now().timestamp() - _made(path)):.0f} s ago" if path.exists() else ""
    pids = _processes(root, path.parent) if path.exists() else []
    alone = "no git process works here now: where none does elsewhere either,"
    held = f"wait for git (process {', '.join(map(str, pids))})" if pids else f"{alone} `rm '{path}'`"
    return Problem("git-locked", f"{path.name} is in the way{age}", path=str(path), hint=f"{held}; then run it again")


def _locks(common: Path) -> Iterator[Path]:
    yield from common.glob("*.lock")
    yield from (common / "refs").rglob("*.lock")
    yield from (common / "worktrees").glob("*/*.lock")


def _made(path: Path) -> float:
    with suppress(OSError):
        return path.stat().st_mtime
    return 0.0


def _processes(*places: Path) -> list[int]:
    """The git processes that work in one of these folders: their directory is there, or their words name it."""
    found, names = [], [str(place) for place in places]
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (entry / "comm").read_text().startswith("git"):
                words = (entry / "cmdline").read_bytes().decode(errors="replace")
                here = f"{(entry / 'cwd').readlink()}/"
                if any(here.startswith(f"{name}/") or name in words for name in names):
                    found.append(int(entry.name))
    return found
