"""The user's cache folder: what is kept there by content, under a lock, with a stamp, until nobody uses it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from trainer_release.errors import ReleaseError
from trainer_release.world.files import make_folder, remove_tree, replace_text, text_or_none

DAY = 86_400
_STAMP = "stamp.json"
Thing = TypeVar("Thing")


def cache_folder() -> Path | None:
    """The user's folder for what may be deleted at any time (XDG Base Directory; on macOS its own). None for a user
    without a home, as containers have them."""
    given = Path(os.environ.get("XDG_CACHE_HOME", ""))
    try:
        usual = Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache")
    except RuntimeError:
        usual = Path()
    place = given if given.is_absolute() else usual
    return place / "trainer-release" if place.is_absolute() else None


def build_of(python: str) -> list[str | int]:
    """What tells one interpreter from another that takes its place: where it lies, its size, its time of change."""
    real = Path(python).resolve()
    known = real.stat()
    return [str(real), known.st_size, known.st_mtime_ns]


def key_of(facts: Any) -> str:
    """A name for what is made of these facts, which are JSON."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Shelf:
    """Things of one kind below a folder, each in a folder of its own, named by its key; several runs may use it at
    once. One that nobody has used for `days` is removed."""

    root: Path
    days: float

    def having(
        self, key: str, sound: Callable[[Path, Any], Thing | None], make: Callable[[Path], tuple[Thing, Any]]
    ) -> Thing:
        """The thing of this key. `sound` is given its folder and stamp, and answers None where it is not as it was
        made; then `make` makes it in the folder, beside what another run may still use, and gives its stamp, too.

        OSError where the folder cannot be written to.
        """
        folder = self.root / key
        found = _used(folder, sound)
        if found is not None:
            return found
        from filelock import FileLock

        make_folder(folder)
        with FileLock(folder / "lock"):
            found = _used(folder, sound)
            if found is None:
                self._forget_old()
                found, stamp = make(folder)
                replace_text(folder / _STAMP, json.dumps(stamp))
            return found

    def _forget_old(self) -> None:
        """Remove what is not used any more; another run may be doing the same."""
        for folder in self.root.iterdir():
            with contextlib.suppress(OSError, ReleaseError):
                _tidy(folder, self.days * DAY)


def _used(folder: Path, sound: Callable[[Path, Any], Thing | None]) -> Thing | None:
    text = text_or_none(folder / _STAMP)
    try:
        found = sound(folder, json.loads(text)) if text else None
        if found is not None:
            os.utime(folder / _STAMP)
    except (ValueError, KeyError, TypeError, IndexError, OSError, ReleaseError):
        return None
    return found


def _tidy(folder: Path, unused: float) -> None:
    """Remove a thing that no run has used for so many seconds, unless one has just begun to; and what is a day old and
    not, or no longer, the one to use: the halves that killed runs left, and those that were not sound."""
    from filelock import FileLock

    if _age(folder) > unused:
        with FileLock(folder / "lock", timeout=0):
            if _age(folder) > unused:
                remove_tree(folder)
    stamp = text_or_none(folder / _STAMP) or ""
    for place in folder.iterdir():
        if place.is_dir() and place.name not in stamp and _age(place) > DAY:
            remove_tree(place)


def _age(folder: Path) -> float:
    """For how many seconds it has not been used."""
    stamp = folder / _STAMP
    return time.time() - (stamp if stamp.exists() else folder).stat().st_mtime


def fingerprint(folder: Path, *, compiled: bool = True) -> str:
    """A hash over every path below a folder, its kind, size and times of change; links are not followed. The time that
    the system sets (ctime) tells a change that hides the other. Without `compiled`, what Python compiles for itself
    (`__pycache__`) may come and go."""
    lines = sorted(_entries(str(folder), "", () if compiled else ("__pycache__",)))
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def _entries(folder: str, inside: str, without: Collection[str]) -> Iterator[str]:
    with os.scandir(folder) as found:
        for entry in found:
            at = entry.stat(follow_symlinks=False)
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in without:
                    yield from _entries(entry.path, f"{inside}{entry.name}/", without)
            else:
                yield f"{inside}{entry.name} {at.st_mode} {at.st_size} {at.st_mtime_ns} {at.st_ctime_ns} {at.st_ino}"
