"""What a test run showed, for machines and people: report.json, junit.xml, summary.md, report.html."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from packaging.utils import parse_wheel_filename

from trainer_release.agent.verdict import verdict
from trainer_release.app.report_html import page
from trainer_release.app.report_summary import summary
from trainer_release.app.run_facts import began
from trainer_release.app.run_tests import TestRun
from trainer_release.errors import Problem, fail
from trainer_release.model.testing import CellReport
from trainer_release.world import files
from trainer_release.world.secrets import redact

_SUMMARY = "GITHUB_STEP_SUMMARY"
_TIMES = {"seconds", "at", "id"}
_PASSING = re.compile(r"\b\d+(?:\.\d+)? ?(?:s|ms|seconds)\b(?: \(\d+:\d\d:\d\d\))?|\b0x[0-9a-f]{6,}")


def as_json(run: TestRun) -> dict[str, Any]:
    """The verdict with all that the cells showed, what was tested, and `run`, `exit` and `problems` beside it."""
    document = _document(run.reports, run.facts, run.problems, run.exit)
    told: dict[str, Any] = json.loads(_placeless(json.dumps(document, ensure_ascii=False), run))
    return told


def _placeless(text: str, run: TestRun) -> str:
    """A text in which the folder of the run is `$RUN`, and an environment's `$ENV`: both are called otherwise in every
    run, and the first is gone."""
    for key in {report.environment for report in run.reports if report.environment}:
        text = re.sub(rf"[^\s\"'<>=]*/{re.escape(key)}/env-[0-9a-f]+", "$ENV", text)
    return text.replace(run.folder, "$RUN") if run.folder else text


def refused(problems: Iterable[Problem], code: int, argv: Iterable[str] = ()) -> dict[str, Any]:
    """The same form where nothing could be run."""
    return _document((), began(argv), problems, code)


def _document(
    reports: tuple[CellReport, ...], facts: Mapping[str, Any], problems: Iterable[Problem], code: int
) -> dict[str, Any]:
    told = verdict(reports)
    cells = [cell | _shown(report) for cell, report in zip(told["cells"], reports, strict=True)]
    tested = {name: digest for report in reports for name, digest in sorted(report.files.items())}
    return told | {
        "cells": cells,
        "run": dict(facts),
        "artifacts": [_artifact(name, digest) for name, digest in sorted(tested.items())],
        "artifact_digest": artifact_digest(tested),
        "exit": code,
        "problems": [asdict(problem) for problem in problems],
    }


def _shown(report: CellReport) -> dict[str, Any]:
    """What only the report has of a cell: the verdict, which is recorded in a tag, does without."""
    shown = {name: [asdict(each) for each in getattr(report, name)] for name in ("tests", "leaks", "attempts")}
    return shown | {"packages": list(report.packages)}


def _artifact(name: str, digest: str) -> dict[str, str]:
    package, version, _, _ = parse_wheel_filename(name)
    return {"package": package, "version": str(version), "sha256": digest, "file": name}


def artifact_digest(tested: Mapping[str, str]) -> str:
    """One digest of what was tested: the sha256 over sorted lines `name sha256`, each with its line end."""
    lines = sorted(f"{name} {digest}\n" for name, digest in tested.items())
    return sha256("".join(lines).encode()).hexdigest()


def untimed(document: Any) -> Any:
    """A report without what differs from run to run: `seconds`, `at`, the run's `id`; times and addresses in texts.

    Two runs of the same files with the same seed are equal in this form.
    """
    if isinstance(document, Mapping):
        return {key: untimed(value) for key, value in document.items() if key not in _TIMES}
    if isinstance(document, list | tuple):
        return [untimed(each) for each in document]
    return _PASSING.sub("…", document) if isinstance(document, str) else document


def write(run: TestRun, folder: Path) -> None:
    """Write the four files into a folder, which is made where it is missing; and the summary where GitHub wants it."""
    suites = _placeless("".join(report.junit for report in run.reports if report.junit), run)
    _written(as_json(run), folder)
    head = '<?xml version="1.0" encoding="utf-8"?>\n'
    files.replace_text(folder / "junit.xml", f"{head}<testsuites>{redact(suites)}</testsuites>\n")


def write_refused(problems: Iterable[Problem], code: int, folder: Path, argv: Iterable[str] = ()) -> None:
    """Write the files, but for junit.xml, where nothing could be run."""
    _written(refused(problems, code, argv), folder)


def _written(document: Mapping[str, Any], folder: Path) -> None:
    text = redact(json.dumps(document, indent=2, ensure_ascii=False))
    shown = json.loads(text)
    files.replace_text(folder / "report.json", text + "\n")
    files.replace_text(folder / "report.html", page(shown))
    files.replace_text(folder / "summary.md", summary(shown))
    if place := os.environ.get(_SUMMARY):
        before = files.text_or_none(Path(place)) or ""
        files.replace_text(Path(place), before + summary(shown))


def render(place: Path, html: Path | None) -> Path:
    """The page of a report that exists: `place` is its folder, or the file; where the page was written.

    ReleaseError `verdict-invalid` for what is no report.
    """
    from trainer_release.agent.verdict import read

    file = place / "report.json" if place.is_dir() else place
    text = files.text_or_none(file)
    if text is None:
        hint = "give the folder that `test-agent run --report DIR` wrote"
        raise fail("verdict-invalid", f"there is no report at {place}", hint=hint)
    target = html or file.with_name("report.html")
    files.replace_text(target, page(json.loads(redact(json.dumps(read(text))))))
    return target
