"""Tests under supervision: written, run in this very environment, their results by name."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

from kit.cells import cell, source
from trainer_release.agent.instructions import Here
from trainer_release.agent.stage import stage
from trainer_release.agent.supervise import Ran, supervise
from trainer_release.model.testing import Conduct, Limits

LIMITS = Limits(test=30.0, wall=120.0, grace=0.3)


def watched(folder: Path, text: str, *, limits: Limits = LIMITS, wall: float = 120.0, ini: str = "", **how) -> Ran:
    """What supervision makes of one file of tests; `how` are fields of Conduct, or `packages` that are installed."""
    packages = how.pop("packages", ())
    texts = {"tests/test_it.py": dedent(text), "pytest.ini": ini or "[pytest]\n"}
    tests = source(folder / "project", texts)
    here = Here(Path(sys.executable), stage(tests, folder / "stage"), folder / "run", packages)
    return supervise(cell(tests, conduct=Conduct(limits=limits, **how)), here, "module", wall)


def outcomes(ran: Ran) -> dict[str, str]:
    """Outcome by the test's own name."""
    return {test.test.rpartition("::test_")[2]: test.outcome for test in ran.tests}


def commands(mark: str) -> list[int]:
    """The processes whose command line, or environment, holds a mark; this one left out."""
    found = []
    for place in Path("/proc").iterdir():
        if place.name.isdigit() and int(place.name) != os.getpid():
            try:
                said = (place / "cmdline").read_bytes() + (place / "environ").read_bytes()
                state = (place / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if mark.encode() in said and state != "Z":
                found.append(int(place.name))
    return found


def until(true: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Whether it becomes true within so many seconds."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True
