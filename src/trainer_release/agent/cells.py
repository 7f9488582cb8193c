"""Which environments a suite is tested in: each module alone, all modules together. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from trainer_release.model.project import Project
from trainer_release.model.suite import Module, Suite
from trainer_release.model.testing import Cell, TestSource, WheelRef

PYTEST = "pytest>=8"
_TESTING = ("test", "tests", "testing")
_ELSE = ("dev",)


def alone(
    module: Module,
    wheel: WheelRef,
    siblings: tuple[WheelRef, ...],
    tests: tuple[TestSource, ...],
    python: str,
    *,
    suite: Suite | None = None,
    absent: Mapping[str, str] = MappingProxyType({}),
) -> Cell:
    """One module's wheel by itself; of the siblings only those are installed that something there declares.

    Packages of the `suite` come from their files or from nowhere; `absent` are the import names that must not be there,
    with their modules.
    """
    extras, requires = requirements((module,))
    family = family_of(suite)
    return Cell(
        name=f"{module.name} alone",
        mode="isolated",
        modules=(module.name,),
        wheels=(wheel,),
        siblings=tuple(sibling for sibling in siblings if sibling.package != wheel.package),
        tests=tests,
        python=python,
        requires=(*requires, *_further(tests, family)),
        extras=extras,
        absent=dict(absent),
        family=family,
    )


def together(
    modules: Iterable[Module],
    wheels: tuple[WheelRef, ...],
    tests: tuple[TestSource, ...],
    python: str,
    *,
    suite: Suite | None = None,
    absent: Mapping[str, str] = MappingProxyType({}),
) -> Cell:
    """Every module's wheel in one environment. A module without a wheel is taken from the index in its version.

    What the tests need besides pytest is the umbrella's to say; where there is none, every module's; and what a
    repository of tests asks for. `suite` and `absent` as in `alone`.
    """
    chosen = tuple(modules)
    family = family_of(suite)
    extras, requires = requirements(chosen)
    held = {canonicalize_name(wheel.package) for wheel in wheels}
    published = [module for module in chosen if canonicalize_name(module.package) not in held]
    pins = tuple(f"{module.package}=={module.version}" for module in published)
    return Cell(
        name="together",
        mode="integration",
        modules=tuple(module.name for module in chosen),
        wheels=wheels,
        siblings=(),
        tests=tests,
        python=python,
        requires=(*requires, *pins, *_further(tests, family)),
        extras=extras,
        absent=dict(absent),
        pins=pins,
        family=family,
    )


def standing(names: Iterable[str], tests: tuple[TestSource, ...], python: str, mode: str) -> Cell:
    """An environment that exists, tested as it stands; nothing is installed there."""
    modules = tuple(names)
    return Cell(
        name="installed: " + ", ".join(modules),
        mode=mode,
        modules=modules,
        wheels=(),
        siblings=(),
        tests=tests,
        python=python,
        existing=python,
    )


def needed(suite: Suite, module: Module) -> tuple[Module, ...]:
    """The siblings that a module's environment may ask for: what it declares, for its tests too, and so on."""
    found: dict[str, Module] = {}
    waiting = list(suite.graph.depends.get(module.name, ()))
    for text in _test_packages(module):
        sibling = suite.module_of(text)
        waiting += [sibling.name] if sibling else []
    while waiting:
        name = waiting.pop()
        if name not in found and name != module.name:
            found[name] = suite.modules[name]
            waiting += suite.graph.depends.get(name, ())
    return tuple(found[name] for name in sorted(found))


def family_of(suite: Suite | None) -> dict[str, str]:
    """The packages of a suite, with the module of each."""
    return {module.package: module.name for module in suite.modules.values()} if suite else {}


def _further(tests: Iterable[TestSource], family: Mapping[str, str]) -> tuple[str, ...]:
    """What repositories of tests ask for, but the suite's own packages: those are given."""
    asked = dict.fromkeys(text for source in tests for text in source.requires)
    own = {canonicalize_name(package) for package in family} if asked else set()
    return tuple(text for text in asked if canonicalize_name(Requirement(text).name) not in own)


def requirements(modules: Iterable[Module]) -> tuple[Mapping[str, tuple[str, ...]], tuple[str, ...]]:
    """The extras to install with each package, and the test requirements beside them: where there is an umbrella its
    own, else every module's."""
    chosen = tuple(modules)
    extras: dict[str, tuple[str, ...]] = {}
    listed: dict[str, None] = {PYTEST: None}
    for module in [module for module in chosen if module.umbrella] or chosen:
        if module.project is None:
            continue
        if choice := testing_choice(module.project.extras):
            extras[module.package] = (choice,)
        elif group := testing_choice(module.project.groups):
            listed |= dict.fromkeys(_texts(module.project, f"dependency-groups.{group}"))
    return extras, tuple(listed)


def testing_choice(names: Iterable[str]) -> str | None:
    """The extra or group that is for tests: by its name, else the one for development."""
    own: dict[str, str] = {canonicalize_name(name): name for name in names}
    return next((own[name] for name in (*_TESTING, *_ELSE) if name in own), None)


def _texts(project: Project, where: str) -> list[str]:
    return [pinned.text for pinned in project.requirements if pinned.where == where]


def _test_packages(module: Module) -> set[str]:
    if module.project is None:
        return set()
    extra, group = testing_choice(module.project.extras), testing_choice(module.project.groups)
    places = {f"project.optional-dependencies.{extra}", f"dependency-groups.{group}"}
    return {pinned.name for pinned in module.project.requirements if pinned.where in places}
