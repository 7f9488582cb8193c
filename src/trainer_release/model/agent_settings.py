"""How the tests of a suite, or of one module's repository, are run: the section `test-agent`, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LayerSettings:
    """What is said of a layer. `timeout` is of one test, in seconds; `exclude` are expressions of markers whose tests
    are left out; None: nothing is said."""

    timeout: float | None = None
    exclude: tuple[str, ...] = ()
    max_failures: int | None = None
    network: str | None = None


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """What bounds the tests: `timeout` one test, `wall` a cell, `grace` what is left to end in, in seconds; `jobs` how
    many environments at a time, 0: as many as there are processors. None: nothing is said."""

    timeout: float | None = None
    wall: float | None = None
    grace: float | None = None
    max_failures: int | None = None
    jobs: int | None = None
    max_python_processes: int | None = None
    max_pool_size: int | None = None


@dataclass(frozen=True, slots=True)
class ModuleSettings:
    """What is said of a module, or of every one. `siblings` is real or stub; `tests` is a folder below the module's
    own, and so are `stage_also`, which go along with the tests; `optional_imports` may fail in the bare check; `python`
    are the versions that its workflow tests with."""

    siblings: str | None = None
    extras: tuple[str, ...] = ()
    tests: str | None = None
    optional_imports: tuple[str, ...] = ()
    stage_also: tuple[str, ...] = ()
    timeout: float | None = None
    network: str | None = None
    python: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AgentSettings:
    """The whole section; `every` is what holds for a module that says nothing of its own. `factories` make objects for
    generated tests: what is wanted (`package:Name`) to a callable (`tests.factories:name`)."""

    layers: Mapping[str, LayerSettings] = field(default_factory=dict)
    limits: LimitSettings = LimitSettings()
    every: ModuleSettings = ModuleSettings()
    leaks: str = "fail"
    allowed_leaks: tuple[str, ...] = ()
    cleanup: str = "aggressive"
    retain: bool = True
    parallel: bool = True
    confinement: str = "auto"
    factories: Mapping[str, str] = field(default_factory=dict)
    modules: Mapping[str, ModuleSettings] = field(default_factory=dict)
    integration_tests_repo: str | None = None

    def of(self, module: str | None) -> ModuleSettings:
        """What holds for a module: its own word, else that for every one; lists are joined."""
        own = self.modules.get(module or "", ModuleSettings())
        return ModuleSettings(
            siblings=own.siblings or self.every.siblings,
            extras=own.extras or self.every.extras,
            tests=own.tests or self.every.tests,
            optional_imports=(*self.every.optional_imports, *own.optional_imports),
            stage_also=(*self.every.stage_also, *own.stage_also),
            timeout=own.timeout,
            network=own.network or self.every.network,
            python=own.python or self.every.python,
        )
