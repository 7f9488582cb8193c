"""Build environments that outlive a run: in the user's cache folder, by content, checked before they are used again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from trainer_release.world.cache import Shelf, build_of, cache_folder, fingerprint, key_of
from trainer_release.world.files import remove_tree, replace_text, scratch
from trainer_release.world.venvs import Venvs

__all__ = ["Cache", "Kept", "cache_folder"]

_FORMAT = "2"
_MONTH = 30


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


class Cache:
    """The environments below a folder. Several runs may use it at once."""

    def __init__(self, venvs: Venvs, root: Path) -> None:
        self._venvs = venvs
        self._shelf = Shelf(root / "builds", _MONTH)

    def having(self, requirements: Sequence[str], constraints: Sequence[str] = ()) -> Kept | None:
        """The environment of what these requirements resolve to now within constraints, made where it is not there or
        not sound.

        None where nothing can be kept of them: no uv, a requirement that is a path or an URL, one that no index has, a
        cache folder that cannot be written to.
        """
        pins = self._venvs.pins(requirements, constraints)
        if pins is None:
            return None
        try:
            return self._shelf.having(self._key(pins), _sound, lambda folder: self._make(folder, pins))
        except (OSError, _RefusedError):
            return None

    def _key(self, pins: str) -> str:
        return key_of([_FORMAT, *build_of(self._venvs.python), pins])

    def _make(self, folder: Path, pins: str) -> tuple[Kept, Mapping[str, Any]]:
        """Make it in a folder of its own: another run may be using the one that is no longer sound."""
        place = folder / f"env-{uuid4().hex[:8]}"
        python = self._venvs.create(place)
        with scratch("pins") as bounds:
            replace_text(bounds / "pins.txt", pins)
            words = ["--requirement", str(bounds / "pins.txt"), "--require-hashes", "--no-deps"]
            done = self._venvs.install(python, [*words, "--compile-bytecode", "--link-mode", "copy"])
        if not done.ok:
            remove_tree(place)
            raise _RefusedError
        kept = Kept(str(python), self._venvs.freeze(python), fingerprint(place))
        return kept, asdict(kept)


class _RefusedError(Exception):
    """The installer did not make it."""


def _sound(folder: Path, said: Mapping[str, Any]) -> Kept | None:
    """The one that is there, None where it is not as it was made."""
    kept = Kept(said["python"], tuple(said["held"]), said["files"])
    return kept if kept.folder == folder and fingerprint(Path(kept.python).parents[1]) == kept.files else None
