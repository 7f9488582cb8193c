"""`test-agent flaky`: which tests pass and fail with the same code."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trainer_release.cli import errors
from trainer_release.cli.agent import LayerOption, Mode, ModeOption, Module, Modules, Python, exits_of, names_of
from trainer_release.cli.options import Catalog, Json, Quiet, document, say, tell
from trainer_release.cli.render import table

if TYPE_CHECKING:
    from trainer_release.app.flaky import FlakyRun


def flaky(
    module: Module = [],  # noqa: B006 (typer copies it)
    modules: Modules = "",
    mode: ModeOption = Mode.ISOLATED,
    layer: LayerOption = None,
    runs: Annotated[int, typer.Option(help="How often everything is run.", min=2)] = 20,
    seed: Annotated[
        int | None, typer.Option(metavar="N", help="Decides all that varies; default: another each time.")
    ] = None,
    changed_since: Annotated[
        str | None, typer.Option(metavar="REF", help="Only modules that changed since then.")
    ] = None,
    python: Python = None,
    artifacts: Annotated[Path | None, typer.Option(metavar="DIR", help="Test the wheels in this folder.")] = None,
    jobs: Annotated[int | None, typer.Option(help="How many runs at a time.", min=1)] = None,
    catalog: Catalog = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Which tests pass and fail with the same code?

    Runs vary in order, hashes, draws and time zone. What fails once is named with what makes it fail; nothing is run
    until it passes.
    """
    with exits_of(as_json=as_json):
        from trainer_release.agent.conduct import Asked
        from trainer_release.app.flaky import run
        from trainer_release.app.run_tests import Options
        from trainer_release.world.clock import now

        chosen = int(now().timestamp()) if seed is None else seed
        names = names_of(module, modules)
        options = Options(mode, names, python, artifacts, catalog, Path(), jobs, Asked(layer))
        done = run(options, chosen, runs, changed_since, (lambda _: None) if quiet else tell)
        errors.tell(done.problems, stream=sys.stderr)
        if as_json:
            document("flaky", _plain(done))
        else:
            say(_shown(done))
        raise typer.Exit(done.exit)


def _plain(done: FlakyRun) -> dict[str, object]:
    from dataclasses import asdict

    from trainer_release.agent.flaky import told

    cells = [
        {
            "name": one.name,
            "tests": one.tests,
            "runs": one.runs,
            "failing": [*one.failing],
            "flaky": [
                {
                    "test": each.test,
                    "passed": each.passed,
                    "failed": each.failed,
                    "cause": each.cause.kind,
                    "by": [*each.cause.by],
                    "command": told(each, one.words)[1],
                    "text": each.text,
                }
                for each in one.flaky
            ],
        }
        for one in done.found
    ]
    return {"exit": done.exit, "seed": done.seed, "cells": cells, "problems": [asdict(each) for each in done.problems]}


def _shown(done: FlakyRun) -> str:
    from trainer_release.agent.flaky import told

    lines = []
    for one in done.found:
        lines.append((one.name, f"{one.tests} tests", f"{one.runs} runs", f"{len(one.flaky)} flaky"))
        lines += [(f"  {test}", "failed", "always", "") for test in one.failing]
        lines += [(f"  {e.test}", f"failed {e.failed}", f"passed {e.passed}", told(e, one.words)[0]) for e in one.flaky]
    return table((f"seed {done.seed}", "", "", ""), lines)
