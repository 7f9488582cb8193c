"""Bring the published files of modules that this release carries over, for the tests together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from packaging.requirements import Requirement

from trainer_release.errors import Problem, ReleaseError, fail
from trainer_release.model.facts import PrepareFacts
from trainer_release.model.names import canonicalize_name
from trainer_release.model.outcome import Outcome, SoFar
from trainer_release.model.plan import Action
from trainer_release.release.step import World
from trainer_release.world.wheels import best_wheel

NAME = "fetch_carried"


@dataclass(frozen=True, slots=True)
class Fetch(Action):
    """A version that the index has; `targets` are the versions of the row by canonical package name."""

    package: str = ""
    version: str = ""
    targets: Mapping[str, str] = field(default_factory=dict)


def plan(facts: PrepareFacts) -> tuple[Fetch, ...]:
    """One fetch a carried or taken module."""
    change = facts.change
    targets: dict[str, str] = {
        canonicalize_name(m.package): change.targets[m.name] for m in change.suite.modules.values()
    }
    return tuple(
        Fetch(name, package=change.suite.modules[name].package, version=change.targets[name], targets=targets)
        for name in (*change.carried, *change.taken)
    )


def seen(action: Fetch, world: World) -> bool | None:
    """Fetched again in every run: a folder's content is no proof."""
    del action, world
    return False


def run(action: Fetch, world: World, so_far: SoFar) -> Outcome:
    """Download the wheel that this machine can install and check it against the index's hash."""
    from trainer_release.world import artifacts, index

    del so_far
    listed = index.listing(world.index.simple or "", action.package)
    wheel = best_wheel(listed.get(action.version, ()))
    if wheel is None:
        raise fail(
            "carried-without-wheel",
            f"the index lists no wheel of {action.package} {action.version} that this machine can install",
            hint=f"give {action.subject} a new version in the row, so that it is built",
        )
    path = index.download(wheel, world.artifacts / action.subject)
    refused = _excluded(action, artifacts.read_metadata(path).requires_dist)
    if refused:
        raise ReleaseError(*refused)
    file = artifacts.dist(path)
    return Outcome(evidence={"files": [{"name": file.name, "sha256": file.sha256, "size": file.size}]})


def _excluded(action: Fetch, requires: Iterable[str]) -> list[Problem]:
    """The published pins are what users get, whatever the source says by now."""
    parsed = [(text, Requirement(text)) for text in requires]
    return [
        Problem(
            "carried-excludes",
            f"{action.package} {action.version} on the index requires `{text}`, "
            f"but the row has {need.name} {action.targets[canonicalize_name(need.name)]}",
            hint=f"give {action.subject} a new version in the row, or choose a {need.name} that its pin admits",
        )
        for text, need in parsed
        if canonicalize_name(need.name) in action.targets
        and "extra" not in str(need.marker or "")
        and not need.specifier.contains(action.targets[canonicalize_name(need.name)], prereleases=True)
    ]
