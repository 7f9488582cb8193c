"""Scripted uploads of which the client cannot know what became, and what the truth was: one module of three files."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from kit import dialects
from kit.index import make_sdist, make_wheel
from kit.publishing import Simulated, here, publishing
from trainer_release.errors import ReleaseError
from trainer_release.model.index import Dist
from trainer_release.release.steps import publish_dists
from trainer_release.world.faulty import Fault, Faulty, Request

PACKAGE, VERSION = "suite-a", "1.0.0"
FAULTS = {
    "stored, then 500": Fault("stored-then-status", 500),
    "stored, then 502": Fault("stored-then-status", 502),
    "stored, then 503": Fault("stored-then-status", 503),
    "stored, then 504": Fault("stored-then-status", 504),
    "stored, then 429": Fault("stored-then-status", 429, {"Retry-After": "7"}),
    "stored, then reset": Fault("reset-after-body"),
    "stored, then silence": Fault("stored-then-hang"),
    "stored, then half an answer": Fault("half-close"),
    "a rival sends the same bytes first": Fault("twice"),
    "a rival sends other bytes first": Fault("call"),
    "502, not stored": Fault("status", 502),
    "503, not stored": Fault("status", 503, {"Retry-After": "3"}),
    "reset, not stored": Fault("reset"),
    "silence, not stored": Fault("hang"),
    "a login page, not stored": Fault("html"),
}
STORED = {name for name, fault in FAULTS.items() if fault.kind not in {"status", "reset", "hang", "html"}}
STALE = {"at once": 0.0, "after 2.4 s": 2.4, "after 20 min": 1200.0}
"""How late the simple page shows a file: at once, within three polls, long after them."""


@dataclass(frozen=True)
class Case:
    """One fault, at one file of three, at one index, whose pages are as fresh as `stale` says."""

    dialect: str
    fault: str
    position: int
    stale: str

    def __str__(self) -> str:
        return f"{self.dialect}-{self.fault}-{('first', 'middle', 'last')[self.position]}-{self.stale}"


def cases() -> Iterator[Case]:
    """Every fault at every position at every index; with stale pages at one position, by turns."""
    for dialect, fault in itertools.product(dialects.DIALECTS, FAULTS):
        yield from (Case(dialect, fault, position, "at once") for position in range(3))
    turns = itertools.cycle(range(3))
    for dialect, fault, stale in itertools.product(dialects.DIALECTS, FAULTS, ("after 2.4 s", "after 20 min")):
        yield Case(dialect, fault, next(turns), stale)


@dataclass(frozen=True)
class Went:
    """How a run ended (`codes`, none for a success), what the index has, and how often each file was sent."""

    codes: tuple[str, ...]
    ours: dict[str, str]
    there: dict[str, str]
    posts: Counter[str]
    waited: float


def files(folder: Path) -> list[Path]:
    """Two wheels and an sdist, in the order in which they are sent."""
    pure = make_wheel(folder, PACKAGE, VERSION)
    made = make_wheel(folder / "other", PACKAGE, VERSION, files={"binary.txt": "for one platform"})
    other = made.rename(pure.with_name(pure.name.replace("py3-none-any", "py3-none-manylinux_2_17_x86_64")))
    return [pure, other, make_sdist(folder, PACKAGE, VERSION)]


def went(case: Case, folder: Path) -> Went:
    """Publish the module through the fault, once, as `execute` would."""
    paths = files(folder / "artifacts" / "a")
    hit, time = paths[case.position].name, Simulated()
    rival = make_sdist(folder / "rival", PACKAGE, VERSION, files={"rival.txt": "other bytes"}).read_bytes()
    fault = FAULTS[case.fault]
    pending = {hit}
    with dialects.running(case.dialect, clock=time, stale=STALE[case.stale]) as index:
        first = Fault("call", call=lambda _: index.put(hit, rival)) if fault.kind == "call" else fault

        def faults(request: Request) -> Fault | None:
            if request.method == "POST" and request.name in pending:
                pending.discard(request.name)
                return first
            return None

        with Faulty(index.address, faults) as proxy:
            dists = tuple(Dist(path.name, sha256(path.read_bytes()).hexdigest(), path.stat().st_size) for path in paths)
            action = publish_dists.Publish("a", (), PACKAGE, VERSION, dists, (f"{PACKAGE}=={VERSION}",))
            codes: tuple[str, ...] = ()
            try:
                publish_dists.run(action, publishing(folder, proxy.address, time, silence=0.3), {}, here)
            except ReleaseError as error:
                codes = tuple(problem.code for problem in error.problems)
            sent = Counter(event.name or "" for event in proxy.events if event.method == "POST")
        there = {name: sha256(content).hexdigest() for name, content in index.files.items()}
    return Went(codes, {dist.name: dist.sha256 for dist in dists}, there, sent, time.passed)


def honest(case: Case) -> set[str]:
    """What may be said beside the truth: where a rival was first, a proxy hides that behind a 404, and the pages are
    late, this run's only upload was refused, and that is all that anybody tells it."""
    hidden = case.dialect == "hiding-404" and case.stale != "at once" and "rival" in case.fault
    return {"upload-refused", "upload-failed"} if hidden else set()


def wrong(case: Case, end: Went) -> list[str]:
    """What was judged wrongly, in words; nothing where all was right."""
    hit = sorted(end.ours, key=lambda name: (not name.endswith(".whl"), name))[case.position]
    others = any(end.there.get(name, digest) != digest for name, digest in end.ours.items())
    right = ("file-differs",) if others else ()
    said = []
    if end.codes != right and not honest(case) >= set(end.codes) > set():
        said.append(f"the word was {end.codes or 'success'}, and {right or 'success'} is right")
    if not end.codes and not end.there.items() >= end.ours.items():
        said.append("a success, and the index has not all of our bytes")
    busy = "503" in case.fault and case.stale != "at once"  # it says itself that it took nothing: one look, then again
    if case.dialect == "pypi" or not (busy or case.stale == "after 20 min"):  # the index told in time what it has
        expected = 1 if case.fault in STORED else 2
        said += [f"{name} was sent {n} times" for name, n in end.posts.items() if n > (expected if name == hit else 1)]
    return said
