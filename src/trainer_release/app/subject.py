"""What a test run is about: modules of a catalog, or the project in the current folder and its family."""

from __future__ import annotations

import os
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path

from packaging.utils import canonicalize_name

from trainer_release.agent.discover import REPOSITORY, integration_tests, module_tests
from trainer_release.agent.environments.asking import ask
from trainer_release.agent.selection import LeftOut, fitting
from trainer_release.app.session import load_suite
from trainer_release.errors import Problem, ReleaseError, Severity, fail
from trainer_release.model.agent_settings import AgentSettings
from trainer_release.model.catalog import Pin
from trainer_release.model.project import Project
from trainer_release.model.suite import Module, Suite
from trainer_release.model.testing import TestSource
from trainer_release.suite.layouts import read_project
from trainer_release.suite.mounts import split
from trainer_release.world.files import text_or_none


@dataclass(frozen=True, slots=True)
class Subject:
    """The modules to test, where their tests are looked for, and the suite where there is a catalog."""

    root: Path
    here: Path
    suite: Suite | None
    modules: tuple[Module, ...]
    warnings: tuple[Problem, ...] = ()
    settings: AgentSettings = field(default_factory=AgentSettings)

    @property
    def packages(self) -> dict[str, str]:
        """Every module's distribution, by module name."""
        return {module.name: module.package for module in self.modules}

    @property
    def versions(self) -> Mapping[str, str]:
        """The versions that have to be installed, by package; none without a catalog."""
        return {module.package: module.version for module in self.modules} if self.suite else {}

    def tests(self, module: Module) -> tuple[TestSource, ...]:
        """A module's own tests."""
        return module_tests(self.root, module, said=self.settings.of(module.name))

    def tests_together(self) -> tuple[TestSource, ...]:
        """The tests that bring modules together."""
        return integration_tests(self.root, self.suite, None, here=self.here, repository=self._repository)

    @property
    def _repository(self) -> str | None:
        """The checkout with further tests that is set, where no variable names one."""
        said = self.settings.integration_tests_repo
        return str(self.root / said) if said and not os.environ.get(REPOSITORY) else None

    def tests_of_choice(self, present: Container[str]) -> tuple[tuple[TestSource, ...], tuple[LeftOut, ...]]:
        """The same without the files that import a module of the suite that is not `present`, and these files."""
        absent = [module for name, module in self.suite.modules.items() if name not in present] if self.suite else []
        return fitting(self.tests_together(), self.root, absent)


def of_catalog(start: Path, catalog: Path | None, names: Iterable[str]) -> Subject | None:
    """The named modules of the catalog, all where none is named; None where there is no catalog and none was given."""
    try:
        loaded = load_suite(start, catalog)
    except ReleaseError as error:
        if catalog is None and [problem.code for problem in error.problems] == ["catalog-missing"]:
            return None
        raise
    suite = replace(loaded.suite, modules={name: _here(module) for name, module in loaded.suite.modules.items()})
    away = [name for name, module in loaded.suite.modules.items() if suite.modules[name] is not module]
    said = (*loaded.problems, *([_away(away)] if away else []))
    chosen = _chosen(suite, tuple(names))
    return Subject(loaded.root, start.resolve(), suite, chosen, said, suite.catalog.test_agent)


def _here(module: Module) -> Module:
    """A module of another repository has no sources here: it is as one that the index has."""
    return replace(module, project=None) if split(module.path or "")[0] else module


def _away(names: list[str]) -> Problem:
    return Problem(
        "tests-elsewhere",
        f"{', '.join(names)}: in other repositories, so taken from the index here",
        hint="run test-agent in those repositories; `trainer-release prepare` tests all of them as built",
        severity=Severity.NOTE,
    )


def _chosen(suite: Suite, names: tuple[str, ...]) -> tuple[Module, ...]:
    if not names:
        return tuple(suite.modules[name] for name in suite.graph.order)
    found = {name: suite.modules.get(name) or suite.module_of(name) for name in names}
    unknown = [_unknown(name, suite.modules) for name, module in found.items() if module is None]
    if unknown:
        raise ReleaseError(*unknown)
    return tuple(module for module in found.values() if module)


def _unknown(name: str, known: Iterable[str]) -> Problem:
    near = get_close_matches(name, known, 1)
    hint = f"did you mean {near[0]}?" if near else f"the modules are {', '.join(known)}"
    return Problem("module-not-known", f"there is no module {name} in the catalog", hint=hint)


def of_own_repository(start: Path, names: tuple[str, ...]) -> Subject:
    """The project in the current folder, which the one name (if any) must mean: `trainer-x` is module `x`, too."""
    root = start.resolve()
    project = _project(root)
    wrong = [name for name in names if not _means(name, project.package)]
    if wrong:
        message = f"this folder holds {project.package}, not {', '.join(wrong)}"
        raise fail("module-not-known", message, hint="run it in the module's own folder, or where versions.yaml is")
    module = Module(names[0] if names else project.package, project.package, project.version or "", project, Pin.KEEP)
    settings, notes = _settings(root)
    return Subject(root, root, None, (module,), notes, settings)


def of_environment(start: Path, names: tuple[str, ...], python: str) -> Subject:
    """The named modules as they are installed there, else the project's own dependencies of its family."""
    root = start.resolve()
    project = _project(root) if (root / "pyproject.toml").is_file() else None
    prefix, family = _family(project) if project else ("", ())
    if not names and not family:
        hint = "give --modules a,b, or run the command where versions.yaml is"
        raise fail("modules-not-named", "which modules are to be tested together?", hint=hint)
    packages = {name: _package(name, prefix, python) for name in names} or {name: name for name in family}
    modules = [Module(name, package, "", None, Pin.KEEP) for name, package in packages.items()]
    settings, notes = _settings(root)
    return Subject(root, root, None, tuple(modules), notes, settings)


def _settings(root: Path) -> tuple[AgentSettings, tuple[Problem, ...]]:
    """What [tool.test-agent] of the project there says; in a repository without a catalog nothing else can."""
    from trainer_release.suite.agent_toml import read

    return read(text_or_none(root / "pyproject.toml") or "", "pyproject.toml")


def _project(root: Path) -> Project:
    return read_project(".", lambda path: text_or_none(root / path))


def _means(name: str, package: str) -> bool:
    wanted = canonicalize_name(name)
    return canonicalize_name(package) == wanted or canonicalize_name(package).endswith(f"-{wanted}")


def _family(project: Project) -> tuple[str, tuple[str, ...]]:
    """The longest prefix of the project's name that dependencies share, and these; else the name's first word."""
    own = canonicalize_name(project.package)
    needs = dict.fromkeys(pinned.name for pinned in project.requirements if pinned.where == "project.dependencies")
    words = own.split("-")
    for size in range(len(words) - 1, 0, -1):
        prefix = "-".join(words[:size]) + "-"
        if shared := tuple(name for name in needs if name.startswith(prefix) and name != own):
            return prefix, shared
    return f"{words[0]}-", ()


def _package(name: str, prefix: str, python: str) -> str:
    """Which distribution a module's name means: with the family's prefix first, else as it stands."""
    wanted = canonicalize_name(name)
    if not prefix or wanted.startswith(prefix):
        return wanted
    found = ask(python, "facts", f"{prefix}{wanted}", wanted)["packages"]
    return next(iter(found), f"{prefix}{wanted}")
