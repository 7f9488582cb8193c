"""One run of pytest on a stage: confined to its environment, bounded in time, counted from its JUnit report."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from trainer_release.agent.envs import foreign
from trainer_release.agent.stage import Stage
from trainer_release.world import files, process

_NONE_COLLECTED = 5


@dataclass(frozen=True, slots=True)
class Ran:
    """What one or several runs showed; `code` is the error code where there is no result."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    tail: tuple[str, ...] = ()
    cases: tuple[ET.Element, ...] = ()
    code: str | None = None

    @property
    def status(self) -> str:
        """passed, failed, empty or broken; tests that were all skipped have shown nothing."""
        if self.failed:
            return "failed"
        if self.code:
            return "broken"
        return "passed" if self.passed else "empty"


def supervise(python: Path, place: Stage, folder: Path, timeout: float) -> Ran:
    """Run pytest there with this interpreter; `folder` takes the report and temporary files, `timeout` is in seconds.

    The child sees an allow-list of variables, its environment's programs first on PATH, its own process group.
    """
    junit = folder / "junit.xml"
    temporary = folder / "tmp"
    files.make_folder(temporary)
    ignored = [f"--ignore={name}" for name in place.ignore]
    options = [f"--junitxml={junit}", "-p", "no:cacheprovider", *ignored]
    done = process.run(
        [python, "-m", "pytest", place.target, *options],
        cwd=place.folder,
        env=_surroundings(python, temporary),
        drop=foreign(),
        timeout=max(round(timeout, 1), 0.1),
    )
    return _judge(done, junit)


def _surroundings(python: Path, temporary: Path) -> dict[str, str]:
    return {
        "PATH": os.pathsep.join((str(python.parent), os.environ.get("PATH", os.defpath))),
        "TMPDIR": str(temporary),
        "TEMP": str(temporary),
        "TMP": str(temporary),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _judge(done: process.Finished, junit: Path) -> Ran:
    if done.code is None:
        return Ran(tail=done.tail, code="tests-timeout")
    cases = _cases(junit)
    failed = sum(_has(case, "failure", "error") for case in cases)
    skipped = sum(_has(case, "skipped") and not _has(case, "failure", "error") for case in cases)
    passed = len(cases) - failed - skipped
    # Without a failed test only two codes are a result: anything else is a crash, a usage error, a plugin's veto.
    agrees = failed > 0 or done.code == (0 if cases else _NONE_COLLECTED)
    return Ran(passed, failed, skipped, done.tail, cases, None if agrees else "tests-broken")


def _has(case: ET.Element, *names: str) -> bool:
    return any(case.find(name) is not None for name in names)


def _cases(junit: Path) -> tuple[ET.Element, ...]:
    try:
        return tuple(ET.fromstring(files.text_or_none(junit) or "").iter("testcase"))  # noqa: S314 (ours)
    except ET.ParseError:
        return ()


def together(runs: Sequence[Ran]) -> Ran:
    """Several runs as one: counts added, the tail of the last that went wrong, the first error code."""
    worst = next((run for run in reversed(runs) if run.status in {"failed", "broken"}), runs[-1])
    return Ran(
        sum(run.passed for run in runs),
        sum(run.failed for run in runs),
        sum(run.skipped for run in runs),
        worst.tail,
        tuple(case for run in runs for case in run.cases),
        next((run.code for run in runs if run.code), None),
    )


def suite_of(name: str, seconds: float, ran: Ran) -> str:
    """One JUnit `<testsuite>` of a cell, as text."""
    counts = {
        "tests": len(ran.cases),
        "failures": ran.failed,
        "skipped": ran.skipped,
        "time": f"{seconds:.3f}",
    }
    suite = ET.Element("testsuite", {"name": name} | {key: str(value) for key, value in counts.items()})
    suite.extend(ran.cases)
    return ET.tostring(suite, encoding="unicode")
