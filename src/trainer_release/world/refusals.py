"""What the system refuses, in words: a full or failing disk, missing rights, too many open files."""

from __future__ import annotations

import errno

from trainer_release.errors import Problem

_REFUSALS = {
    errno.ENOSPC: "free some space",
    errno.EDQUOT: "free some space, or have the quota raised",
    errno.EFBIG: "raise the limit of a file's size (`ulimit -f`), or take a file system that knows larger files",
    errno.EIO: "look at the disk: the system log says more",
    errno.EROFS: "make the file system writable",
    errno.EACCES: "give yourself the right to write there",
    errno.EPERM: "give yourself the right to write there",
    errno.EMFILE: "raise the limit of open files (`ulimit -n`)",
    errno.ENFILE: "end other programs: the system has no more open files",
    errno.ENOMEM: "free some memory",
}


def problem(error: OSError) -> Problem | None:
    """The complaint about what the system refused; None where it is no matter of disk, rights or limits, but a fault of
    ours."""
    remedy = _REFUSALS.get(error.errno or 0)
    if remedy is None:
        return None
    what = f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror)
    hint = f"{remedy}, then run the same command again: it goes on where it stopped"
    return Problem("system-refused", f"the system refused: {what}", hint=hint)
