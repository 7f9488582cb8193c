"""A proposal while it grows: what is known of the past, what each module has until now and gets, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from packaging.utils import canonicalize_name

from trainer_release.model.contracts import Contract
from trainer_release.model.project import Pinned
from trainer_release.model.suite import Module, Suite
from trainer_release.suite import bumps, edges
from trainer_release.suite.asked import Asked
from trainer_release.suite.pins import admits


@dataclass(frozen=True, slots=True)
class History:
    """What happened since the last suite tag, or nothing where there is none. `tag` is its short name, `version` the
    suite version in it, `versions` the modules' there as far as they are known. `changed` are modules whose folders
    differ; `commits` holds the messages that touched a module, the newest first, `contracts` what became of its public
    API since its last published version."""

    tag: str | None = None
    version: str | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    changed: frozenset[str] = frozenset()
    commits: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    contracts: Mapping[str, Contract] = field(default_factory=dict)


@dataclass(slots=True)
class Draft:
    """A proposal while it grows: versions until now and from now on, and reasons by module."""

    now: Mapping[str, str]
    targets: dict[str, str]
    why: dict[str, str] = field(default_factory=dict)

    def move(self, names: Iterable[str], version: str, why: str) -> None:
        for name in names:
            self.targets[name], self.why[name] = version, why

    def notes(self) -> list[str]:
        said = {name: f"{self.now[name]} → {to}" for name, to in self.targets.items() if self.now[name] != to}
        return [f"{name} {said.get(name, self.now[name])}: {why}" for name, why in self.why.items()]


def excluding(suite: Suite, targets: Mapping[str, str], kept: Iterable[str]) -> list[tuple[Module, Pinned, Module]]:
    """The pins of modules that are published as they are which do not admit a sibling's version."""
    by_package = edges.packages(suite.modules)
    found = []
    for module in (suite.modules[name] for name in kept):
        for pinned in edges.pins(module):
            sibling = by_package.get(canonicalize_name(pinned.name))
            if sibling and sibling is not module and not admits(pinned.text, targets[sibling.name]):
                found.append((module, pinned, sibling))
    return found


def following(suite: Suite, version: str, now: str, level: str) -> str:
    """The next version of a module in a suite version: a pre-release with it; one of its own stage stays in it."""
    stage, own = bumps.stage_of(version), bumps.stage_of(now)
    if own in ("a", "b") and own not in cycle(suite, version):
        return bumps.same_stage(now, level)
    if stage:
        return bumps.prerelease(now, stage, level)
    return bumps.bump(now, "stable" if own else level)


def cycle(suite: Suite, version: str) -> set[str | None]:
    """The stages that the suite itself goes through; a module in another (0.66b0) is there to stay."""
    return {"rc", bumps.stage_of(version), bumps.stage_of(suite.catalog.version)}


def by_commits(suite: Suite, version: str, names: Iterable[str], history: History, now: str) -> tuple[str, str]:
    """The version that the commits since the last suite tag propose, at least the one that the public API asks for; and
    the level with what is behind it."""
    members = tuple(names)
    level, why = bumps.of_commits((said for name in members for said in history.commits.get(name, ())), now)
    for contract in (history.contracts[name] for name in members if name in history.contracts):
        if bumps.higher(contract.least, level) != level:
            level, why = contract.least, f"public API since {contract.base}: {contract}"
    at_least = "minor" if bumps.stage_of(version) and level == "patch" else level
    said = f"{level}, changed since {history.tag}" if history.changed.intersection(members) else f"{level}, asked for"
    return following(suite, version, now, at_least), f"{said}: {why}" if why else said


def families(suite: Suite) -> list[tuple[str, ...]]:
    """The modules that move together: the members of a group, and every other by itself; the umbrella is left out."""
    together: dict[str, list[str]] = {}
    for name in suite.graph.order:
        if not suite.modules[name].umbrella:
            group = group_of(suite, name)
            together.setdefault(f"group {group}" if group else name, []).append(name)
    return [tuple(names) for names in together.values()]


def group_of(suite: Suite, name: str) -> str | None:
    listed = suite.catalog.modules.get(name)
    return listed.group if listed else None


def of_groups(suite: Suite, asked: Asked) -> dict[str, str]:
    return {name: said for group, said in asked.groups.items() for name in suite.catalog.groups[group].modules}
