"""`test-agent compat`: which versions of the modules pass the tests together, and which make a failing set fail."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from trainer_release.agent import cells, compat, exits
from trainer_release.agent.compat import Chosen, Combination
from trainer_release.agent.conduct import Asked, conducted
from trainer_release.agent.conduct import jobs as how_many
from trainer_release.agent.run import Tools, run_cell
from trainer_release.agent.workers import each
from trainer_release.app.compat_versions import Versions, offered
from trainer_release.app.complaints import complaint
from trainer_release.app.load import locate
from trainer_release.app.run_tests import located
from trainer_release.app.subject import Subject, of_catalog
from trainer_release.errors import Problem, ReleaseError, fail
from trainer_release.model.suite import Suite
from trainer_release.model.testing import Cell, CellReport
from trainer_release.world.builds import find_uv
from trainer_release.world.run_folder import guarded
from trainer_release.world.venvs import Venvs, interpreter

Tell = Callable[[str], None]
PASSED, FAILED, UNRESOLVABLE = "passed", "failed", "unresolvable"
NOT_OFFERED = "version-not-offered"
_UNRESOLVABLE = {"environment-broken", "module-not-given", NOT_OFFERED}
_FAILED = {"tests-timeout", "tests-broken", "tests-leaked", "undeclared-dependency", "wheel-incomplete"}
"""What is a fault of the versions together: a module that is imported and not there, too."""
_EXITS = {PASSED: exits.DONE, FAILED: exits.FAILED, "empty": exits.EMPTY}


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for: `rows` are kinds of combinations; `index` the simple address of an index, None: the one that
    the suite is released to, else the person's own; `artifacts` a folder with the wheels of the work tree's versions;
    `jobs` is how many combinations at a time, None: as it is set; `timeout` the wall-time limit of one combination's
    tests, in seconds."""

    rows: tuple[str, ...] = compat.KINDS
    minimize: bool = True
    python: str | None = None
    catalog: Path | None = None
    start: Path = Path()
    index: str | None = None
    artifacts: Path | None = None
    jobs: int | None = None
    timeout: float | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What one combination showed. `status` is passed, failed, unresolvable, empty or broken; `guilty` are the versions
    that make it fail, `base` the combination that passes without them."""

    combination: Combination
    status: str
    report: CellReport
    guilty: tuple[Chosen, ...] = ()
    base: str | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """The last lines of the tests, or of the installer."""
        return self.report.tail


@dataclass(frozen=True, slots=True)
class CompatRun:
    """Every combination, how many cells it took, what there is to complain of, and test-agent's exit code."""

    suite: Suite
    results: tuple[Result, ...]
    cells: int
    problems: tuple[Problem, ...]
    exit: int


def run(options: Options, tell: Tell = lambda _: None) -> CompatRun:
    """Test the combinations of these kinds; reduce each one that fails. ReleaseError where there is nothing to run."""
    subject = of_catalog(options.start, options.catalog, ())
    if subject is None or subject.suite is None:
        hint = "run it where versions.yaml is, or give --catalog"
        raise fail("catalog-missing", "without a catalog there are no versions to test together", hint=hint)
    suite, python = subject.suite, located(options.python) if options.python else interpreter()
    jobs = how_many(subject.settings, options.jobs, os.cpu_count() or 1)
    place = locate(options.start.resolve(), options.catalog)
    with guarded("compat") as folder, offered(suite, place, options.index) as (offer, listed, simple):
        planned = compat.planned(options.rows, suite, offer)
        versions = Versions(subject, listed, simple, folder / "wheels", python, options.artifacts, jobs)
        bench = _Bench(subject, versions, Tools(Venvs(python, find_uv())), python, folder, options.timeout, tell)
        versions.bring(planned)
        each(bench.ran, {one.key: one for one in planned}.values(), jobs)
        results = [bench.result(one) for one in planned]
        if options.minimize:
            results = [*_reduced(bench, results, _spare(suite, planned))]
    problems = (*subject.warnings, *(said for one in results if (said := _complaint(one))))
    tried = [report for report in bench.known.values() if report.code != NOT_OFFERED]
    return CompatRun(suite, tuple(results), len(tried), problems, _exit(results))


@dataclass(frozen=True, slots=True)
class _Bench:
    """Where combinations are tested: each one once, however it is called."""

    subject: Subject
    versions: Versions
    tools: Tools
    python: str
    folder: Path
    timeout: float | None
    tell: Tell
    known: dict[frozenset[Chosen], CellReport] = field(default_factory=dict)

    def ran(self, one: Combination) -> CellReport:
        """What it shows."""
        if one.key not in self.known:
            self.tell(f"{one.name} …")
            try:
                report = run_cell(self._cell(one), self.tools, self.folder / f"c{abs(hash(one.key)):x}")
            except ReleaseError as error:
                report = _without(one, self.python, error)
            self.known[one.key] = replace(report, name=one.name)
            self.tell(f"{one.name}: {status(report)} in {report.seconds:.1f} s")
        return self.known[one.key]

    def result(self, one: Combination) -> Result:
        report = replace(self.ran(one), name=one.name)
        return Result(one, status(report), report)

    def _cell(self, one: Combination) -> Cell:
        suite = self.subject.suite
        present = [suite.modules[name] for name in one.versions] if suite else []
        tests, _ = self.subject.tests_of_choice(one.versions)
        cell = cells.together(present, self.versions.of(one), tests, self.python, suite=suite)
        pins = tuple(f"{name}=={version}" for name, version in one.pins.items())
        named = replace(cell, name=one.name, pins=(*cell.pins, *pins))
        return conducted(named, self.subject.settings, Asked(wall=self.timeout))


def status(report: CellReport) -> str:
    """passed, failed, unresolvable, empty or broken."""
    if report.code in _UNRESOLVABLE:
        return UNRESOLVABLE
    if report.code in _FAILED:
        return FAILED
    return report.status


def _exit(results: Sequence[Result]) -> int:
    codes = [_EXITS.get(one.status, exits.ENVIRONMENT) for one in results]
    return exits.first(code for code in codes if code != exits.EMPTY) or exits.first(codes)


def _without(one: Combination, python: str, error: ReleaseError) -> CellReport:
    """The report of a combination of which a version cannot be had."""
    first = error.problems[0]
    tail = tuple(problem.message for problem in error.problems)
    shown = (one.name, "integration", tuple(one.versions), "broken", python, "", 0, 0, 0, 0.0)
    return CellReport(*shown, tail=tail, code=first.code)


def _spare(suite: Suite, planned: Sequence[Combination]) -> Iterator[Combination]:
    """Rows of the catalog that nobody asked to test, the newest first: one that passes is a base to compare with."""
    asked = {one.key for one in planned}
    yield from (row for row in compat.planned((compat.CATALOG,), suite, compat.Offer({})) if row.key not in asked)


def _reduced(bench: _Bench, results: Sequence[Result], spare: Iterator[Combination]) -> Iterator[Result]:
    """The results, those that failed with the versions that make them fail. What was found once explains every other
    combination that holds it."""
    good = [one.combination for one in results if one.status == PASSED]
    found: list[tuple[tuple[Chosen, ...], str]] = []
    for one in results:
        if one.status != FAILED:
            yield one
            continue
        while not good and (row := next(spare, None)):
            bench.versions.bring([row])
            good += [row] if status(bench.ran(row)) == PASSED else []
        known = next((cause for cause in found if {*cause[0]} <= one.combination.key), None)
        base = compat.nearest(one.combination, good)
        if known is None and base is not None:
            guilty = compat.reduced(one.combination, base, lambda mixed: status(bench.ran(mixed)) == FAILED)
            found.append(known := (guilty, base.name))
        yield replace(one, guilty=known[0], base=known[1]) if known else one


def _complaint(one: Result) -> Problem | None:
    if one.status == UNRESOLVABLE:
        message = f"{one.combination.name}: these versions cannot be installed together"
        hint = "read the installer's lines: a version that no index has, or pins that exclude each other"
        return Problem("versions-unresolvable", message, hint=hint, context=one.words)
    if one.status == FAILED and one.guilty:
        what = " and ".join(map(str, one.guilty))
        message = f"{one.combination.name}: {what} {'fail' if len(one.guilty) == 1 else 'do not go together'}"
        hint = f"exclude them by a pin, or mend them; {one.base} passes without them"
        return Problem("versions-incompatible", message, hint=hint, context=one.words)
    return complaint(one.report)
