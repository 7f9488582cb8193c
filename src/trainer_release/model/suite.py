"""The suite: the catalog joined with the projects that hold its modules, and their graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from trainer_release.model.catalog import Catalog, Pin
from trainer_release.model.names import canonicalize_name
from trainer_release.model.project import Project


@dataclass(frozen=True, slots=True)
class Graph:
    """Which module needs which, and the waves that may publish one after the other.

    `depends` holds everything that orders a release; `runtime` of it what a module's own run-time dependencies name,
    `builds` what its build requires. The rest comes through extras that somebody requests.
    """

    depends: Mapping[str, tuple[str, ...]]
    waves: tuple[tuple[str, ...], ...]
    runtime: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    builds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def order(self) -> tuple[str, ...]:
        """Every module, dependencies first; within a wave by name."""
        return tuple(name for wave in self.waves for name in wave)


@dataclass(frozen=True, slots=True)
class Module:
    """A module with everything found. `project` is None where neither workspace nor repository holds it: such a module
    is taken from the index, never built. The umbrella is a module too (`umbrella` is true)."""

    name: str
    package: str
    version: str
    project: Project | None
    pin: Pin
    publish: bool = True
    build: str = "sdist"
    umbrella: bool = False

    @property
    def path(self) -> str | None:
        """The project's folder, relative to the workspace root."""
        return self.project.path if self.project else None


@dataclass(frozen=True, slots=True)
class Suite:
    """Catalog, modules (umbrella included, by module name) and graph."""

    catalog: Catalog
    modules: Mapping[str, Module]
    graph: Graph
    packages: Mapping[str, Module] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Every module once by its canonical name: a suite of a thousand is asked for one ten thousand times."""
        found: dict[str, Module] = {canonicalize_name(module.package): module for module in self.modules.values()}
        object.__setattr__(self, "packages", found)

    @property
    def name(self) -> str:
        """The suite's name, the catalog's one key that is not reserved."""
        return self.catalog.suite

    @property
    def umbrella(self) -> Module | None:
        """The package that depends on all, where there is one."""
        return next((module for module in self.modules.values() if module.umbrella), None)

    def module_of(self, package: str) -> Module | None:
        """The module whose distribution has this name, in any spelling (PEP 503)."""
        return self.packages.get(canonicalize_name(package))
