"""`test-agent run`: modules alone or together, as built wheels in fresh environments or as they are installed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Semaphore
from typing import Any

from trainer_release.agent import cells, exits, wheels
from trainer_release.agent.conduct import Asked, conducted, layer_of
from trainer_release.agent.conduct import jobs as how_many
from trainer_release.agent.environments import installed, toolchain
from trainer_release.agent.run import Tools, run_cell
from trainer_release.agent.selection import provided, undeclared
from trainer_release.agent.workers import beside, each
from trainer_release.app.complaints import complaint
from trainer_release.app.retained import retain
from trainer_release.app.run_facts import run_facts
from trainer_release.app.subject import Subject, of_catalog, of_environment, of_own_repository
from trainer_release.errors import Problem, fail
from trainer_release.model.suite import Module
from trainer_release.model.testing import Cell, CellReport, WheelRef
from trainer_release.world import process
from trainer_release.world.builds import Builder, find_uv
from trainer_release.world.cache import cache_folder
from trainer_release.world.environments import Bare
from trainer_release.world.run_folder import guarded
from trainer_release.world.venvs import Venvs, interpreter


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for. `mode` is isolated or integration; `python` a bare interpreter to make environments with, or
    that of an environment to test as it stands (`installed`: in any case); `jobs` how many environments at a time, 0:
    as many as there are processors, None: as it is set; `asked` how the tests are run; `fresh`: nothing kept is used
    again; `argv` what was typed; `keep` where failed tests' temporary files go, where they are to be retained."""

    mode: str = "isolated"
    modules: tuple[str, ...] = ()
    python: str | None = None
    artifacts: Path | None = None
    catalog: Path | None = None
    start: Path = Path()
    jobs: int | None = None
    asked: Asked = field(default_factory=Asked)
    installed: bool = False
    fresh: bool = False
    argv: tuple[str, ...] = ()
    keep: Path | None = None


@dataclass(frozen=True, slots=True)
class TestRun:
    """What every cell showed, what there is to complain of, and test-agent's exit code. `facts` are of the run as a
    whole; `folder` is where it worked, gone by now."""

    __test__ = False
    reports: tuple[CellReport, ...]
    problems: tuple[Problem, ...]
    exit: int
    facts: Mapping[str, Any] = field(default_factory=dict)
    folder: str = ""


def run(options: Options, tell: Callable[[str], None] = lambda _: None) -> TestRun:
    """Test what the options name. `tell` is given a line when a cell begins and when it has ended.

    ReleaseError where there is nothing to run: a bad catalog, an unknown module, a build that fails, a missing wheel;
    ModulesNotInstalled (a ValueError, too) where an environment that is tested as it stands lacks modules.
    """
    with guarded("tests") as folder:
        made = plan(options, folder, tell)
        subject = made.subject
        with beside(lambda: run_facts(subject, made.asked, options.argv)) as facts:
            reports, ended = _ran(made.cells, made.tools, folder, made.jobs, tell)
        if options.keep and subject.settings.retain:
            retain(folder, reports, options.keep)
    problems = (*subject.warnings, *(problem for report in reports if (problem := complaint(report))))
    return TestRun(reports, problems, exits.INTERRUPTED if ended else exits.of_run(reports), facts(), str(folder))


@dataclass(frozen=True, slots=True)
class Planned:
    """The cells of a run, and what they are run with: the tools, how many at a time, what was asked for."""

    subject: Subject
    cells: tuple[Cell, ...]
    tools: Tools
    jobs: int
    asked: Asked


def plan(options: Options, folder: Path, tell: Callable[[str], None] = lambda _: None) -> Planned:
    """The cells that the options name, with their wheels, which are built in a folder. ReleaseError as `run`."""
    asked = replace(options.asked, layer=layer_of(options.asked.layer, os.environ))
    subject, python, standing = survey(options)
    jobs = how_many(subject.settings, options.jobs, os.cpu_count() or 1)
    tools = Tools(Venvs(python, find_uv()))
    if standing:
        installed.require(python, subject.packages, subject.versions)
        made = _standing(options, subject, python)
    else:
        made = _fresh(replace(options, jobs=jobs), subject, tools.venvs, folder, tell)
    planned = tuple(conducted(cell, subject.settings, asked) for cell in made)
    return Planned(subject, planned, replace(tools, cache=None, refresh=True) if options.fresh else tools, jobs, asked)


def _ran(
    planned: Sequence[Cell], tools: Tools, folder: Path, jobs: int, tell: Callable[[str], None]
) -> tuple[tuple[CellReport, ...], bool]:
    """What every cell showed, and whether Ctrl-C ended it: then what was not finished is `tests-interrupted`."""
    found: dict[int, CellReport] = {}
    whole: set[int] = set()
    tools = replace(tools, turns=Semaphore(jobs), readying=Semaphore(jobs))

    def work(number: int) -> None:
        found[number] = _cell(planned[number], tools, folder / f"c{number}", tell)

    try:
        each(work, range(len(planned)), 2 * jobs, lambda: whole.update(found))
    except KeyboardInterrupt:
        ended = {number: found.get(number) or interrupted(cell) for number, cell in enumerate(planned)}
        return tuple(one if number in whole else _broken_off(one) for number, one in ended.items()), True
    return tuple(found[number] for number in range(len(planned))), False


def _broken_off(report: CellReport) -> CellReport:
    """A cell that gave no result since it was ended: whatever it complains of is the ending's."""
    return replace(report, code="tests-interrupted", tail=()) if report.status == "broken" else report


def interrupted(cell: Cell) -> CellReport:
    """The report of a cell that was not finished."""
    files_of = {Path(wheel.path).name: wheel.sha256 for wheel in cell.wheels}
    shown = (cell.name, cell.mode, cell.modules, "broken", "", sys.platform, 0, 0, 0, 0.0, files_of)
    return CellReport(*shown, code="tests-interrupted", layer=cell.conduct.layer, seed=cell.conduct.seed)


def survey(options: Options) -> tuple[Subject, str, bool]:
    """The subject, the interpreter, and whether its environment is tested as it stands."""
    python = located(options.python) if options.python else None
    standing = options.installed or bool(python and (Path(python).parent.parent / "pyvenv.cfg").is_file())
    subject = of_catalog(options.start, options.catalog, options.modules)
    if subject is None and options.mode == "integration":
        python = python or current()
        return of_environment(options.start, options.modules, python), python, True
    if subject is None:
        subject = of_own_repository(options.start, options.modules)
    return subject, python or interpreter(), standing


def current() -> str:
    """The interpreter of the environment that the person has activated, else the one that runs this."""
    active = os.environ.get("VIRTUAL_ENV")
    inside = Path(active) / ("Scripts/python.exe" if os.name == "nt" else "bin/python") if active else None
    return str(inside) if inside and inside.exists() else sys.executable


def located(python: str) -> str:
    """The absolute path of an interpreter given by path or by name. ReleaseError `interpreter-missing`."""
    found = process.which(python)
    if found is None:
        hint = "give --python the path of a Python, for example .venv/bin/python"
        raise fail("interpreter-missing", f"there is no interpreter {python}", hint=hint)
    return found


def _standing(options: Options, subject: Subject, python: str) -> list[Cell]:
    if options.mode == "integration":
        return [cells.standing(subject.packages, subject.tests_together(), python, options.mode)]
    return [cells.standing((m.name,), subject.tests(m), python, options.mode) for m in subject.modules]


def _fresh(options: Options, subject: Subject, venvs: Venvs, folder: Path, tell: Callable[[str], None]) -> list[Cell]:
    own = [module for module in subject.modules if module.project is not None]
    needed = {module.name: cells.needed(subject.suite, module) if subject.suite else () for module in own}
    wanted = {module.name: module for names in needed.values() for module in names if module.project is not None}
    wanted |= {module.name: module for module in own}
    held = dict(zip(wanted, _wheels(options, subject, tuple(wanted.values()), venvs, folder), strict=True))
    names = provided(subject.root, subject.suite.modules.values()) if subject.suite else {}

    def wheels_of(modules: Iterable[Module]) -> tuple[WheelRef, ...]:
        return tuple(held[module.name] for module in modules if module.name in held)

    if options.mode == "integration":
        tests, left_out = subject.tests_of_choice({*wanted, *(module.name for module in subject.modules)})
        for each_one in left_out:
            tell(f"integration: {each_one.path} is left out: it needs {', '.join(each_one.needs)}")
        present = (*subject.modules, *wanted.values())
        given = (subject.modules, wheels_of(own), tests, venvs.python)
        cell = cells.together(*given, suite=subject.suite, absent=undeclared(names, present))
        others = [module for name, module in wanted.items() if name not in needed]
        return [replace(cell, siblings=wheels_of(others))]
    return [
        cells.alone(
            *(m, held[m.name], wheels_of(needed[m.name]), subject.tests(m), venvs.python),
            suite=subject.suite,
            absent=undeclared(names, (m, *needed[m.name])),
        )
        for m in own
    ]


def _wheels(
    options: Options, subject: Subject, modules: Sequence[Module], venvs: Venvs, folder: Path
) -> tuple[WheelRef, ...]:
    if options.artifacts is not None:
        return wheels.collect(options.artifacts, modules)
    tags: Mapping[str, Sequence[str]] = {}
    if subject.suite and any(module.project and module.project.from_tag for module in modules):
        from trainer_release.release import building

        tags = {module.name: building.version_tags(subject.suite, module) for module in modules}
    kept = None if options.fresh else cache_folder()
    ready = beside(lambda: _tools(options.mode, modules, Bare(venvs.python, venvs.uv), kept))
    with Builder(venvs.python, venvs.uv) as builder, ready:
        return wheels.build(builder, subject.root, modules, folder, options.jobs or 1, tags, cache=kept)


def _tools(mode: str, modules: Sequence[Module], own: Bare, cache: Path | None) -> None:
    """Have pytest ready by the time that the wheels are built."""
    groups = [modules] if mode == "integration" else [(module,) for module in modules]
    for requires in {cells.requirements(group)[1] for group in groups}:
        toolchain.ready(requires, own, cache)


def _cell(cell: Cell, tools: Tools, folder: Path, tell: Callable[[str], None]) -> CellReport:
    tell(f"{cell.mode}: {cell.name} …")
    report = run_cell(cell, tools, folder)
    tell(f"{cell.mode}: {cell.name}: {report.status} in {report.seconds:.1f} s")
    return report
