"""Hold the METADATA of what was built against the plan: the built file is the judge, not the pyproject."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from trainer_release.errors import ReleaseError
from trainer_release.model.facts import PrepareFacts
from trainer_release.model.outcome import Outcome, SoFar
from trainer_release.model.plan import Action
from trainer_release.model.suite import Module, Suite
from trainer_release.release.step import World
from trainer_release.suite.layouts.requirements import filled
from trainer_release.world import artifacts

NAME = "check_metadata"


@dataclass(frozen=True, slots=True)
class Check(Action):
    """`requires`: for each sibling that the project's files name, the specifiers of all its occurrences in
    Requires-Dist; `admitting`: the version of each other one, in case the build puts it there."""

    package: str = ""
    version: str = ""
    requires: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    admitting: Mapping[str, str] = field(default_factory=dict)


def plan(facts: PrepareFacts) -> tuple[Check, ...]:
    """One check a built module, against the suite as the release commit has it."""
    suite = facts.change.suite
    modules = (suite.modules[name] for name in facts.change.built)
    return tuple(_check(suite, module) for module in modules)


def _check(suite: Suite, module: Module) -> Check:
    requires = _requires(suite, module)
    others = ((str(canonicalize_name(each.package)), each) for each in suite.modules.values() if each is not module)
    admitting = {name: other.version for name, other in others if name not in requires}
    return Check(module.name, package=module.package, version=module.version, requires=requires, admitting=admitting)


def _requires(suite: Suite, module: Module) -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    stated = module.project.requirements if module.project else ()
    # An optional requirement that two extras name stands once in a file and once in METADATA.
    for pinned in {(each.path, each.line, each.text): each for each in stated}.values():
        shipped = pinned.where == "project.dependencies" or pinned.where.startswith("project.optional-dependencies.")
        sibling = suite.module_of(pinned.name) if shipped else None
        if sibling is not None and sibling is not module:
            found[pinned.name].append(filled(pinned.text, module.version))
    return {
        name: tuple(sorted(str(Requirement(text).specifier) for text in texts))
        for name, texts in found.items()
        if not any("{" in text for text in texts)  # a template that the build alone can fill
    }


def seen(action: Check, world: World) -> bool | None:
    """Looked at in every run."""
    del action, world
    return False


def run(action: Check, world: World, so_far: SoFar) -> Outcome:
    """Compare sdist and wheel with the plan; every difference at once."""
    folder = world.artifacts / action.subject
    names = [file["name"] for file in so_far["build_dists", action.subject].evidence["files"]]
    problems = [
        problem
        for name in names
        for problem in artifacts.metadata_problems(
            folder / name,
            package=action.package,
            version=action.version,
            requires=action.requires,
            admitting=action.admitting,
        )
    ]
    if problems:
        raise ReleaseError(*problems)
    return Outcome()
