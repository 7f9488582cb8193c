"""A release that was begun can still be finished: the index takes further files of it."""

from __future__ import annotations

from collections.abc import Iterator

from trainer_release.errors import Problem, Severity
from trainer_release.model.facts import ExecuteFacts
from trainer_release.release.capacity import Window, began, ends, pressing

NAME = "window_open"


def check(facts: ExecuteFacts) -> Iterator[Problem]:
    """Only where something is missing."""
    for module in facts.record.modules.values():
        listed = facts.listed(module.package, module.version)
        end = ends(began(module, facts.page(module.package)), facts.address.window)
        if not (module.published and end and any(dist.name not in listed for dist in module.files)):
            continue
        what = f"{module.package} {module.version}: {facts.index} takes further files until {end:%Y-%m-%d %H:%MZ}"
        where = pressing(end, facts.now)
        if where is Window.CLOSED:
            yield Problem(
                "window-closed",
                f"{what}, which is over",
                hint="release the next version: what is published of this one stays",
            )
        elif where is Window.CLOSING:
            yield Problem("window-closing", what, hint="finish it before", severity=Severity.WARNING)
