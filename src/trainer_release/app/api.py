"""The Python doors: thin, typed, the same use cases as the commands."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from trainer_release.agent import exits
from trainer_release.agent.environments.installed import ModulesNotInstalled
from trainer_release.app import execute as executing
from trainer_release.app import prepare as preparing
from trainer_release.app import run_tests
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


class TestAgent:
    """The agent as an object: `mode` is isolated or integration, `path` lies in the workspace or module to test."""

    __test__ = False

    def __init__(self, mode: str = "isolated", path: str | Path = ".") -> None:
        if mode not in {"isolated", "integration"}:
            raise ValueError(f"mode is isolated or integration, not {mode!r}")
        self.mode = mode
        self._start = Path(path)

    def run(self, modules: Iterable[str] = (), *, artifacts: Path | None = None) -> run_tests.TestRun:
        """Test modules (default: all) in the agent's mode, as `test-agent run` does. Raises ReleaseError."""
        return self._done(run_tests.Options(self.mode, tuple(modules), artifacts=artifacts, start=self._start))

    def run_integration_tests(self, modules: Iterable[str] = ()) -> run_tests.TestRun:
        """Test modules together as they are installed in the environment that runs this.

        Raises ModulesNotInstalled, a ValueError, with every module that is not there; ReleaseError for the rest.
        """
        chosen = run_tests.Options("integration", tuple(modules), sys.executable, start=self._start, installed=True)
        return self._done(chosen)

    @staticmethod
    def _done(options: run_tests.Options) -> run_tests.TestRun:
        done = run_tests.run(options)
        if done.exit == exits.INTERRUPTED:
            raise KeyboardInterrupt
        return done
