"""Groups that follow another version move when it moves."""

from __future__ import annotations

from collections.abc import Iterable

from packaging.version import Version

from trainer_release.model.suite import Suite
from trainer_release.suite import offset
from trainer_release.suite.asked import Asked
from trainer_release.suite.draft import Draft, group_of


def follow(suite: Suite, version: str, asked: Asked, draft: Draft) -> None:
    """Give every such group the version that its leader's leads to, where that is higher than its own until now; what
    was asked for stays."""
    for name, said in offset.derived(suite.name, suite.catalog.groups, version, draft.targets).items():
        group = suite.catalog.groups[name]
        members = [member for member in group.modules if member in draft.now]
        behind = [member for member in members if Version(said) > Version(draft.now[member])]
        if name not in asked.groups and behind and any(draft.targets[member] != said for member in members):
            draft.move(members, said, f"follows {group.follows} as {group.shape}")


def with_followers(suite: Suite, names: Iterable[str]) -> tuple[str, ...]:
    """Modules with those that follow them or their group: what changes there moves them, too."""
    leaders = {known for name in names for known in (name, group_of(suite, name)) if known}
    groups = (group for group in suite.catalog.groups.values() if group.follows in leaders)
    return (*names, *(member for group in groups for member in group.modules if member in suite.modules))
