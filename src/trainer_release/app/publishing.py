"""What `execute` adds to a run that publishes: what the index's limits are, and how one ends that could not finish."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from trainer_release.app.session import EMBEDDED, address
from trainer_release.errors import ReleaseError
from trainer_release.model.catalog import Catalog, IndexAddress
from trainer_release.model.index import Listing
from trainer_release.model.outcome import Outcome
from trainer_release.model.plan import Plan
from trainer_release.model.record import Record
from trainer_release.release import steps
from trainer_release.release.engine.journal import Journal
from trainer_release.release.engine.reporter import Reporter
from trainer_release.release.engine.runner import carry_out
from trainer_release.release.publishing.asking import Release, completed
from trainer_release.release.publishing.ending import STEP, Ledger, ended
from trainer_release.release.step import Clock, World


def asked(listed: Catalog, index: str, now: datetime, *, spread: bool) -> dict[str, Any]:
    """Facts about the index and the person's wishes."""
    where = IndexAddress(EMBEDDED) if index == EMBEDDED else address(listed, index)
    return {"address": where, "now": now, "spread": spread}


def completed_all(record: Record, listed: Mapping[str, Listing], where: IndexAddress) -> dict[str, Listing]:
    """The listings with all that the index knows of our files: hashes that it does not state, what its JSON tells."""
    ours = {
        m.package: Release(name, m.package, m.version, m.files) for name, m in record.modules.items() if m.published
    }
    with ThreadPoolExecutor(8) as pool:
        found = {name: pool.submit(completed, listed.get(name, {}), release, where) for name, release in ours.items()}
    return {**listed, **{name: future.result() for name, future in found.items()}}


def hands(clock: Clock, wait: float, silence: float, reporter: Reporter) -> dict[str, Any]:
    """The fields of a World that waiting needs."""
    tell = partial(reporter.noted, STEP)
    return {"clock": clock, "wait": wait, "silence": silence, "tell": tell}


def again(version: str, index: str | None, artifacts: Path | None, verdict: Path | None, spread: bool) -> str:
    """The one command that goes on with a release."""
    given = {"--index": index, "--artifacts": artifacts, "--verdict": verdict}
    words = [word for flag, value in given.items() if value is not None for word in (flag, str(value))]
    return " ".join(["trainer-release execute", version, *words, *(["--spread"] if spread else [])])


def carried_out(
    plan: Plan, world: World, journal: Journal, reporter: Reporter, *, live: bool, command: str
) -> Mapping[tuple[str, str], Outcome]:
    """Carry the plan out; where modules could not be published, the error says how the whole release stands. `live`: it
    had files on the index before; `command` goes on with it."""
    ledger = Ledger(reporter)
    try:
        return carry_out(plan, steps.EXECUTE, world, journal, ledger, world.clock)
    except ReleaseError as error:
        raise ended(error, ledger, live=live, command=command) from error
