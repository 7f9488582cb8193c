"""What is at hand of the files that must still be uploaded has the recorded bytes, and a green verdict covers it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from trainer_release.errors import Problem
from trainer_release.model.facts import ExecuteFacts

NAME = "covered_files"


def check(facts: ExecuteFacts) -> Iterator[Problem]:
    """The prepared bytes or none. What is not at hand is for `bring_files`."""
    for module in facts.record.modules.values():
        if module.published and not module.files:
            yield Problem(
                "nothing-built",
                f"the record binds no file of {module.package} {module.version}",
                hint="give the files with --artifacts DIR and their verdict with --verdict FILE",
            )
        listed = facts.listed(module.package, module.version)
        for dist in module.files if module.published else ():
            here = facts.local.get(dist.name, dist.sha256)
            if dist.name not in listed and here != dist.sha256:
                yield Problem(
                    "file-differs",
                    f"{dist.name} at hand has sha256 {here}, prepared was {dist.sha256}",
                    hint="give the folder that holds the prepared files with --artifacts DIR",
                )
    if facts.verdict is not None:
        yield from _tested(facts, facts.verdict)


def _tested(facts: ExecuteFacts, given: Mapping[str, Any]) -> Iterator[Problem]:
    """Where this run binds the bytes, the verdict must be green and name every wheel by its hash."""
    from trainer_release.agent import verdict

    if not given:
        yield Problem("not-covered", "no verdict was given for files that this run binds", hint="give --verdict FILE")
        return
    if not given["ok"]:
        yield Problem("not-covered", "the verdict is not green", hint="mend what failed, build and test again")
    files = (dist for module in facts.record.modules.values() if module.published for dist in module.files)
    wheels = {dist.name: dist.sha256 for dist in files if dist.name.endswith(".whl")}
    for name in verdict.covers(given, wheels):
        yield Problem("not-covered", f"no green cell tested {name}", hint="test these very files, then give --verdict")
