"""Build environments: one per distinct set of build requirements, shared by all packages of a run."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from threading import Lock

from trainer_release.errors import fail
from trainer_release.world.venvs import Venvs


class Environments:
    """Makes an environment when it is first asked for; callers of the same set wait for it, others do not."""

    def __init__(self, venvs: Venvs, root: Path) -> None:
        self.root = root
        self._venvs = venvs
        self._guard = Lock()
        self._locks: dict[frozenset[str], Lock] = {}
        self._ready: dict[frozenset[str], Path] = {}

    def having(self, requirements: Iterable[str]) -> Path:
        """The interpreter of the environment that holds exactly these requirements and what they need."""
        key = frozenset(requirements)
        with self._guard:
            lock = self._locks.setdefault(key, Lock())
            folder = self.root / f"env-{list(self._locks).index(key)}"
        with lock:
            if key not in self._ready:
                self._ready[key] = self._make(folder, sorted(key))
            return self._ready[key]

    def installed(self) -> tuple[str, ...]:
        """What all of them hold, `name==version`, sorted."""
        pythons = list(self._ready.values())
        return tuple(sorted({line for python in pythons for line in self._venvs.freeze(python)}))

    def _make(self, folder: Path, requirements: list[str]) -> Path:
        python = self._venvs.create(folder)
        done = self._venvs.install(python, requirements) if requirements else None
        if done is not None and not done.ok:
            raise fail(
                "environment-failed",
                f"build requirements could not be installed: {', '.join(requirements)}",
                hint="check `build-system.requires` in pyproject.toml and that the index can be reached",
                context=done.tail,
            )
        return python
