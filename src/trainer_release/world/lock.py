"""One run per suite on this machine; the holder is named."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from trainer_release.errors import fail
from trainer_release.world import holders
from trainer_release.world.clock import monotonic, sleep
from trainer_release.world.files import remove_leftovers, replace_text, text_or_none
from trainer_release.world.holders import Holder

NAME = "holder.json"
_WAIT = "wait until it ends"
_MOMENT = 0.5


@contextmanager
def held(folder: Path, command: str, swept: Callable[[Holder], None] = lambda _before: None) -> Iterator[Holder]:
    """Hold the lock in the cache folder while the block runs, which gets this holder. Another holder is `locked`
    (exit 9), and named. `swept` is called first with the holder before, where that was killed.

    The kernel frees the lock when its holder dies, so that there is no stale lock to steal. Its name stands beside the
    cache, not in it: where somebody deletes that during a run, the run still holds.
    """
    from filelock import FileLock, Timeout

    folder.mkdir(parents=True, exist_ok=True)
    place = folder.parent / NAME
    lock = FileLock(folder / "lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise fail("locked", f"another run holds the lock: {_named(place)}", hint=_WAIT) from None
    except OSError as error:
        raise _unusable(folder / "lock", error) from error
    try:
        before, me = _holder(place), holders.this(command)
        if before:
            _refuse_living(before, me)
            swept(before)
        remove_leftovers([place.parent])  # of this very file
        replace_text(place, json.dumps(holders.written(me)) + "\n")
        try:
            yield me
        finally:
            place.unlink(missing_ok=True)
    finally:
        lock.release()


def holder(folder: Path) -> Holder | None:
    """Who holds the lock in the cache folder now, as far as this machine can tell; None where nobody does any more."""
    found = _holder(folder.parent / NAME)
    return found if found and holders.runs(found) else None


def _refuse_living(before: Holder, me: Holder) -> None:
    """Refuse where the holder before still runs: somebody removed the lock file under it."""
    known = before.boot == me.boot and before.start and before.pid != me.pid
    if known and not holders.is_gone(before):
        raise fail("locked", f"another run holds the lock, whose file was removed: {before}", hint=_WAIT)


def _unusable(path: Path, error: OSError) -> Exception:
    return fail(
        "lock-unusable",
        f"{path.name} cannot be locked: {error.strerror}",
        path=str(path),
        hint=f"it must be a file of yours and no link: look with `ls -l {path.parent}`",
    )


def _holder(place: Path) -> Holder | None:
    try:
        return holders.read(json.loads(text_or_none(place) or "null"))
    except (ValueError, KeyError, TypeError):
        return None


def _named(place: Path) -> str:
    """Who holds the lock; a run that has just begun is given a moment to say so."""
    until = monotonic() + _MOMENT
    while not ((found := _holder(place)) and holders.runs(found)) and monotonic() < until:
        sleep(0.02)
    unnamed = f"a process on this machine that has not named itself yet ({Path(sys.argv[0]).name})"
    return str(found) if found and holders.runs(found) else unnamed
