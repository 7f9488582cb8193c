"""The index takes as many new projects in a day as the release has."""

from __future__ import annotations

from collections.abc import Iterator

from trainer_release.errors import Problem
from trainer_release.model.facts import ExecuteFacts
from trainer_release.release.capacity import new_projects

NAME = "projects_fit"


def check(facts: ExecuteFacts) -> Iterator[Problem]:
    """What does not fit is refused with a schedule, unless the person wants it spread."""
    limit, new = facts.address.new_projects, new_projects(facts)
    if limit is None or len(new) <= limit or facts.spread:
        return
    days = [new[start : start + limit] for start in range(0, len(new), limit)]
    yield Problem(
        "too-many-projects",
        f"{len(new)} packages are new to {facts.index}, which takes {limit} new projects a day",
        context=tuple(f"day {number}: {', '.join(names)}" for number, names in enumerate(days, start=1)),
        hint=f"--spread publishes {', '.join(days[0])} and what needs no other now, and the rest when it is run again",
    )
