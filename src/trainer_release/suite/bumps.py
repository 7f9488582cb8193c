"""From one version to the next: levels, pre-releases, and what commits propose (PEP 440, Conventional Commits 1.0)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from packaging.version import InvalidVersion, Version

from trainer_release.errors import ReleaseError, fail

LEVELS = ("major", "minor", "patch", "rc", "stable")
"""What `--bump` takes; for a module also a version."""

SIZES = ("patch", "minor", "major")
"""Levels by weight."""

_PLACE = {"major": 0, "minor": 1, "patch": 2}
_STAGES = ("dev", "a", "b", "rc")
_HEADER = re.compile(r"(?P<type>[A-Za-z]+)(\([^)\n]*\))?(?P<breaking>!)?:\s")
_FOOTER = re.compile(r"^BREAKING[ -]CHANGE:\s", re.MULTILINE)


def bump(version: str, level: str) -> str:
    """The version that is one level on, with as many numbers as before.

    A pre-release of a level's next version reaches it (1.6.0rc1 and `minor`: 1.6.0). `rc` is the next release
    candidate, the first one of the next minor version where there was none; `stable` takes the suffix off
    (`bump-invalid` where there is none).
    """
    if level == "rc":
        return prerelease(version, "rc")
    found = Version(version)
    if level == "stable":
        if not found.is_prerelease:
            raise _invalid(f"{version} is stable already", "bump major, minor or patch")
        return _written(found, found.release)
    place = min(_PLACE[level], len(found.release) - 1)
    if found.is_prerelease and not any(found.release[place + 1 :]):
        return _written(found, found.release)
    return _written(found, _risen(found, place))


def prerelease(version: str, stage: str, level: str = "minor") -> str:
    """The next pre-release of a stage (dev, a, b or rc): the next number, the first of a later stage, or else the first
    on the way to the next version of that level."""
    found, now = Version(version), stage_of(version)
    if now == stage:
        number = found.pre[1] - found.is_devrelease if found.pre else (found.dev or 0)
        return f"{_written(found, found.release)}{_suffix(stage)}{number + 1}"
    if now is not None and _STAGES.index(now) < _STAGES.index(stage):
        return f"{_written(found, found.release)}{_suffix(stage)}1"
    release = _risen(found, min(_PLACE[level], len(found.release) - 1))
    return f"{_written(found, release)}{_suffix(stage)}1"


def same_stage(version: str, level: str) -> str:
    """A version that stays a pre-release, its number with it: 0.66b0 is followed by 0.67b0."""
    found = Version(version)
    release = _risen(found, min(_PLACE[level], len(found.release) - 1))
    return f"{_written(found, release)}{_suffix(stage_of(version) or '')}{found.pre[1] if found.pre else 0}"


def stage_of(version: str) -> str | None:
    """dev, a, b or rc; None for a version that is no pre-release."""
    found = Version(version)
    if found.pre:
        return found.pre[0]
    return "dev" if found.is_devrelease else None


def chosen(version: str, wish: str) -> str:
    """The version that a level or a version in canonical spelling means; `bump-invalid` (exit 2) where it is neither or
    does not rise."""
    if wish in LEVELS:
        return bump(version, wish)
    try:
        found = Version(wish)
    except InvalidVersion:
        found = None
    if found is None or str(found) != wish or found.local:
        raise _invalid(f'"{wish}" is neither a level nor a version', f"one of {', '.join(LEVELS)}, or a version")
    if found <= Version(version):
        raise _invalid(f"{wish} is not above {version}", "choose a higher version")
    return wish


def jump(old: str, new: str) -> str:
    """The level that a new version is over an old one, by the first number that differs (SemVer 2.0.0, items 6 to 8).

    On the way from a pre-release to the version that it announces anything may change (item 9): major.
    """
    before, after = Version(old), Version(new)
    if (before.epoch, before.major) != (after.epoch, after.major) or _announces(before, after):
        return "major"
    return "patch" if before.minor == after.minor else "minor"


def higher(first: str, second: str) -> str:
    """The weightier of two levels of `SIZES`."""
    return max(first, second, key=SIZES.index)


def of_commits(messages: Iterable[str], version: str) -> tuple[str, str]:
    """The level that commits propose, and the header that it is taken from (empty where there is none).

    `feat` is minor, a breaking change is major, everything else patch; below 1.0 a breaking change is minor.
    """
    level, why = "patch", ""
    for message in messages:
        said = _level(message, early=Version(version).major == 0)
        if not why or SIZES.index(said) > SIZES.index(level):
            level, why = said, message.strip().partition("\n")[0]
    return level, why


def _level(message: str, *, early: bool) -> str:
    header = _HEADER.match(message.strip())
    if (header and header["breaking"]) or _FOOTER.search(message):
        return "minor" if early else "major"
    return "minor" if header and header["type"].lower() == "feat" else "patch"


def _announces(before: Version, after: Version) -> bool:
    return before.is_prerelease and before.release == after.release


def _risen(version: Version, place: int) -> tuple[int, ...]:
    release = version.release
    return (*release[:place], release[place] + 1, *([0] * (len(release) - place - 1)))


def _written(version: Version, release: tuple[int, ...]) -> str:
    return (f"{version.epoch}!" if version.epoch else "") + ".".join(map(str, release))


def _suffix(stage: str) -> str:
    return ".dev" if stage == "dev" else stage


def _invalid(message: str, hint: str) -> ReleaseError:
    return fail("bump-invalid", message, hint=hint)
