"""The Python doors: thin, typed, the same use cases as the commands."""

from __future__ import annotations

from pathlib import Path

from trainer_release.agent.installed import ModulesNotInstalled
from trainer_release.app import execute as executing
from trainer_release.app import prepare as preparing
from trainer_release.app.run_tests import TestAgent
from trainer_release.model.plan import Plan

__all__ = ["ModulesNotInstalled", "ReleaseManager", "TestAgent"]


class ReleaseManager:
    """Releases the suite that `path` belongs to (a folder in the workspace, or a catalog)."""

    def __init__(self, path: str | Path = ".") -> None:
        place = Path(path).resolve()
        self._start = place.parent if place.is_file() else place
        self._catalog = place if place.is_file() else None

    def plan(self, version: str) -> Plan:
        """What `prepare(version)` would do; nothing is changed."""
        plan = preparing.prepare(self._start, version, catalog=self._catalog, dry_run=True).plan
        if plan is None:
            raise AssertionError(version)
        return plan

    def prepare(self, version: str) -> preparing.Prepared:
        """Prepare a release. Raises ReleaseError; then nothing of it exists."""
        return preparing.prepare(self._start, version, catalog=self._catalog)

    def execute(
        self, version: str | None = None, *, index: str | None = None, confirm: bool = False
    ) -> executing.Executed:
        """Publish a prepared release, the newest by default. To any index but the embedded one only with `confirm`."""
        options = executing.Options(version=version, catalog=self._catalog, index=index, confirm=lambda _plan: confirm)
        return executing.execute(self._start, options)
