"""Versions that follow another's by an offset: 0.67b0 beside 1.46.0, by the shape `0.{minor+21}b{patch}`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from packaging.version import InvalidVersion, Version

from trainer_release.model.catalog import Group

_PLACE = re.compile(r"\{(major|minor|patch)([+-][0-9]{1,9})?\}")


def shaped(shape: str, leader: str) -> str | None:
    """The version that a shape makes of the leader's: `{major}`, `{minor}` and `{patch}` are its numbers, with `+N` or
    `-N` moved by an offset; the rest stands as it is. A pre-, post- or development suffix of the leader is kept where
    the shape has none of its own. None where that is no version in canonical spelling."""
    found = Version(leader)
    numbers = {"major": found.major, "minor": found.minor, "patch": found.micro}
    moved = [numbers[place] + int(offset or 0) for place, offset in _PLACE.findall(shape)]
    if not moved:
        return None
    text = _PLACE.sub("%d", shape.replace("%", "%%")) % tuple(moved)
    for whole in (text, text + _suffix(found)):
        try:
            made = Version(whole)
        except InvalidVersion:
            return None
        if made.pre or made.is_devrelease or made.is_postrelease:
            break
    return whole if str(made) == whole and not made.local else None


def _suffix(version: Version) -> str:
    return version.public.removeprefix(version.base_version)


def leader(suite: str, groups: Mapping[str, Group], group: Group, version: str, named: Mapping[str, str]) -> str | None:
    """The version that a group follows, in suite version `version` and the modules' there; None where it is unknown."""
    followed = group.follows or ""
    if followed == suite:
        return version
    first = groups[followed].modules[:1] if followed in groups else (followed,)
    return next((named[name] for name in first if name in named), None)


def derived(suite: str, groups: Mapping[str, Group], version: str, named: Mapping[str, str]) -> dict[str, str]:
    """What each group that follows another has in suite version `version` of the suite called `suite`, by group;
    `named` are the modules' versions there. Left out is what cannot be told."""
    found: dict[str, str] = {}
    for name, group in groups.items():
        said = leader(suite, groups, group, version, named) if group.shape else None
        made = shaped(group.shape, said) if group.shape and said else None
        found |= {name: made} if made else {}
    return found
