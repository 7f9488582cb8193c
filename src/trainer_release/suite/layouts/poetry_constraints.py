"""Poetry's version constraints (`^1.2`, `~1.2`, `1.2.*`, `1.2`, `a || b`): what they mean in PEP 440.

The translation is the one that poetry-core writes into METADATA.
"""

from __future__ import annotations

import re
from dataclasses import replace

from packaging.version import Version

from trainer_release.suite.clauses import Clause, following

ANY = re.compile(r"v?[xX*](?:\.[xX*])*\Z")
WILD = re.compile(r"(?:\.\*)+\Z")
OR = re.compile(r"\s*\|\|?\s*")
CLAUSE = re.compile(
    r"(?P<before>[\s,]*)(?P<operator>[~=!<>]=|<>|[\^~=<>]?)(?P<blank>\s*)(?P<version>[^\s,|^~=<>]+)",
)


def specifier(constraint: str) -> str:
    """The PEP 440 specifier of a constraint; of alternatives, the range from the lowest to the highest, because
    METADATA knows no `||`. ValueError where Poetry would not understand it.
    """
    found = [pep440(clauses(each)) for each in OR.split(constraint.strip())]
    return ",".join(map(bound, found[0] if len(found) == 1 else hull(found)))


def clauses(constraint: str) -> list[Clause]:
    """The clauses of one alternative as they are written; `*` is a clause. ValueError where it has none, or one that is
    no version."""
    text = constraint.strip().rstrip(",").rstrip()
    found: list[Clause] = []
    at = 0
    while match := CLAUSE.match(text, at):
        found.append(Clause(**match.groupdict()))
        at = match.end()
    if not found or at != len(text):
        raise ValueError(f"{constraint!r} is no constraint that Poetry knows")
    for each in found:
        if is_wild(each) and each.operator not in ("", "=", "==", "!="):
            raise ValueError(f"{constraint!r} has a `*` behind {each.operator}")
        if not ANY.match(each.version):
            Version(WILD.sub("", each.version))
    return found


def pep440(found: list[Clause]) -> list[Clause]:
    """The same clauses in PEP 440's operators."""
    return [new for each in found for new in translated(each)]


def translated(clause: Clause) -> list[Clause]:
    """One clause of Poetry's as clauses of PEP 440 that mean the same; none for what admits everything."""
    if ANY.match(clause.version):
        return []
    operator = {"": "==", "=": "==", "<>": "!="}.get(clause.operator, clause.operator)
    if is_wild(clause):
        return [Clause("", operator, "", WILD.sub(".*", clause.version.removeprefix("v")))]
    version = Version(clause.version)
    if operator not in ("^", "~", "~="):
        return [Clause("", operator, "", str(version))]
    index = moving(operator, version.release)
    return [
        Clause("", ">=", "", str(version)),
        Clause("", "<", "", following(version, index, len(version.release))),
    ]


def moving(operator: str, release: tuple[int, ...]) -> int:
    """The component that the upper limit raises: the caret's is the first that is not 0."""
    if operator == "~=":
        return max(len(release) - 2, 0)
    if operator == "~":
        return min(len(release) - 1, 1)
    return next((index for index in range(3) if index == len(release) - 1 or release[index]), 2)


def hull(alternatives: list[list[Clause]]) -> list[Clause]:
    """From the lowest lower limit to the highest upper one; a side that one of them leaves open is open."""
    limits: list[Clause] = []
    for operators, choose in (((">", ">=", "=="), min), (("<", "<=", "=="), max)):
        side = [next((c for c in each if c.operator in operators and not is_wild(c)), None) for each in alternatives]
        closed = [clause for clause in side if clause is not None]
        if len(closed) == len(side):
            limit = choose(closed, key=lambda clause: Version(clause.version))
            limits.append(replace(limit, operator=operators[1]) if limit.operator == "==" else limit)
    return limits


def is_wild(clause: Clause) -> bool:
    """Whether it ends in `.*`, or is `*` alone."""
    return clause.version.endswith(".*") or ANY.match(clause.version) is not None


def bound(clause: Clause) -> str:
    return clause.operator + clause.version
