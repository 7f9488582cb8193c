"""A version tells its users what its public API did: what broke is not called a patch. Only a warning."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

from trainer_release.errors import Problem, Severity
from trainer_release.model.facts import PrepareFacts
from trainer_release.suite import bumps

NAME = "big_enough"
SHOWN = 10


def check(facts: PrepareFacts) -> Iterator[Problem]:
    """Every module that is released now moves by the least level that its public API asks for."""
    for name, contract in facts.contracts.items():
        if contract.fault or name not in facts.change.built:
            continue
        target = facts.change.targets[name]
        moved = bumps.jump(contract.base, target)
        if bumps.higher(contract.least, moved) == moved:
            continue
        first = contract.breakages[0] if contract.breakages else None
        said = [*map(str, contract.breakages), *(f"{each} is new" for each in contract.additions)]
        more = (f"… and {len(said) - SHOWN} more",) if len(said) > SHOWN else ()
        yield Problem(
            "bump-too-small",
            f"{name} {target} is a {moved} after {contract.base}, its public API asks for {contract.least}",
            path=first.path if first else facts.suite.catalog.path,
            line=first.line if first else None,
            hint=f"{_move(facts, name, contract.least)}; or keep the API as it was",
            context=(*said[:SHOWN], *more),
            severity=Severity.WARNING,
        )


def _move(facts: PrepareFacts, name: str, level: str) -> str:
    """What gives the module, or with it the suite, a version that is high enough."""
    catalog, suite = facts.suite.catalog, facts.suite
    listed = catalog.modules.get(name)
    fixed = catalog.release.versioning == "fixed"
    if facts.version in catalog.rows and listed:
        return f'give it a {level} version in row "{facts.version}"'
    if listed and listed.group:
        return f"`--group {listed.group}={_next(facts, name, level)}`"
    if not fixed and not suite.modules[name].umbrella:
        return f"`--bump {name}={level}`"
    level = reduce(bumps.higher, (each.least for each in facts.contracts.values())) if fixed else level
    return f"`prepare --bump {level}`"


def _next(facts: PrepareFacts, name: str, level: str) -> str:
    """The version of a group that is that level on; a group of pre-releases stays one."""
    base = facts.contracts[name].base
    return bumps.same_stage(base, level) if bumps.stage_of(base) else bumps.bump(base, level)
