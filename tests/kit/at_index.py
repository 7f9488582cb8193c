"""A pair of modules prepared for an index of ours behind the faulty proxy, published by `execute` in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from kit import dialects
from kit.publishing import ACCOUNT, Simulated, account
from kit.suite import PAIR, ROW, Workspace, environment, tiny
from trainer_release.app.execute import Executed, Options, execute
from trainer_release.errors import ReleaseError, Severity
from trainer_release.world.faulty import Fault, Faulty, Request

FILES = ("mill_a-1.0.0-py3-none-any.whl", "mill_a-1.0.0.tar.gz", "mill_b-1.0.0-py3-none-any.whl", "mill_b-1.0.0.tar.gz")
"""In the order in which they are sent."""


@dataclass
class Ended:
    """How a run ended: the exit code, the codes of its errors, all their text, and what came of it."""

    exit: int
    codes: list[str]
    text: str
    done: Executed | None = None


@dataclass
class Place:
    """`index` is behind `proxy`, which asks `faults`; `work` is the prepared suite; `time` is everybody's clock."""

    index: dialects.Index
    proxy: Faulty
    work: Workspace
    time: Simulated = field(default_factory=Simulated)
    faults: Callable[[Request], Fault | None] = lambda _: None
    began: int = 0
    holder: list[Place] = field(default_factory=list)

    def execute(self, **options: Any) -> Ended:
        """The command, in this process; whatever it says is in `text`."""
        options = {"confirm": lambda _plan: True, "clock": self.time.clock, "silence": 0.3} | options
        dry_run = options.pop("dry_run", False)
        try:
            done = execute(self.work.root, Options(**options), dry_run=dry_run)
        except ReleaseError as error:
            said = [word for each in error.problems for word in (each.message, each.hint or "", *each.context)]
            codes = [each.code for each in error.problems if each.severity is Severity.ERROR]
            return Ended(error.exit, codes, "\n".join(said))
        return Ended(0, [], "", done)

    @property
    def posts(self) -> list[str]:
        """The files that were offered to the proxy since the test began, in order."""
        return [event.name or "" for event in self.proxy.events[self.began :] if event.method == "POST"]

    @property
    def ours(self) -> bool:
        """The index has exactly the prepared files."""
        record = self.work.record("v1.0.0")["modules"].values()
        wanted = {each["name"]: each["sha256"] for module in record for each in module["files"]}
        return wanted == {name: dialects.sha256(content) for name, content in self.index.files.items()}


@contextmanager
def serving(folder: Path, home: Path, **others: tuple[str, str]) -> Iterator[Place]:
    """The index, the proxy, and the suite prepared for them: once for many tests, each takes a `fresh` one.

    `others` are further indexes of the catalog: where they take uploads and where they serve; empty: as ours, and HERE
    is our host.
    """
    with dialects.running("pypi", account=ACCOUNT) as index:
        holder: list[Place] = []
        with Faulty(index.address, lambda request: holder[-1].faults(request) if holder else None) as proxy:
            where = proxy.address
            more = f'indexes:\n  internal: {{upload: "{where.upload}", simple: "{where.simple}", json: "{where.json}", window: 14}}\n'
            here = urlsplit(where.simple).netloc
            for name, (upload, simple) in others.items():
                reading = simple.replace("HERE", str(here)) or where.simple
                more += f'  {name}: {{upload: "{upload or where.upload}", simple: "{reading}"}}\n'
            work = tiny(folder, home, PAIR, release="{index: internal}", more=more, umbrella=False, rows=ROW)
            work.run("prepare", "1.0.0")
            yield Place(index, proxy, work, holder=holder)


def fresh(served: Place, folder: Path, patch: pytest.MonkeyPatch) -> Place:
    """The same with an empty index, a clock at its start, and this process in the environment of a person."""
    for name, value in environment(served.work.home).items():
        patch.setenv(name, value)
    for name in ("CI", "GITHUB_ACTIONS"):
        patch.delenv(name, raising=False)
    account(patch, served.work.home)
    place = Place(served.index, served.proxy, served.work.copy(folder), began=len(served.proxy.events))
    served.index.clear(place.time)
    served.holder.append(place)
    return place
