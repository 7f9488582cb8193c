"""The clauses of a version specifier as they are written, and each in its own form around another version
(PEP 440).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

KEPT = 16384
"""How many texts are kept: the projects of a suite state the same requirements and versions again and again."""

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_VARIABLE = r"(?:implementation|python(?:_full)?)_version|os_name|sys_platform|platform_(?:system|machine)"
PLAIN = re.compile(
    rf"(?P<name>{_NAME})(?:\[(?P<extras>{_NAME}(?:, *{_NAME})*)\])?"
    r"(?P<specifier>(?:[~=!<>]=|[<>])[A-Za-z0-9.*+!]+(?:,(?:[~=!<>]=|[<>])[A-Za-z0-9.*+!]+)*|)"
    rf"(?: *; *(?P<variable>{_VARIABLE}) *(?P<operator>[~=!<>]=|[<>])"
    r" *(?P<quote>[\"'])(?P<value>[A-Za-z0-9._-]*)(?P=quote))?"
)
HEAD = re.compile(rf"\s*{_NAME}(?:\s*\[[^\]]*\])?(?:\s*\(\s*)?")
CLAUSE = re.compile(
    r"(?P<before>\s*,?\s*)(?P<operator>===|[~=!<>]=|[<>])(?P<blank>\s*)(?P<version>[^\s,;)]+)",
)
LOWER = (">", ">=")


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause as it is written; `before` is the comma and the blanks that precede it."""

    before: str
    operator: str
    blank: str
    version: str

    def __str__(self) -> str:
        return f"{self.before}{self.operator}{self.blank}{self.version}"

    def admits(self, version: Version) -> bool:
        """Whether this clause alone admits the version, pre-releases counted like others."""
        clause = f"{self.operator}{self.version}"
        if self.operator == "===":  # which compares spellings
            return specifiers(clause).contains(version, prereleases=True)
        return contains(clause, version)

    @property
    def excludes(self) -> bool:
        return self.operator == "!="


class Said(NamedTuple):
    """What a requirement's text says (PEP 508): canonical name, specifier, canonical extras in order, marker, and
    whether it is a direct reference."""

    name: str
    specifier: str
    extras: tuple[str, ...]
    marker: str | None
    url: bool


@lru_cache(KEPT)
def said(text: str) -> Said:
    """What a requirement's text says. InvalidRequirement where it is none.

    Most are a name and a specifier that a hundred others share, perhaps with extras or a marker of one comparison. That
    is told without the parser, whose import takes as long as reading three hundred projects.
    """
    if (plain := PLAIN.fullmatch(text)) is not None:
        marker = '{variable} {operator} "{value}"'.format_map(plain.groupdict()) if plain["variable"] else None
        extras = {*(plain["extras"] or "").replace(" ", "").split(",")} - {""}
        try:
            return _said(plain["name"], specifiers(plain["specifier"]), extras, marker)
        except InvalidSpecifier:
            pass  # the parser says what is wrong
    from packaging.requirements import Requirement

    parsed = Requirement(text)
    marker = str(parsed.marker) if parsed.marker else None
    return _said(parsed.name, parsed.specifier, parsed.extras, marker, url=parsed.url is not None)


def _said(name: str, specifier: SpecifierSet, extras: set[str], marker: str | None, *, url: bool = False) -> Said:
    return Said(canonicalize_name(name), str(specifier), tuple(sorted(map(canonicalize_name, extras))), marker, url)


@lru_cache(KEPT)
def specifiers(text: str) -> SpecifierSet:
    """A set of clauses as PEP 440 reads it."""
    return SpecifierSet(text)


@lru_cache(KEPT)
def version_of(text: str) -> Version:
    """A version as PEP 440 reads it."""
    return Version(text)


@lru_cache(KEPT)
def spelled(text: str) -> str:
    """A version in its canonical spelling, components as they are. InvalidVersion where it is none."""
    return str(version_of(text))


@lru_cache(KEPT)
def contains(clause: str, version: Version) -> bool:
    """Whether a clause admits a version and its equals, pre-releases counted like others."""
    return specifiers(clause).contains(version, prereleases=True)


def parts(text: str) -> tuple[str, list[Clause], str]:
    """Name and extras, the clauses, and what follows them (a closing bracket, the marker)."""
    head = HEAD.match(text)
    at = head.end() if head else 0
    start = at
    clauses: list[Clause] = []
    while match := CLAUSE.match(text, at):
        clauses.append(Clause(**match.groupdict()))
        at = match.end()
    return text[:start], clauses, text[at:]


def own_form(clause: Clause, version: Version, lower: Clause | None) -> Clause:
    """The clause around another version: same operator, same number of components, same width."""
    new, operator, old = version.public, clause.operator, clause.version
    if operator == "===":
        new = str(version)
    elif operator == "==" and old.endswith(".*"):
        epoch, release = padded(version, len(Version(old[:-2]).release))
        new = f"{epoch}{dotted(release)}.*"
    elif operator == "~=":
        new = at_width(version, len(Version(old).release))
    elif operator == "<":
        new = above(Version(old), version, Version(lower.version) if lower else None)
    elif operator == ">":
        operator = ">="
    return replace(clause, operator=operator, version=new)


def above(old: Version, version: Version, lower: Version | None) -> str:
    """The upper limit that lies as far above the version as the old one lay above its lower limit."""
    places = range(len(old.release))
    index = max((i for i in places if old.release[i]), default=0)
    if lower is not None and lower < old:
        _, start = padded(lower, len(old.release))
        index = next((i for i in places if old.release[i] != start[i]), index)
    limit = following(version, index, len(old.release))
    suffix = old.public.split("!")[-1].removeprefix(dotted(old.release))
    return limit + (suffix if old.is_prerelease else "")


def following(version: Version, index: int, width: int) -> str:
    """The next version at component `index` (1.4.2 at 0 is 2, at 1 is 1.5), with zeros up to `width`
    components.
    """
    epoch, release = padded(version, max(index + 1, width))
    bumped = (*release[:index], release[index] + 1, *([0] * (width - index - 1)))
    return epoch + dotted(bumped)


def at_width(version: Version, width: int) -> str:
    """The version with `width` components; a suffix (rc1, .post1, .dev1) stays where nothing was cut off."""
    epoch, release = padded(version, width)
    cut = any(version.release[width:])
    suffix = version.public.split("!")[-1].removeprefix(dotted(version.release))
    return epoch + dotted(release) + ("" if cut else suffix)


def padded(version: Version, width: int) -> tuple[str, tuple[int, ...]]:
    """Epoch as it is written (`1!` or nothing) and exactly `width` components."""
    return f"{version.epoch}!" if version.epoch else "", (*version.release, *[0] * width)[:width]


def dotted(release: tuple[int, ...]) -> str:
    return ".".join(map(str, release))
