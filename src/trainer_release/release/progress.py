"""How far a release is, file by file, as the index and the journal tell it. Pure: `status` shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from trainer_release.model.index import Dist, IndexFile, Listing
from trainer_release.model.publishing import FileState, State
from trainer_release.model.record import Record, Recorded

Noted = tuple[str, datetime | None]
"""What the journal says last of a module's publishing (`started`, `failed`, `done`), and when."""


def file_states(
    record: Record,
    listings: Mapping[str, Listing],
    told: Mapping[str, Iterable[IndexFile]],
    noted: Mapping[str, Noted],
) -> tuple[FileState, ...]:
    """Every file that the release publishes. `listings` are the simple pages and `told` what the JSON tells, by
    package; `noted` is by module.

    A file is `installable` where the simple index serves it and the run that published it has ended well, `published`
    where one of the two oracles has it with our hash, `ambiguous` where a run began to publish its module and nobody
    has it, `uploaded` where that run ended well all the same, else `planned`.
    """
    published = ((name, module) for name, module in record.modules.items() if module.published)
    return tuple(
        state for name, module in published for state in _states(name, module, listings, told, noted.get(name))
    )


def _states(
    name: str,
    module: Recorded,
    listings: Mapping[str, Listing],
    told: Mapping[str, Iterable[IndexFile]],
    noted: Noted | None,
) -> list[FileState]:
    served = {file.name: file for file in listings.get(module.package, {}).get(module.version, ())}
    others = {file.name: file for file in told.get(module.package, ())}
    return [_state(name, dist, served.get(dist.name), others.get(dist.name), noted) for dist in module.files]


def _state(module: str, dist: Dist, served: IndexFile | None, told: IndexFile | None, noted: Noted | None) -> FileState:
    event, at = noted or ("", None)
    there = next((file for file in (served, told) if file is not None and file.sha256 == dist.sha256), None)
    if there is not None:
        whole = there is served and event == "done"
        return FileState(module, dist.name, State.INSTALLABLE if whole else State.PUBLISHED, there.uploaded or at)
    if event == "done":
        return FileState(module, dist.name, State.UPLOADED, at)
    return FileState(module, dist.name, State.AMBIGUOUS if event else State.PLANNED, at)
