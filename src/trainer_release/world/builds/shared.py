"""Build environments: one per distinct set of build requirements, shared by all packages of a run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock

from trainer_release.errors import ReleaseError, fail
from trainer_release.world.builds.kept import Cache, Kept
from trainer_release.world.venvs import Venvs

_AHEAD = 4
"""How many environments are made at once before they are asked for; each waits for an index more than it computes."""


class Environments:
    """Makes an environment when it is first asked for; callers of the same set wait for it, others do not.

    Those of the cache are taken first, where there is one; the others lie below `root` and are the run's own.
    `constraints` hold for all.
    """

    def __init__(self, venvs: Venvs, root: Path, cache: Cache | None = None, constraints: Sequence[str] = ()) -> None:
        self.root = root
        self._constraints = constraints
        self._cache = cache
        self._venvs = venvs
        self._guard = Lock()
        self._locks: dict[frozenset[str], Lock] = {}
        self._ready: dict[frozenset[str], Path] = {}
        self._failed: dict[frozenset[str], ReleaseError] = {}
        self._kept: dict[str, Kept] = {}
        self._ahead = ThreadPoolExecutor(_AHEAD)

    def having(self, requirements: Iterable[str]) -> Path:
        """The interpreter of the environment that holds exactly these requirements and what they need."""
        key = frozenset(requirements)
        with self._guard:
            lock = self._locks.setdefault(key, Lock())
            folder = self.root / f"env-{list(self._locks).index(key)}"
        with lock:
            if key in self._failed:  # many packages may want it: the index is asked once
                raise ReleaseError(*self._failed[key].problems)
            if key not in self._ready:
                try:
                    self._ready[key] = self._cached(sorted(key)) or self._make(folder, sorted(key))
                except ReleaseError as error:
                    self._failed[key] = error
                    raise
            return self._ready[key]

    def expect(self, sets: Iterable[frozenset[str]]) -> None:
        """Begin to make what will be asked for: indexes take their time to answer. What fails, fails when it is asked
        for."""
        for requirements in set(sets) - {frozenset()}:
            self._ahead.submit(self.having, requirements)

    def close(self) -> None:
        """Wait for what has begun."""
        self._ahead.shutdown(cancel_futures=True)

    def notes(self, python: str) -> Path:
        """A folder to keep what is known of the environment of this interpreter; it lasts as long as that does."""
        kept = self._kept.get(python)
        return kept.folder if kept else Path(python).parents[1]

    def installed(self) -> tuple[str, ...]:
        """What all of them hold, `name==version`, sorted."""
        pythons = list(self._ready.values())
        return tuple(sorted({line for python in pythons for line in self._held(python)}))

    def _held(self, python: Path) -> tuple[str, ...]:
        kept = self._kept.get(str(python))
        return kept.held if kept else self._venvs.freeze(python)

    def _cached(self, requirements: list[str]) -> Path | None:
        kept = self._cache.having(requirements, self._constraints) if self._cache and requirements else None
        if kept is None:
            return None
        self._kept[kept.python] = kept
        return Path(kept.python)

    def _make(self, folder: Path, requirements: list[str]) -> Path:
        python = self._venvs.create(folder)
        done = self._venvs.install(python, requirements, constraints=self._constraints) if requirements else None
        if done is not None and not done.ok:
            raise fail(
                "environment-failed",
                f"build requirements could not be installed: {', '.join(requirements)}",
                hint="check `build-system.requires` in pyproject.toml and that the index can be reached",
                context=done.tail,
            )
        return python
