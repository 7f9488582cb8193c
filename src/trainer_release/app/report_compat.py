"""What `test-agent compat` showed: for machines, and as the marks of the catalog's rows."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from trainer_release.agent.compat import CATALOG, Chosen
from trainer_release.app.compat import FAILED, PASSED, CompatRun, Options, Result
from trainer_release.app.load import locate
from trainer_release.app.session import session_at
from trainer_release.model.catalog import Tested
from trainer_release.suite.catalog.reader import read
from trainer_release.suite.catalog.section import with_tested
from trainer_release.world import files
from trainer_release.world.clock import now
from trainer_release.world.secrets import redact


def as_json(done: CompatRun) -> dict[str, Any]:
    """Every combination with its versions and what it showed, and what the catalog knows of the rows not tried."""
    problems = [asdict(problem) for problem in done.problems]
    rows = [_row(one) for one in done.results]
    return {"exit": done.exit, "cells": done.cells, "rows": rows, "others": _others(done), "problems": problems}


def _row(one: Result) -> dict[str, Any]:
    made, report = one.combination, one.report
    counts = {key: getattr(report, key) for key in ("passed", "failed", "skipped", "python", "platform", "seconds")}
    told = {"name": made.name, "kind": made.kind, "status": one.status, "versions": dict(made.versions)}
    guilty = [_guilty(each) for each in one.guilty]
    return told | {"pins": dict(made.pins), "guilty": guilty, "base": one.base, "tail": [*one.words]} | counts


def _guilty(each: Chosen) -> dict[str, Any]:
    return {"package" if each.third else "module": each.name, "version": each.version}


def _others(done: CompatRun) -> dict[str, dict[str, Any] | None]:
    tried = {one.combination.name for one in done.results}
    rows = done.suite.catalog.rows.values()
    return {row.version: asdict(row.tested) if row.tested else None for row in rows if row.version not in tried}


def write(done: CompatRun, folder: Path) -> None:
    """Write compat.json and junit.xml (a suite per combination) into a folder, which is made where it is missing."""
    suites = "".join(one.report.junit for one in done.results if one.report.junit)
    text = f'<?xml version="1.0" encoding="utf-8"?>\n<testsuites>{redact(suites)}</testsuites>\n'
    files.replace_text(folder / "compat.json", redact(json.dumps(as_json(done), indent=2)) + "\n")
    files.replace_text(folder / "junit.xml", text)


def marks(done: CompatRun, day: str, by: str | None) -> Mapping[str, Tested]:
    """What the catalog is to say of its rows, by suite version: of those that passed or failed."""
    shown = [one for one in done.results if one.combination.kind == CATALOG and one.status in {PASSED, FAILED}]
    return {
        one.combination.name: Tested(day, one.status, one.report.python or None, one.report.platform or None, by)
        for one in shown
    }


def mark(done: CompatRun, options: Options) -> tuple[str, ...]:
    """Write the marks into the catalog, whose other bytes stay; the suite versions that got one. What was edited there
    meanwhile is kept; a row that is gone by now gets none."""
    place = locate(options.start.resolve(), options.catalog)
    catalog, _ = read(files.text_or_none(place) or "", place.name)
    made = {
        version: said
        for version, said in marks(done, f"{now():%Y-%m-%d}", _by(place)).items()
        if version in catalog.rows
    }
    for version, said in made.items():
        catalog, _ = read(with_tested(catalog, version, said), place.name)
    if made:
        files.replace_text(place, catalog.text)
    return tuple(made)


def _by(place: Path) -> str | None:
    """Who ran it: the run of a workflow, else the person that git knows."""
    if number := os.environ.get("GITHUB_RUN_ID"):
        return f"GitHub Actions, run {number}"
    session = session_at(place)
    return session.git.settings().get("user.name") if session else None
