"""A Poetry constraint that moves to another version, in its own form or as a policy writes it."""

from __future__ import annotations

from dataclasses import replace

from packaging.version import Version

from trainer_release.model.catalog import Pin
from trainer_release.suite import pins
from trainer_release.suite.clauses import LOWER, Clause, at_width, own_form
from trainer_release.suite.layouts.poetry_constraints import OR, bound, clauses, is_wild, pep440, specifier, translated

BARE = ("", "=")
RANGES = ("^", "~")


def repinned(constraint: str, version: str, policy: Pin) -> str:
    """The constraint as the policy wants it. `keep` leaves one that admits the version; otherwise the last alternative
    moves in its own form, `^` as `^` with as many components as before. METADATA gets the range around all of them:
    where that names no pre-release, one alternative stays alone. ValueError where Poetry would not understand it.
    """
    found = clauses(constraint) if not OR.search(constraint) else []
    if policy is not Pin.KEEP:
        bounds = [each for each in found if not each.excludes]
        if policy is Pin.EXACT and len(bounds) == 1 and bounds[0].operator in BARE and not is_wild(bounds[0]):
            return written([moved(each, Version(version), None) if each in bounds else each for each in found])
        return written(pins.forced(found, pins.wanted(Version(version), policy)))
    fitting = [each for each in OR.split(constraint.strip()) if admitted(clauses(each), version)]
    if fitting:
        return constraint if published(constraint, version) else fitting[-1]
    *_, last = OR.finditer(f"||{constraint}")
    start = max(last.end() - 2, 0)
    new = written(kept(clauses(constraint[start:]), Version(version)))
    return constraint[:start] + new if published(constraint[:start] + new, version) else new


def published(constraint: str, version: str) -> bool:
    """Whether what METADATA says of the constraint admits the version without a flag (`pins.admits`)."""
    return pins.admits("x" + specifier(constraint), version)


def admitted(found: list[Clause], version: str) -> bool:
    return pins.admits("x" + ",".join(map(bound, pep440(found))), version)


def kept(found: list[Clause], version: Version) -> list[Clause]:
    """The clauses, those that exclude the version rewritten in their own form; exclusions stay."""
    bounds = [each for each in found if not each.excludes]
    failing = [each for each in bounds if not all(new.admits(version) for new in translated(each))]
    lower = next((translated(each)[0] for each in bounds if each.operator in (*LOWER, *RANGES, "~=")), None)
    limits = ("<", *LOWER)
    changing = any(each.operator in (*limits, *RANGES, "~=") for each in failing)
    unnamed = version.is_prerelease and not failing
    new = [
        moved(each, version, lower)
        if each in failing
        or (changing and each.operator in (*limits, *RANGES))
        or (unnamed and each.operator in (*LOWER, *RANGES, "~="))
        else each
        for each in found
    ]
    if any(each.excludes and not translated(each)[0].admits(version) for each in found) or admitted(new, str(version)):
        return new
    return [*new, Clause(pins.separator(found), ">=", new[0].blank, version.public)]


def moved(clause: Clause, version: Version, lower: Clause | None) -> Clause:
    """The clause around another version: same operator, same number of components."""
    if clause.operator in RANGES:
        new = replace(clause, version=at_width(version, len(Version(clause.version).release)))
        whole = replace(clause, version=version.public)
        return new if all(each.admits(version) for each in translated(new)) and not cut(new, version) else whole
    if clause.operator in BARE:
        return replace(own_form(replace(clause, operator="=="), version, lower), operator=clause.operator)
    return own_form(clause, version, lower)


def cut(clause: Clause, version: Version) -> bool:
    """Whether a pre-release's suffix fell off with its last components, so that nothing names a pre-release."""
    return version.is_prerelease and not Version(clause.version).is_prerelease


def written(found: list[Clause]) -> str:
    return "".join(map(str, found))
