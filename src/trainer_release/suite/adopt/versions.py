"""Which versions a repository's packages have, what moves together, and how its pins are written."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from trainer_release.model.catalog import Pin
from trainer_release.suite.pins import repin

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from trainer_release.model.project import Pinned

GROUPS = 3
MOST = 0.8
LOWER = (">=", "==", "~=")
NAMES = {"a": "alpha", "b": "beta", "rc": "candidate"}


@dataclass(frozen=True, slots=True)
class Linked:
    """`fixed` or `independent`, the groups with a version of their own, and why, in words."""

    versioning: str
    groups: Mapping[str, tuple[str, tuple[str, ...]]]
    why: str


def suite_version(versions: Iterable[str], umbrella: str | None) -> tuple[str, str]:
    """The suite's version and where it comes from: the umbrella's, else that of most packages (of the highest where
    several are equally frequent), else 0.0.0. A version that is no alpha, beta or candidate comes before one that is,
    unless that has more than twice as many packages: what is stable names a release."""
    if umbrella is not None:
        return umbrella, "the umbrella's"
    counted = Counter(versions)
    if not counted:
        return "0.0.0", "no package states one yet"
    many = max(counted.values())
    frequent = {version: count for version, count in counted.items() if 2 * count >= many}
    version, count = max(frequent.items(), key=lambda item: (Version(item[0]).pre is None, item[1], Version(item[0])))
    said = "that of every package" if len(counted) == 1 else f"that of {count} of {counted.total()} packages"
    return version, said


def asked_for(specifiers: Iterable[str]) -> str | None:
    """The lowest version that all these specifiers admit, in canonical spelling, a stable one where there is one; None
    where they name none."""
    every = [SpecifierSet(specifier) for specifier in specifiers]
    bounds = (each for found in every for each in found if each.operator in LOWER and "*" not in each.version)
    named = {version for bound in bounds for version in (Version(bound.version), stable(bound.version))}
    fitting = [version for version in named if all(found.contains(version, prereleases=True) for found in every)]
    return str(min(fitting, key=lambda version: (version.is_prerelease, version))) if fitting else None


def stable(version: str) -> Version:
    """The version itself, or what its pre-releases lead to."""
    found = Version(version)
    post = "" if found.post is None else f".post{found.post}"
    return Version(found.base_version + post) if found.is_prerelease else found


def linked(suite: str, versions: Mapping[str, str], *, sure: bool = True) -> Linked:
    """How the modules' versions hang together, given the suite's and each module's; whether these are `sure`.

    One version for all is `fixed`; so are a few shared versions, each a group, beside the suite's. Versions that only
    some share by chance are `independent`.
    """
    by_version: dict[str, list[str]] = {}
    for name, version in versions.items():
        by_version.setdefault(version, []).append(name)
    main = by_version.pop(suite, [])
    if not by_version:
        return Linked("fixed", {}, "every module has the suite's version")
    shared = len(main) > 1 and all(len(names) > 1 for names in by_version.values())
    if sure and len(by_version) <= GROUPS and (shared or len(main) >= MOST * len(versions)):
        groups: dict[str, tuple[str, tuple[str, ...]]] = {}
        for version in sorted(by_version, key=Version, reverse=True):
            groups[group_name(version, groups)] = (version, tuple(by_version[version]))
        return Linked("fixed", groups, f"{len(main)} of {len(versions)} modules have the suite's version")
    return Linked("independent", {}, f"the modules have {len(by_version) + bool(main)} different versions")


def group_name(version: str, taken: Collection[str]) -> str:
    """What to call the modules of a version: alpha, beta, candidate, else by its first number."""
    found = Version(version)
    name = NAMES[found.pre[0]] if found.pre else f"v{found.major}"
    return name if name not in taken else f"{name}-{version.replace('.', '-')}"


def form(pinned: Pinned) -> str | None:
    """The form of a pin as `release.pin` calls it, `template` where the build writes it, None without bounds."""
    if pinned.url:
        return None
    if "{" in pinned.text:
        return "template"
    operators = {each.operator for each in SpecifierSet(pinned.specifier)} - {"!="}
    if not operators:
        return None
    if operators <= {"==", "==="}:
        return Pin.EXACT.value
    if "~=" in operators:
        return Pin.COMPATIBLE.value
    return Pin.RANGE.value if operators & {"<", "<="} else Pin.MINIMUM.value


def policy(pins: Sequence[tuple[Pinned, str]], *, sure: bool = True) -> tuple[Pin, str]:
    """The pin policy in use and what was found; `pins` are internal requirements, each with its module's version,
    `sure` or guessed from these pins.

    A policy is only taken for the suite's where it would write every one of these pins, those of groups too, as it
    stands; else each keeps its form.
    """
    forms = Counter(found for pinned, _ in pins if pinned.where.startswith("project.") and (found := form(pinned)))
    if not forms:
        return Pin.KEEP, "no internal pin has bounds"
    said = ", ".join(f"{count} {name}" for name, count in forms.most_common())
    most = forms.most_common(1)[0][0]
    known = next((pin for pin in Pin if pin.value == most), Pin.KEEP)
    if (
        sure
        and known is not Pin.KEEP
        and all(form(pinned) == most and stands(pinned, version, known) for pinned, version in pins)
    ):
        return known, f"internal pins in use: {said}"
    return Pin.KEEP, f"each pin keeps its form; in use: {said}"


def stands(pinned: Pinned, version: str, pin: Pin) -> bool:
    """Whether the policy writes the pin as it stands."""
    try:
        return repin(pinned.text, version, pin) == pinned.text
    except InvalidRequirement:
        return False
