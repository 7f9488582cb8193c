"""A module's public API now against its last published wheel: what broke and what is new, found by griffe.

Sources are parsed, never imported or run. `api` reads them, `compare` holds two readings against each other; griffe is
used in this folder alone. What comes out advises, it stops nothing.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from trainer_release.agent.contracts.api import roots
from trainer_release.agent.contracts.compare import compare
from trainer_release.agent.workers import each
from trainer_release.errors import ReleaseError
from trainer_release.model.contracts import Contract
from trainer_release.model.index import IndexFile
from trainer_release.world.files import scratch
from trainer_release.world.wheels import best_wheel


@dataclass(frozen=True, slots=True)
class Subject:
    """A module to compare: its project's folder, that folder as messages show it (empty or ending in a slash), and the
    published version with its files. `tracked` are the files that git knew then: what a build alone wrote into the
    wheel is no API that the sources could keep."""

    name: str
    folder: Path
    shown: str
    version: str
    files: tuple[IndexFile, ...]
    tracked: Collection[str]


def survey(subjects: Iterable[Subject], jobs: int) -> dict[str, Contract]:
    """Every module against its published wheel, `jobs` at a time. What cannot be downloaded or parsed is told in
    `Contract.fault`: the comparison advises, it stops nothing."""
    wanted = list(subjects)
    if not wanted:
        return {}
    from griffe import logger

    with scratch("contracts") as folder, warnings.catch_warnings(), logger.disable():
        warnings.simplefilter("ignore")  # about escapes and the like in other people's sources
        found = each(lambda subject: _contract(subject, folder / subject.name), wanted, jobs)
    return dict(zip((subject.name for subject in wanted), found, strict=True))


def _contract(subject: Subject, folder: Path) -> Contract:
    from trainer_release.world import index, sources

    wheels = [file for file in subject.files if file.name.endswith(".whl")]
    wheel = best_wheel(wheels) or wheels[0]
    try:
        old = sources.in_wheel(index.download(wheel, folder))
        found = sources.in_folder(subject.folder, roots(old))
        if found is None:
            return Contract(
                subject.version, fault=f"the sources of {', '.join(roots(old)) or wheel.name} were not found"
            )
        place, new = subject.shown + found[0], found[1]
        kept = {path: text for path, text in old.items() if path in new or place + path in subject.tracked}
        return compare(subject.version, kept, new, place)
    except ReleaseError as error:
        return Contract(subject.version, fault=error.problems[0].message)
    except Exception as error:  # noqa: BLE001 - sources of any make; whatever the parser dislikes is told
        return Contract(subject.version, fault=" ".join(f"{type(error).__name__}: {error}".split()))
