"""What an index takes: how many new projects a day, and for how long a release takes further files. Pure.

Preflight, plan and `status` ask here; the limits stand in the catalog (`new-projects`, `window`), for pypi and testpypi
with us.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from trainer_release.model.facts import ExecuteFacts
from trainer_release.model.index import Listing
from trainer_release.model.record import Record, Recorded

WARNING = timedelta(days=4)
"""So long before its end a window is warned of."""


class Window(StrEnum):
    """How pressing it is to finish a release: `closing` is a warning, past `closed` nothing more is taken."""

    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"


def new_projects(facts: ExecuteFacts) -> list[str]:
    """The modules whose package the index does not know and of which this release has files, in the order in which
    they are published."""
    modules = facts.record.modules
    order = [name for wave in facts.record.waves for name in wave if modules[name].published]
    return [name for name in order if not facts.page(modules[name].package).known]


def beyond(facts: ExecuteFacts) -> list[str]:
    """Those of them that the index does not take today."""
    limit = facts.address.new_projects
    return [] if limit is None else new_projects(facts)[limit:]


def began(module: Recorded, listing: Listing) -> datetime | None:
    """When the first file of this version came; None where none is there, or the index does not say."""
    times = [file.uploaded for file in listing.get(module.version, ()) if file.uploaded is not None]
    return min(times, default=None)


def ends(began: datetime | None, window: int | None) -> datetime | None:
    """When a release that began then takes no further file; None: nobody knows, or never."""
    return began + timedelta(days=window) if began and window else None


def deadline(record: Record, listings: Mapping[str, Listing], window: int | None) -> datetime | None:
    """Until when the files that the index lacks can still be published: the earliest end among the modules that are
    published in part."""
    found = []
    for module in record.modules.values():
        listing = listings.get(module.package, {})
        there = {file.name for file in listing.get(module.version, ())}
        if module.published and any(dist.name not in there for dist in module.files):
            found.append(ends(began(module, listing), window))
    return min((end for end in found if end), default=None)


def pressing(end: datetime | None, now: datetime) -> Window:
    """Where a window stands that ends then; one that never ends is open."""
    if end is None or now <= end - WARNING:
        return Window.OPEN
    return Window.CLOSING if now <= end else Window.CLOSED
