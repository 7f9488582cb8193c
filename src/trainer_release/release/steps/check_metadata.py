"""Hold the METADATA of what was built against the plan: the built file is the judge, not the pyproject."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from trainer_release.errors import ReleaseError
from trainer_release.model.facts import PrepareFacts
from trainer_release.model.outcome import Outcome, SoFar
from trainer_release.model.plan import Action
from trainer_release.model.project import Pinned
from trainer_release.model.suite import Module, Suite
from trainer_release.release.step import World
from trainer_release.suite.clauses import said
from trainer_release.suite.layouts.requirements import filled

NAME = "check_metadata"
SHIPPED = ("project.dependencies", "project.optional-dependencies.")


@dataclass(frozen=True, slots=True)
class Check(Action):
    """`requires`: for each sibling that the project's files name, the specifiers of all its occurrences in
    Requires-Dist; `versions`: those of all packages, in case the build requires further ones; `publish`: whether the
    files are meant for an index."""

    package: str = ""
    version: str = ""
    requires: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    publish: bool = True


def plan(facts: PrepareFacts) -> tuple[Check, ...]:
    """One check a built module, against the suite as the release commit has it."""
    return of(facts.change.suite, facts.change.built)


def of(suite: Suite, names: Iterable[str]) -> tuple[Check, ...]:
    """The checks of modules at their versions in this suite."""
    versions = {name: module.version for name, module in suite.packages.items()}
    modules = (suite.modules[name] for name in names)
    return tuple(Check(m.name, (), m.package, m.version, _requires(suite, m), versions, m.publish) for m in modules)


def _requires(suite: Suite, module: Module) -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    stated = [each for each in (module.project.requirements if module.project else ()) if _is_shipped(suite, each)]
    if len({each.text for each in stated}) < len(stated):
        # An optional requirement that two extras name stands once in a file and once in METADATA.
        count = Counter(each.text for each in stated)
        places = {(each.text, count[each.text] > 1 and (each.path, each.line)): each for each in stated}
        stated = list(places.values())
    for pinned in stated:
        if suite.packages[pinned.name] is not module:
            found[pinned.name].append(filled(pinned.text, module.version))
    return {
        name: tuple(sorted(said(text).specifier for text in texts))
        for name, texts in found.items()
        if not any("{" in text for text in texts)  # a template that the build alone can fill
    }


def _is_shipped(suite: Suite, pinned: Pinned) -> bool:
    return pinned.name in suite.packages and pinned.where.startswith(SHIPPED)


def seen(action: Check, world: World) -> bool | None:
    """Looked at in every run."""
    del action, world
    return False


def run(action: Check, world: World, so_far: SoFar) -> Outcome:
    """Compare sdist and wheel with the plan; every difference at once."""
    folder = world.artifacts / action.subject
    refuse(action, [folder / file["name"] for file in so_far["build_dists", action.subject].evidence["files"]])
    return Outcome()


def refuse(action: Check, made: Iterable[Path]) -> None:
    """ReleaseError with everything in which these files say something else than the plan."""
    from trainer_release.world import artifacts, uploadable

    files = tuple(made)
    problems = [
        problem
        for path in files
        for problem in artifacts.metadata_problems(
            path, package=action.package, version=action.version, requires=action.requires, versions=action.versions
        )
    ]
    problems = problems or [*uploadable.problems(*files, publish=action.publish)]
    if problems:
        raise ReleaseError(*problems)
