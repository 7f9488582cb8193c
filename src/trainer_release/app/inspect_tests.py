"""`test-agent discover` and `test-agent check`: what would be run, from where; what is installed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from trainer_release.agent.discover import files_of, integration_tests
from trainer_release.agent.environments import installed
from trainer_release.app.run_tests import Options, current, located
from trainer_release.app.subject import of_catalog, of_environment, of_own_repository
from trainer_release.model.testing import TestSource


@dataclass(frozen=True, slots=True)
class Found:
    """One test file: where it comes from, which module's it is (None: tests of modules together), its absolute path."""

    origin: str
    module: str | None
    path: str


def discover(options: Options) -> tuple[Found, ...]:
    """The test files that a run with these options would hand to pytest, in the order of the run."""
    subject = of_catalog(options.start, options.catalog, options.modules)
    if options.mode == "integration":
        root = options.start.resolve()
        sources = subject.tests_together() if subject else integration_tests(root, None, None, here=root)
        return _found(None, sources)
    subject = subject or of_own_repository(options.start, options.modules)
    return tuple(found for module in subject.modules for found in _found(module.name, subject.tests(module)))


def _found(module: str | None, sources: tuple[TestSource, ...]) -> tuple[Found, ...]:
    return tuple(Found(source.origin, module, str(path)) for source in sources for path in files_of(source))


@dataclass(frozen=True, slots=True)
class Check:
    """How every module stands in an environment, by module name."""

    python: str
    states: dict[str, installed.State]

    @property
    def ok(self) -> bool:
        """Whether all of them can be imported in the wanted version."""
        return all(state.status == installed.IMPORTABLE for state in self.states.values())

    def as_json(self) -> dict[str, Any]:
        """The answer of `check --json`."""
        packages = [{"module": name} | asdict(state) for name, state in self.states.items()]
        return {
            "schema": "trainer-release/installed/v1",
            "ok": self.ok,
            "python": self.python,
            "packages": packages,
        }


def check(options: Options) -> Check:
    """Look at the modules in the environment of `python`, else in the one that is active."""
    python = located(options.python) if options.python else current()
    subject = of_catalog(options.start, options.catalog, options.modules)
    subject = subject or of_environment(options.start, options.modules, python)
    versions = subject.versions
    states = installed.check(python, {package: versions.get(package) for package in subject.packages.values()})
    return Check(python, dict(zip(subject.packages, states, strict=True)))


def shown(path: str, start: Path) -> str:
    """A path as a person in `start` would write it."""
    here = start.resolve()
    return Path(path).relative_to(here).as_posix() if Path(path).is_relative_to(here) else path
