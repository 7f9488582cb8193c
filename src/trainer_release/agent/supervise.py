"""One run of pytest on a stage: confined, watched, bounded in time, and told event by event."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from trainer_release.agent.environments.asking import allowed
from trainer_release.agent.events import BAD, Told, fold
from trainer_release.agent.instructions import INJECT, Here, config
from trainer_release.errors import fail
from trainer_release.model.testing import Attempt, Cell, Leak, TestResult
from trainer_release.world import confinement, files
from trainer_release.world.process import TAIL, WIDTH

_NONE_COLLECTED, _INTERRUPTED = 5, 2
_MARGIN = 30.0
"""How much longer than its wall a run may take until its supervisor counts as lost, in seconds."""
_CODES = {"wall": "tests-timeout", "interrupted": "tests-interrupted", "foreign": "module-foreign"}


@dataclass(frozen=True, slots=True)
class Ran:
    """What one or several runs showed; `code` is the error code where there is no whole result, `level` that of the
    confinement."""

    tests: tuple[TestResult, ...] = ()
    tail: tuple[str, ...] = ()
    code: str | None = None
    level: str = ""
    leaks: tuple[Leak, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    leaks_fail: bool = True

    def count(self, *outcomes: str) -> int:
        """How many tests had one of these outcomes."""
        return sum(test.outcome in outcomes for test in self.tests)

    @property
    def passed(self) -> int:
        return self.count("passed", "xpassed")

    @property
    def failed(self) -> int:
        return self.count(*BAD, "leaked")

    @property
    def skipped(self) -> int:
        return self.count("skipped", "xfailed")

    @property
    def leaked(self) -> bool:
        """Whether something was left behind where that is a fault."""
        return self.count("leaked") > 0 or bool(self.leaks and self.leaks_fail)

    @property
    def status(self) -> str:
        """passed, failed, leaked, empty or broken; tests that were all skipped have shown nothing."""
        if self.count(*BAD):
            return "failed"
        if self.code and self.code != "tests-leaked":
            return "broken"
        if self.leaked:
            return "leaked"
        return "passed" if self.passed else "empty"


def supervise(cell: Cell, here: Here, origin: str, wall: float) -> Ran:
    """Run the tests of one source there; `wall` is in seconds. `here.folder` takes all that is written.

    ReleaseError `confinement-missing` where the level that is asked for is not to be had.
    """
    told_by = config(cell, here, allowed(), wall)
    for name in ("tmp", "kept"):
        files.make_folder(Path(told_by[name]))
    place = here.folder / "config.json"
    files.replace_text(place, json.dumps(told_by), lasting=False)
    confinement.watched(INJECT / "ta_super.py", place, told_by["wall"] + _MARGIN)
    conduct = cell.conduct
    lines = (files.text_or_none(here.folder / "events.jsonl") or "").splitlines()
    told = fold(lines, origin, leaks_fail=conduct.leaks == "fail", allowed=conduct.allowed_leaks)
    if told.reason == "unconfined":
        message = f"{cell.name}: {conduct.confinement} was asked for, and is not to be had: {told.refused}".rstrip(": ")
        raise fail("confinement-missing", message, hint="--confinement auto takes what there is, and names it")
    return _judge(told, _tail(here.folder, told, told_by["wall"]), leaks_fail=conduct.leaks == "fail")


def _tail(folder: Path, told: Told, wall: float) -> tuple[str, ...]:
    names = ["output.txt"] if told.reason else ["output.txt", "super.txt"]
    text = "\n".join(files.text_or_none(folder / name) or "" for name in names)
    lines = [line for line in text.splitlines() if line.strip()]
    if told.reason == "wall":
        running = [f"{test.test} was running" for test in told.results if test.outcome == "timeout"][-1:]
        lines += [*running, f"ended after {wall:g} s"]
    lines += told.foreign
    return tuple(line if len(line) <= WIDTH else f"…{line[-WIDTH:]}" for line in lines[-TAIL:])


def _judge(told: Told, tail: tuple[str, ...], *, leaks_fail: bool) -> Ran:
    ran = Ran(told.results, tail, _CODES.get(told.reason or ""), told.level, told.leaks, told.attempts, leaks_fail)
    if ran.code or told.reason == "failures":
        return ran
    # Without a failed test only two codes are a result: anything else is a usage error or a plugin's veto.
    struck = ran.count("timeout", "crashed") > 0
    agrees = ran.failed > 0 or told.exit == (0 if told.results else _NONE_COLLECTED)
    if told.reason != "done" or (told.exit == _INTERRUPTED and not ran.count("error")) or not (agrees or struck):
        return Ran(told.results, tail, "tests-broken", told.level, told.leaks, told.attempts, leaks_fail)
    if ran.status == "leaked":
        return Ran(told.results, tail, "tests-leaked", told.level, told.leaks, told.attempts, leaks_fail)
    return ran


def together(runs: Sequence[Ran]) -> Ran:
    """Several runs as one: results added, the tail of the last that went wrong, the first error code."""
    worst = next((run for run in reversed(runs) if run.status in {"failed", "broken", "leaked"}), runs[-1])
    codes = [run.code for run in runs if run.code]
    return Ran(
        tuple(test for run in runs for test in run.tests),
        worst.tail,
        next((code for code in codes if code != "tests-leaked"), next(iter(codes), None)),
        runs[-1].level,
        tuple(leak for run in runs for leak in run.leaks),
        tuple(dict.fromkeys(attempt for run in runs for attempt in run.attempts)),
        all(run.leaks_fail for run in runs),
    )
