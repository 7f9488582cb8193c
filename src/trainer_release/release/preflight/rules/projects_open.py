"""The index takes files for every project: none is quarantined or archived (PEP 792), no version of ours yanked."""

from __future__ import annotations

from collections.abc import Iterator

from trainer_release.errors import Problem, Severity
from trainer_release.model.facts import ExecuteFacts
from trainer_release.model.record import Recorded

NAME = "projects_open"
_CLOSED = {
    "quarantined": "ask the administrators of {index}; nobody can install it meanwhile",
    "archived": "unarchive it on its page on {index}, then run again",
}


def check(facts: ExecuteFacts) -> Iterator[Problem]:
    """Only where something is missing; a finished release that was yanked since is a warning."""
    for module in facts.record.modules.values():
        page, listed = facts.page(module.package), facts.listed(module.package, module.version)
        if not module.published:
            continue
        missing = any(dist.name not in listed for dist in module.files)
        if missing and page.status in _CLOSED:
            yield Problem(
                "project-closed",
                f"{module.package} is {page.status} on {facts.index}",
                hint=_CLOSED[page.status].format(index=facts.index),
            )
        if any(file.yanked for file in listed.values()):
            yield _yanked(module, missing=missing)


def _yanked(module: Recorded, *, missing: bool) -> Problem:
    return Problem(
        "release-yanked",
        f"{module.package} {module.version} is yanked on the index",
        hint="release the next version, or take the yank back on the index's pages" if missing else "",
        severity=Severity.ERROR if missing else Severity.WARNING,
    )
