"""One path for every cell: environment, stage, supervise, record."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer_release.agent import envs
from trainer_release.agent.instructions import Here
from trainer_release.agent.junit import suite_of
from trainer_release.agent.stage import stage
from trainer_release.agent.supervise import Ran, supervise, together
from trainer_release.errors import ReleaseError, fail
from trainer_release.model.testing import Cell, CellReport
from trainer_release.world.clock import monotonic
from trainer_release.world.venvs import Venvs


@dataclass(frozen=True, slots=True)
class Tools:
    """What a cell needs of the world."""

    venvs: Venvs


def run_cell(cell: Cell, world: Tools, folder: Path) -> CellReport:
    """Test one cell in `folder` (new or empty, the caller removes it) and say what it showed.

    Never raises for what a cell can show: an environment that cannot be built, other bytes than the wheels', tests that
    crash or hang are a report of status `broken` with the error's code and last lines.
    """
    started = monotonic()
    facts: Mapping[str, Any] = {"python": "", "platform": sys.platform}
    ran = Ran()
    if cell.tests:
        try:
            python, facts = _environment(cell, world, folder)
            ran = _tests(cell, world, python, facts, folder)
        except ReleaseError as error:
            ran = _broken(error)
    return _record(cell, ran, facts, monotonic() - started)


def _environment(cell: Cell, world: Tools, folder: Path) -> tuple[Path, Mapping[str, Any]]:
    python = Path(cell.existing) if cell.existing else envs.make(cell, world.venvs, folder)
    facts = envs.ask(python, "facts", *(wheel.package for wheel in (*cell.wheels, *cell.siblings)))
    if not facts["pytest"]:
        hint = f"{python} -m pip install 'pytest>=8'"
        raise fail("pytest-missing", f"{cell.name}: {python} has no pytest", hint=hint)
    if wrong := envs.differences(cell, facts):
        message = f"{cell.name}: the environment does not hold the files under test"
        raise fail("environment-differs", message, context=wrong, hint="see which requirement replaces a module")
    return python, facts


def _tests(cell: Cell, world: Tools, python: Path, facts: Mapping[str, Any], folder: Path) -> Ran:
    """Every source on a stage of its own, one after the other, within the cell's one time limit."""
    end = monotonic() + min(cell.timeout, cell.conduct.limits.wall)
    packages = facts.get("packages_all") or world.venvs.freeze(python)
    imports = [name for found in facts["packages"].values() for name in found["imports"]]
    runs = []
    for number, source in enumerate(cell.tests):
        place = stage(source, folder / "stage" / str(number))
        here = Here(python, place, folder / "run" / str(number), packages, imports, facts)
        runs.append(supervise(cell, here, source.origin, end - monotonic()))
        if runs[-1].code == "tests-interrupted":
            break
    return together(runs)


def _broken(error: ReleaseError) -> Ran:
    first = error.problems[0]
    return Ran(tail=(first.message, *first.context), code=first.code)


def _record(cell: Cell, ran: Ran, facts: Mapping[str, Any], seconds: float) -> CellReport:
    return CellReport(
        name=cell.name,
        mode=cell.mode,
        modules=cell.modules,
        status=ran.status,
        python=facts["python"],
        platform=facts["platform"],
        passed=ran.passed,
        failed=ran.failed,
        skipped=ran.skipped,
        seconds=round(seconds, 3),
        files={Path(wheel.path).name: wheel.sha256 for wheel in cell.wheels},
        tail=ran.tail,
        junit=suite_of(cell.name, seconds, ran.tests, ran.leaks),
        code=ran.code,
        layer=cell.conduct.layer,
        seed=cell.conduct.seed,
        confinement=ran.level,
        tests=ran.tests,
        leaks=ran.leaks,
        attempts=ran.attempts,
    )
