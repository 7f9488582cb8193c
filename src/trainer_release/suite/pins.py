"""The specifier on an internal dependency: does it admit a version, and how is it rewritten when it does not.

A requirement is edited in place: the name's spelling, extras, blanks, marker, the order of the clauses and
every exclusion (`!=`) stay as they are (PEP 508, PEP 440).
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from packaging.version import Version

from trainer_release.model.catalog import Pin
from trainer_release.suite.clauses import (
    LOWER,
    Clause,
    at_width,
    following,
    own_form,
    parts,
    said,
    specifiers,
    version_of,
)


@lru_cache(8192)
def admits(text: str, version: str) -> bool:
    """Whether an installer takes this version for this requirement, without a flag.

    pip and uv take a pre-release only where the specifier names one, so a specifier that names none admits
    none; a requirement without bounds is left to the resolver and admits all. So does a direct reference or a
    template.
    """
    if is_opaque(text):
        return True
    found = version_of(version)
    _, clauses, _ = parts(text)
    bounds = [clause for clause in clauses if not clause.excludes]
    return all(clause.admits(found) for clause in clauses) and not lacks_prerelease(bounds, found)


@lru_cache(8192)
def repin(text: str, version: str, policy: Pin) -> str:
    """The requirement with a specifier that admits `version`, written as the policy says.

    An exclusion of that very version is a person's word and stays; then `admits` goes on saying no.
    A direct reference or a template comes back unchanged. InvalidRequirement where the text is no PEP 508.
    """
    if is_opaque(text):
        return text
    found = version_of(version)
    head, clauses, tail = parts(text)
    new = kept(clauses, found) if policy is Pin.KEEP else forced(clauses, wanted(found, policy))
    return text if new == clauses else head + "".join(map(str, new)) + tail


def is_opaque(text: str) -> bool:
    """Whether the text is a template (`{…}`) or a direct reference (`name @ url`): neither has a specifier to
    edit.
    """
    return "{" in text or said(text).url


def lacks_prerelease(bounds: list[Clause], version: Version) -> bool:
    """Whether no bound names the pre-release. `X.dev0` need not be named: a trunk says it between two releases."""
    if not version.is_prerelease or version.dev == 0 or not bounds:
        return False
    return not specifiers(",".join(f"{bound.operator}{bound.version}" for bound in bounds)).prereleases


def wanted(version: Version, policy: Pin) -> list[tuple[str, str]]:
    """The bounds of a policy that writes its own form."""
    public = version.public
    if policy is Pin.EXACT:
        return [("==", public)]
    if policy is Pin.COMPATIBLE:
        return [("~=", at_width(version, max(2, len(version.release))))]
    if policy is Pin.MINIMUM:
        return [(">=", public)]
    return [(">=", public), ("<", following(version, 0, 1))]


def forced(clauses: list[Clause], bounds: list[tuple[str, str]]) -> list[Clause]:
    """The clauses with these bounds where the first bound stood; exclusions keep their places."""
    first = next((i for i, clause in enumerate(clauses) if not clause.excludes), len(clauses))
    model = clauses[first] if first < len(clauses) else Clause("", "", clauses[0].blank if clauses else "", "")
    comma = separator(clauses)
    new = [Clause(comma, operator, model.blank, version) for operator, version in bounds]
    rest = [clause for clause in clauses[first:] if clause.excludes]
    return led(clauses, [*clauses[:first], *new, *rest])


def led(old: list[Clause], new: list[Clause]) -> list[Clause]:
    """The first clause has the blanks that stood before the old first one; every other has its comma."""
    comma = separator(old)
    lead = old[0].before if old else ""
    rest = [clause if "," in clause.before else replace(clause, before=comma) for clause in new[1:]]
    return [replace(new[0], before=lead), *rest]


def separator(clauses: list[Clause]) -> str:
    """The comma as this requirement writes it."""
    return clauses[1].before if len(clauses) > 1 else ","


def kept(clauses: list[Clause], version: Version) -> list[Clause]:
    """The clauses, those that exclude the version rewritten in their own form."""
    bounds = [clause for clause in clauses if not clause.excludes]
    unnamed = lacks_prerelease(bounds, version)
    failing = [bound for bound in bounds if not bound.admits(version)]
    if not failing and not unnamed:
        return clauses
    lower = next((bound for bound in bounds if bound.operator in LOWER), None)
    moved = any(bound.operator in ("<", *LOWER) for bound in failing)
    new = [
        own_form(clause, version, lower)
        if clause in failing
        or (moved and clause.operator in ("<", *LOWER))
        or (unnamed and clause.operator in ("~=", *LOWER))
        else clause
        for clause in clauses
    ]
    if lacks_prerelease([clause for clause in new if not clause.excludes], version):
        new.append(Clause(separator(clauses), ">=", new[0].blank, version.public))
    return new
