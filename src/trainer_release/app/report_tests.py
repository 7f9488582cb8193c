"""What a test run showed, for machines: report.json (the verdict and what there is to complain of) and junit.xml."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from trainer_release.agent.verdict import verdict
from trainer_release.app.run_tests import TestRun
from trainer_release.errors import Problem
from trainer_release.world import files
from trainer_release.world.secrets import redact


def as_json(run: TestRun) -> dict[str, Any]:
    """The verdict with `exit` and `problems` beside it."""
    return verdict(run.reports) | {
        "exit": run.exit,
        "problems": [asdict(problem) for problem in run.problems],
    }


def refused(problems: Iterable[Problem], code: int) -> dict[str, Any]:
    """The same form where nothing could be run."""
    return verdict(()) | {"exit": code, "problems": [asdict(problem) for problem in problems]}


def write_refused(problems: Iterable[Problem], code: int, folder: Path) -> None:
    """Write report.json where nothing could be run."""
    files.replace_text(folder / "report.json", redact(json.dumps(refused(problems, code), indent=2)) + "\n")


def write(run: TestRun, folder: Path) -> None:
    """Write report.json and junit.xml (a suite per cell) into a folder, which is made where it is missing."""
    suites = "".join(report.junit for report in run.reports if report.junit)
    files.replace_text(folder / "report.json", redact(json.dumps(as_json(run), indent=2)) + "\n")
    files.replace_text(
        folder / "junit.xml", f'<?xml version="1.0" encoding="utf-8"?>\n<testsuites>{redact(suites)}</testsuites>\n'
    )
