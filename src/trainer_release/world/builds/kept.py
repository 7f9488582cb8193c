"""Build environments that outlive a run: in the user's cache folder, by content, checked before they are used again."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import uuid4

from trainer_release.errors import ReleaseError
from trainer_release.world.files import make_folder, remove_tree, replace_text, scratch, text_or_none
from trainer_release.world.venvs import Venvs

_FORMAT = "1"
_DAY = 86_400
_MONTH = 30 * _DAY
_STAMP = "stamp.json"


@dataclass(frozen=True, slots=True)
class Kept:
    """An environment in the cache. `python` is its interpreter, `held` its distributions as `name==version`, `files`
    a hash over all that lies in it."""

    python: str
    held: tuple[str, ...]
    files: str

    @property
    def folder(self) -> Path:
        """Where more may be kept that is true of every environment of this content."""
        return Path(self.python).parents[2]


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


class Cache:
    """The environments below a folder. Several runs may use it at once."""

    def __init__(self, venvs: Venvs, root: Path) -> None:
        self._venvs = venvs
        self._root = root / "builds"

    def having(self, requirements: Sequence[str], constraints: Sequence[str] = ()) -> Kept | None:
        """The environment of what these requirements resolve to now within constraints, made where it is not there or
        not sound.

        None where nothing can be kept of them: no uv, a requirement that is a path or an URL, one that no index has, a
        cache folder that cannot be written to.
        """
        from filelock import FileLock

        pins = self._venvs.pins(requirements, constraints)
        if pins is None:
            return None
        folder = self._root / self._key(pins)
        try:
            make_folder(folder)
            with FileLock(folder / "lock"):
                return self._sound(folder) or self._make(folder, pins)
        except OSError:
            return None

    def _key(self, pins: str) -> str:
        real = Path(self._venvs.python).resolve()
        known = real.stat()
        facts = [_FORMAT, str(real), known.st_size, known.st_mtime_ns, pins]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32]

    def _sound(self, folder: Path) -> Kept | None:
        """The one that is there, None where it is not as it was made."""
        try:
            said = json.loads(text_or_none(folder / _STAMP) or "")
            kept = Kept(said["python"], tuple(said["held"]), said["files"])
            sound = kept.folder == folder and fingerprint(Path(kept.python).parents[1]) == kept.files
        except (ValueError, KeyError, TypeError, IndexError, OSError, ReleaseError):
            return None
        if sound:
            os.utime(folder / _STAMP)
        return kept if sound else None

    def _make(self, folder: Path, pins: str) -> Kept | None:
        """Make it in a folder of its own: another run may be using the one that is no longer sound."""
        self._forget_old()
        place = folder / f"env-{uuid4().hex[:8]}"
        python = self._venvs.create(place)
        with scratch("pins") as bounds:
            replace_text(bounds / "pins.txt", pins)
            words = ["--requirement", str(bounds / "pins.txt"), "--require-hashes", "--no-deps"]
            done = self._venvs.install(python, [*words, "--compile-bytecode", "--link-mode", "copy"])
        if not done.ok:
            remove_tree(place)
            return None
        kept = Kept(str(python), self._venvs.freeze(python), fingerprint(place))
        replace_text(folder / _STAMP, json.dumps(asdict(kept)))
        return kept

    def _forget_old(self) -> None:
        """Remove what is not used any more; another run may be doing the same."""
        for folder in self._root.iterdir():
            with contextlib.suppress(OSError, ReleaseError):
                _tidy(folder)


def _tidy(folder: Path) -> None:
    """Remove an environment that no run has used for a month, unless one has just begun to; and what is a day old and
    not, or no longer, the one to use: the halves that killed runs left, and those that were not sound."""
    from filelock import FileLock

    if _age(folder) > _MONTH:
        with FileLock(folder / "lock", timeout=0):
            if _age(folder) > _MONTH:
                remove_tree(folder)
    stamp = text_or_none(folder / _STAMP) or ""
    for place in folder.glob("env-*"):
        if place.name not in stamp and _age(place) > _DAY:
            remove_tree(place)


def _age(folder: Path) -> float:
    """For how many seconds it has not been used."""
    stamp = folder / _STAMP
    return time.time() - (stamp if stamp.exists() else folder).stat().st_mtime


def fingerprint(folder: Path) -> str:
    """A hash over every path below a folder, its kind, size and time of change; links are not followed."""
    lines = sorted(_entries(str(folder), ""))
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def _entries(folder: str, inside: str) -> Iterator[str]:
    with os.scandir(folder) as found:
        for entry in found:
            if entry.is_dir(follow_symlinks=False):
                yield from _entries(entry.path, f"{inside}{entry.name}/")
            else:
                at = entry.stat(follow_symlinks=False)
                yield f"{inside}{entry.name} {at.st_mode} {at.st_size} {at.st_mtime_ns}"
