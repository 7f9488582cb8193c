"""Every file that must still be uploaded is at hand with the recorded bytes, and a green verdict covers it."""

from __future__ import annotations

from collections.abc import Iterator

from trainer_release.agent import verdict
from trainer_release.errors import Problem
from trainer_release.model.facts import ExecuteFacts

NAME = "covered_files"


def check(facts: ExecuteFacts) -> Iterator[Problem]:
    """The prepared bytes or none: nothing is built again here."""
    wheels = {}
    for module in facts.record.modules.values():
        listed = facts.listed(module.package, module.version)
        if module.published and not module.files:
            yield Problem("nothing-built", f"the record binds no file of {module.package} {module.version}")
        for dist in module.files if module.published else ():
            if dist.name.endswith(".whl"):
                wheels[dist.name] = dist.sha256
            if dist.name in listed:
                continue
            here = facts.local.get(dist.name)
            if here is None:
                yield Problem(
                    "file-missing",
                    f"{dist.name} is neither on the index nor at hand",
                    hint="give the folder that holds the prepared files with --artifacts DIR",
                )
            elif here != dist.sha256:
                yield Problem(
                    "file-differs",
                    f"{dist.name} at hand has sha256 {here}, prepared was {dist.sha256}",
                    hint="give the folder that holds the prepared files with --artifacts DIR",
                )
    bare = verdict.covers(facts.verdict or {}, wheels)
    for name in bare:
        yield Problem("not-covered", f"no green verdict covers {name}", hint="test these very files, then give --verdict")
