"""What changed has a new version: a module that is carried over is on the index as the repository has it."""

from __future__ import annotations

from collections.abc import Iterator

from trainer_release.errors import Problem
from trainer_release.model.facts import PrepareFacts

NAME = "moved_if_changed"
SHOWN = 5


def check(facts: PrepareFacts) -> Iterator[Problem]:
    """No carried module differs from the suite tag that published its version."""
    for name, (tag, files) in facts.unmoved.items():
        version = f"{facts.suite.modules[name].package} {facts.change.targets[name]}"
        listed = facts.suite.catalog.modules.get(name)
        more = (f"… and {len(files) - SHOWN} more",) if len(files) > SHOWN else ()
        yield Problem(
            "changed-not-moved",
            f"{version} is published, but {len(files)} of its files differ from {tag}",
            path=facts.suite.catalog.path,
            line=listed.mark.line if listed else None,
            hint=f"{_move(facts, name)}, or prepare on a branch from {tag}",
            context=(*files[:SHOWN], *more),
        )


def _move(facts: PrepareFacts, name: str) -> str:
    """What gives the module a new version here."""
    catalog = facts.suite.catalog
    listed = catalog.modules.get(name)
    if facts.version in catalog.rows:
        return f'give it a new version in row "{facts.version}"'
    if listed and listed.group:
        return f"give its group a new version: `--group {listed.group}=VERSION`"
    option = "only" if catalog.release.versioning == "fixed" else "bump"
    return f"add `--{option} {name}{'' if option == 'only' else '=patch'}`"
