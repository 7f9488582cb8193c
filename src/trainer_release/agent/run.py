"""One path for every cell: environment, stage, supervise, record."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from trainer_release.agent import hiding
from trainer_release.agent.environments import making
from trainer_release.agent.environments.making import Environment
from trainer_release.agent.instructions import INJECT, Here
from trainer_release.agent.stage import Stage, stage
from trainer_release.agent.supervise import Ran, supervise, together
from trainer_release.errors import ReleaseError, fail
from trainer_release.model.testing import Cell, CellReport
from trainer_release.world import artifacts
from trainer_release.world.cache import cache_folder
from trainer_release.world.clock import monotonic
from trainer_release.world.venvs import Venvs


@dataclass(frozen=True, slots=True)
class Tools:
    """What a cell needs of the world. Environments are kept below `cache`, None: not at all; `refresh` asks indexes
    anew what there is; `turns` lets so many cells run tests at a time as there may, `readying` so many get ready."""

    venvs: Venvs
    cache: Path | None = field(default_factory=cache_folder)
    refresh: bool = False
    turns: AbstractContextManager[Any] = field(default_factory=nullcontext)
    readying: AbstractContextManager[Any] = field(default_factory=nullcontext)


def run_cell(cell: Cell, world: Tools, folder: Path) -> CellReport:
    """Test one cell in `folder` (new or empty, the caller removes it) and say what it showed.

    Never raises for what a cell can show: an environment that cannot be built, other bytes than the wheels', tests that
    crash or hang are a report of status `broken` with the error's code and last lines.
    """
    started = monotonic()
    made = Environment("", facts={"python": "", "platform": sys.platform})
    ran = Ran()
    if cell.tests:
        try:
            with world.readying:
                started = monotonic()
                made = _environment(cell, world, folder)
                cell, stages = _staged(cell, made, world, folder)
            ready = monotonic()
            with world.turns:
                started += monotonic() - ready
                ran = _tests(cell, made, stages, folder)
            ran = _unchanged(cell, made, ran)
        except ReleaseError as error:
            ran = _broken(error)
    return _record(cell, ran, made, monotonic() - started)


def _environment(cell: Cell, world: Tools, folder: Path) -> Environment:
    if cell.existing:
        made = making.standing(cell.existing)
    else:
        made = making.ready(cell, world.venvs, folder, world.cache, refresh=world.refresh)
    if not made.facts["pytest"]:
        hint = f"{made.python} -m pip install 'pytest>=8'"
        raise fail("pytest-missing", f"{cell.name}: {made.python} has no pytest", hint=hint)
    return made


def _unchanged(cell: Cell, made: Environment, ran: Ran) -> Ran:
    """What the tests showed, unless they changed what is installed: then they have shown nothing."""
    if not made.changed:
        return ran
    message = f"{cell.name}: other distributions are installed than before the tests"
    return replace(ran, code="environment-changed", tail=(message, *ran.tail))


def _staged(cell: Cell, made: Environment, world: Tools, folder: Path) -> tuple[Cell, list[Stage]]:
    """Every source on a stage of its own, and the cell with what its tests must not see."""
    hidden, shown = hiding.hidden(cell, made, world.cache, (folder, INJECT, Path(sys.base_prefix)))
    cell = replace(cell, conduct=replace(cell.conduct, hidden=hidden, shown=shown))
    return cell, [stage(source, folder / "stage" / str(number)) for number, source in enumerate(cell.tests)]


def _tests(cell: Cell, made: Environment, stages: Sequence[Stage], folder: Path) -> Ran:
    """One source after the other, within the cell's one time limit."""
    end = monotonic() + min(cell.timeout, cell.conduct.limits.wall)
    imports = _imports(cell)
    runs = []
    for number, (source, place) in enumerate(zip(cell.tests, stages, strict=True)):
        here = Here(Path(made.python), place, folder / "run" / str(number), made.packages, imports, made.facts)
        runs.append(_hinted(supervise(cell, here, source.origin, end - monotonic()), place))
        if runs[-1].code == "tests-interrupted":
            break
    ran = together(runs)
    return replace(ran, attempts=(*ran.attempts, *hiding.tried(cell, ran.tests, ran.attempts)))


def _hinted(ran: Ran, place: Stage) -> Ran:
    """What was shown, with a word to each test that missed a file of the repository."""
    hints = {each.test: hint for each in ran.tests if each.text and (hint := place.hint(each.text))}
    if not hints:
        return ran
    tests = tuple(
        replace(each, text=f"{each.text}\n{hints[each.test]}") if each.test in hints else each for each in ran.tests
    )
    return replace(ran, tests=tests, tail=(*ran.tail, *dict.fromkeys(hints.values())))


def _imports(cell: Cell) -> list[str]:
    """The top-level names that the wheels of the cell bring."""
    wheels = (*cell.wheels, *cell.siblings)
    tops = {
        Path(path).parts[0]
        for wheel in wheels
        for path in artifacts.record_of(Path(wheel.path))
        if path.endswith(".py")
    }
    return sorted(top.removesuffix(".py") for top in tops if not top.endswith(".data"))


def _broken(error: ReleaseError) -> Ran:
    said = [line for problem in error.problems for line in (problem.message, *problem.context)]
    return Ran(tail=tuple(said), code=error.problems[0].code)


def _record(cell: Cell, ran: Ran, made: Environment, seconds: float) -> CellReport:
    from trainer_release.agent.junit import suite_of

    return CellReport(
        name=cell.name,
        mode=cell.mode,
        modules=cell.modules,
        status=ran.status,
        python=made.facts["python"],
        platform=made.facts["platform"],
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
        siblings=made.siblings,
        environment=made.key,
        freeze=made.freeze,
        packages=made.packages,
    )
