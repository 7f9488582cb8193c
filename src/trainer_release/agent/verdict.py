"""The verdict: which files were tested, in which cells, with what result. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from trainer_release.agent.events import BAD
from trainer_release.errors import ReleaseError, fail
from trainer_release.model.testing import CellReport, TestResult

SCHEMA = "trainer-release/verdict/v1"
_SHOWN = (
    "name",
    "mode",
    "modules",
    "python",
    "platform",
    "status",
    "passed",
    "failed",
    "skipped",
    "seconds",
    "code",
    "layer",
    "seed",
    "confinement",
    "environment",
    "freeze",
)
_KINDS = {
    "name": str,
    "mode": str,
    "modules": list,
    "python": str,
    "platform": str,
    "status": str,
    "files": dict,
}
_GOOD = {"passed", "empty"}
_LINES = 12
_MOST = 20


def verdict(reports: Sequence[CellReport]) -> dict[str, Any]:
    """The reports as one JSON value. `ok`: something passed, nothing failed or broke.

    `files` are the files that a passed cell tested, by name and sha256; every cell names those under test in it.
    """
    return _of([_cell(report) for report in reports])


def _cell(report: CellReport) -> dict[str, Any]:
    shown = {name: getattr(report, name) for name in _SHOWN}
    named = {name: dict(sorted(getattr(report, name).items())) for name in ("siblings", "files")}
    return shown | {"modules": list(report.modules)} | named


def _of(cells: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    passed = [cell for cell in cells if cell["status"] == "passed"]
    files = {name: digest for cell in passed for name, digest in cell["files"].items()}
    ok = bool(passed) and all(cell["status"] in _GOOD for cell in cells)
    return {"schema": SCHEMA, "ok": ok, "cells": list(cells), "files": dict(sorted(files.items()))}


def shown(report: CellReport) -> tuple[str, ...]:
    """The lines that show what is wrong with a cell: every test that is not well, and why; of the first failure what
    pytest shows; where no test tells anything, how the output ends."""
    ill = [test for test in report.tests if test.outcome in {*BAD, "leaked"}]
    lines = [line for test in ill[:_MOST] for line in _of_test(test)]
    lines += [f"and {len(ill) - _MOST} more: --report DIR has them all"] if len(ill) > _MOST else []
    lines += [f"left behind at the end, a {leak.kind}: {leak.what}" for leak in report.leaks]
    if report.status == "broken" or not lines:
        return (*lines, *report.tail)
    texts = [test.text for test in ill if test.outcome in {"failed", "error"}]
    return (*lines, *(line for line in texts[0].splitlines()[-_LINES:] if line.strip())) if texts else tuple(lines)


def _of_test(test: TestResult) -> list[str]:
    left = [f"{test.test} left a {leak.kind}: {leak.what}" for leak in test.leaks]
    if test.outcome == "leaked":
        return left
    said = test.text.splitlines()
    why = next((line[1:].strip() for line in said if line.startswith("E ")), said[0] if said else "")
    at = next((line.strip() for line in said if "/stage/" in line), "") if test.outcome == "timeout" else ""
    where = ": " + at.rpartition("/stage/")[2].partition("/")[2].replace('"', "") if at else ""
    return [f"{test.outcome} {test.test}: {why}{where}", *left]


def covers(given: Mapping[str, Any], files: Mapping[str, str]) -> tuple[str, ...]:
    """The names of the files (sha256 by name) that no passed cell tested with these very bytes.

    Whether anything failed is the verdict's `ok`, and a question of its own.
    """
    tested = given["files"]
    return tuple(name for name, digest in files.items() if tested.get(name) != digest)


def join(verdicts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Several verdicts as one. Two that name different bytes for one file are ReleaseError `verdict-invalid`."""
    cells = [cell for each in verdicts for cell in each["cells"]]
    known: dict[str, str] = {}
    for cell in cells:
        for name, digest in cell["files"].items():
            if known.setdefault(name, digest) != digest:
                raise _invalid(f"two verdicts name different bytes for {name}")
    return _of(cells)


def read(text: str) -> dict[str, Any]:
    """The verdict that a report.json holds. Anything else is ReleaseError `verdict-invalid`.

    What follows from the cells (`ok`, `files`) is computed anew: a file that contradicts itself is refused.
    """
    try:
        data = json.loads(text)
    except ValueError as error:
        raise _invalid(f"the verdict is not JSON: {error}") from None
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise _invalid(f"the verdict's schema is not {SCHEMA}")
    cells = data.get("cells")
    if not isinstance(cells, list) or not all(_well_formed(cell) for cell in cells):
        raise _invalid("the verdict's cells are not of its schema")
    known = join([{"cells": cells}])
    if any(data.get(key) != known[key] for key in ("ok", "files")):
        raise _invalid("the verdict contradicts its own cells")
    return data


def _well_formed(cell: Any) -> bool:
    if not isinstance(cell, dict) or not all(isinstance(cell.get(key), kind) for key, kind in _KINDS.items()):
        return False
    texts = (*cell["modules"], *cell["files"].values())
    return all(isinstance(text, str) for text in texts)


def _invalid(message: str) -> ReleaseError:
    return fail("verdict-invalid", message, hint="give the report.json that `test-agent run --report DIR` wrote")
