"""One trial of a drill: a copy of the prepared suite, a faulty proxy before its index, and `execute` to the end."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from trainer_release.app import sandbox
from trainer_release.app.drill_faults import Trial, struck
from trainer_release.app.sandbox import Sandbox
from trainer_release.app.session import packages
from trainer_release.model.catalog import IndexAddress
from trainer_release.model.record import Record
from trainer_release.suite.catalog.section import with_index
from trainer_release.world import local_index
from trainer_release.world.faults import Fault, Request
from trainer_release.world.faulty import Faulty
from trainer_release.world.files import remove_tree, replace_text, sha256, text_or_none
from trainer_release.world.process import Finished
from trainer_release.world.victim import Victim

LIMIT, RUNS = 300.0, 3
"""Seconds for one run; and so many are tried: two are allowed, the third tells whether it would end at all."""
INDEX = "throw-away"


@dataclass(frozen=True, slots=True)
class End:
    """What a release left behind: the index's files with their sha256, refs by repository, the manifest; and under
    which names several files were sent. `runs` is how each run of `execute` ended."""

    files: Mapping[str, str]
    refs: Mapping[str, Mapping[str, str]]
    manifest: Any
    resent: tuple[str, ...]
    runs: tuple[Finished, ...]


@dataclass(slots=True)
class Attack:
    """What the proxy asks of every request. `victim` is the run that is hit."""

    trial: Trial
    uploads: int
    victim: Victim | None = None
    hits: int = 0
    looks: int = 0

    def __call__(self, request: Request) -> Fault | None:
        """The fault that this request meets."""
        trial = self.trial
        met = struck(trial, self.uploads, request, self.looks) and (request.what == "upload" or self.hits > 0)
        if not met or trial.kind is None:
            return None
        self.hits += 1
        self.looks += request.what != "upload"
        return Fault(trial.kind, trial.status, trial.headers, seconds=trial.seconds, call=self._strike)

    def _strike(self, _: Request) -> None:
        if self.victim is not None:
            (self.victim.fill_disk if self.trial.full else self.victim.kill)()


def tried(trial: Trial, base: Sandbox, folder: Path, record: Record) -> End:
    """Put a copy of the prepared suite to a trial; how it ended."""
    copy = base.copy(folder)
    attack = Attack(trial, len(record.files()))
    suite = copy.session.load().suite
    with (
        local_index.running(copy.index.parent, packages(suite)) as server,
        Faulty(server.address, attack, stale=lambda: trial.stale) as proxy,
    ):
        address = replace(proxy.address, name=INDEX)
        there, runs = copy, [_run(copy, record, address, attack)]
        if trial.loses == "cache":
            remove_tree(copy.session.cache(copy.suite))
        if trial.loses == "clone":
            there = sandbox.cloned(copy)
        while runs[-1].code != 0 and len(runs) < RUNS:
            runs.append(_run(there, record, address, attack))
        return _end(copy, there, record, proxy, tuple(runs))


def _run(there: Sandbox, record: Record, address: IndexAddress, attack: Attack) -> Finished:
    text = text_or_none(there.catalog) or ""
    if f"{INDEX}:" not in text:
        replace_text(there.catalog, with_index(there.session.listed(), address))
    words = ["execute", record.version, "--index", address.name, "--yes", "--json", "--catalog", str(there.catalog)]
    attack.victim = Victim(words, there.start, {})
    return attack.victim.ended(LIMIT)


def _end(copy: Sandbox, there: Sandbox, record: Record, proxy: Faulty, runs: tuple[Finished, ...]) -> End:
    files = {path.name: sha256(path) for path in sorted(copy.index.glob("*")) if not path.name.startswith(".")}
    shown = {path: git for path, git in there.gits().items() if there is copy or path.startswith("remotes/")}
    refs = {path: git.refs("refs/heads", "refs/tags", "refs/trainer-release") for path, git in shown.items()}
    sent: dict[str, set[str]] = {}
    for event in proxy.events:
        if event.method == "POST" and event.name and event.sha256:
            sent.setdefault(event.name, set()).add(event.sha256)
    resent = tuple(name for name, digests in sent.items() if len(digests) > 1)
    return End(files, refs, _manifest(there, record, proxy), resent, runs)


def _manifest(there: Sandbox, record: Record, proxy: Faulty) -> Any:
    """The manifest but for its moment, and the port of a proxy that was another in every trial."""
    place = there.session.data(there.suite) / "manifests"
    text = next((text_or_none(path) for path in place.glob(f"*-{record.version}-manifest.json")), None)
    with suppress(ValueError):
        found = json.loads((text or "").replace(urlsplit(proxy.address.simple or "").netloc, "index"))
        return {key: value for key, value in found.items() if key != "released_at"}
    return None
