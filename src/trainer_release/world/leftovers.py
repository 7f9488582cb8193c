"""What a killed run has left: swept by the next one, under the suite's lock, and only what is provably its own."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from trainer_release.world import git_locks
from trainer_release.world.files import LEFTOVER, SCRATCH, remove_tree
from trainer_release.world.git import Git
from trainer_release.world.holders import Holder

_HALF = re.compile(rf"{re.escape(LEFTOVER)}[a-z0-9_]{{8}}(\.tmp)?")
_AFTER = 60.0
"""Seconds after a killed run's last sign of life within which what it had started may still have made a lock file."""


def sweep(state: Path, git: Git, before: Holder) -> None:
    """Remove what the run `before`, which was killed, has left: half-written files in the suite's folder (`state`),
    its scratch folders, lock files of its git commands here and in the clones."""
    begin = datetime.fromisoformat(before.since).timestamp()
    signs = [path for pattern in ("*", "data/*", "cache/journal/*/*") for path in state.glob(pattern)]
    end = max((path.stat().st_mtime for path in signs), default=begin) + _AFTER
    git_locks.remove_stale(git.common, git.root, begin, end)
    for clone in (state / "data" / "repositories").glob("*.git"):
        git_locks.remove_stale(clone, clone, begin, end)
    for path in _half_written(state):
        path.unlink(missing_ok=True)
    if before.pid == os.getpid():
        return  # this very process, which works on; or one of the same number, in a container that is gone
    own = os.getuid() if hasattr(os, "getuid") else 0
    for folder in Path(tempfile.gettempdir()).glob(f"{SCRATCH}*-{before.pid}-*"):
        made = folder.lstat()
        if made.st_uid == own and made.st_mtime >= begin and not folder.is_symlink():
            remove_tree(folder)


def _half_written(state: Path) -> Iterator[Path]:
    """Files that were to replace another, but for those of the embedded index, which another server may be writing."""
    for folder, folders, files in os.walk(state):
        folders[:] = [name for name in folders if name not in ("objects", "trees") and Path(folder).name != "index"]
        yield from (Path(folder) / name for name in files if _HALF.fullmatch(name))
