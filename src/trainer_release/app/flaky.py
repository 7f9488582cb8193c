"""`test-agent flaky`: the same tests again and again, each time in another order; which pass and fail, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from threading import Lock

from trainer_release.agent import exits
from trainer_release.agent.flaky import Flaky, Run, Trial, counted, explained, told, trials
from trainer_release.agent.run import Tools, run_cell
from trainer_release.agent.workers import each
from trainer_release.app.complaints import complaint
from trainer_release.app.run_tests import Options, Planned, plan
from trainer_release.errors import Problem, fail
from trainer_release.model.testing import Cell, CellReport
from trainer_release.world import files
from trainer_release.world.git import open_repository
from trainer_release.world.run_folder import guarded

Tell = Callable[[str], None]
_BROKEN = {"broken", "empty"}


@dataclass(frozen=True, slots=True)
class Found:
    """What the runs of one cell's tests showed. `flaky` passed and failed, `failing` always failed; `words` choose
    these tests for `test-agent run`; `broken` is the report of a run that gave no result, where there is one."""

    name: str
    words: tuple[str, ...]
    tests: int
    runs: int
    flaky: tuple[Flaky, ...] = ()
    failing: tuple[str, ...] = ()
    broken: CellReport | None = None


@dataclass(frozen=True, slots=True)
class FlakyRun:
    """Every cell, what there is to complain of, and test-agent's exit code; `seed` decides all that varied."""

    seed: int
    found: tuple[Found, ...]
    problems: tuple[Problem, ...]
    exit: int


def run(options: Options, seed: int, runs: int, since: str | None = None, tell: Tell = lambda _: None) -> FlakyRun:
    """Run the tests that the options name so many times. With `since`, only those of modules changed since then.

    ReleaseError as `run_tests.run`; `revision-unknown` where git does not know `since`.
    """
    if since is not None:
        changed = changed_since(options.start, since)
        tell(f"changed since {since}: {len(changed)} files")
    with guarded("flaky") as folder:
        made = plan(options, folder, tell)
        chosen = [cell for cell in made.cells if since is None or _touched(made, cell, changed)]
        alone = [replace(cell, tests=(source,)) for cell in chosen for source in cell.tests]
        found = tuple(
            _found(cell, made, folder / f"c{number}", (seed, runs), tell) for number, cell in enumerate(alone)
        )
    problems = (*made.subject.warnings, *(problem for one in found for problem in _complaints(one)))
    codes = {code for one in found for code in _codes(one)}
    empty = exits.EMPTY if not any(one.tests for one in found) and since is None else exits.DONE
    return FlakyRun(seed, found, problems, exits.first(codes) or empty)


def changed_since(start: Path, revision: str) -> tuple[Path, ...]:
    """The files that differ from a commit, those that git does not know yet among them; absolute."""
    git = open_repository(start.resolve())
    if git is None or git.commit_of(revision) is None:
        raise fail("revision-unknown", f"git knows no commit {revision} here", hint="give a branch, a tag, a commit")
    said = git.do("diff", "--name-only", "-z", revision, "--") + git.do(
        "ls-files", "-z", "--others", "--exclude-standard"
    )
    return tuple(git.root / name for name in said.split("\0") if name)


def _touched(made: Planned, cell: Cell, changed: Sequence[Path]) -> bool:
    """Whether a file changed of a module in the cell, of one whose wheel it takes, or of its tests."""
    suite, root = made.subject.suite, made.subject.root
    names = {
        *cell.modules,
        *(found.name for each in cell.siblings if suite and (found := suite.module_of(each.package))),
    }
    modules = [module for module in (suite.modules.values() if suite else made.subject.modules) if module.name in names]
    places = [root / (module.path or ".") for module in modules] + [Path(source.path) for source in cell.tests]
    return any(file.is_relative_to(place.resolve()) for file in changed for place in places)


@dataclass(frozen=True, slots=True)
class _Bench:
    """Where one cell's tests are run, as often as is asked for."""

    cell: Cell
    tools: Tools
    folder: Path
    numbers: count[int] = field(default_factory=count)
    lock: Lock = field(default_factory=Lock)

    def report(self, trial: Trial) -> CellReport:
        with self.lock:
            place = self.folder / str(next(self.numbers))
        try:
            return run_cell(replace(self.cell, conduct=trial.conduct(self.cell.conduct)), self.tools, place)
        finally:
            files.remove_tree(place)

    def again(self, trial: Trial) -> Run:
        return Run(trial, self.report(trial).tests)


def _found(cell: Cell, made: Planned, folder: Path, how: tuple[int, int], tell: Tell) -> Found:
    """All runs of one cell; the first one alone, for it makes the environment."""
    seed, runs = how
    bench = _Bench(cell, made.tools, folder)
    planned = trials(seed, runs)
    name, words = f"{cell.name}, {cell.tests[0].origin}", _words(cell)
    tell(f"{name}: {runs} runs, seed {seed} …")
    first = bench.report(planned[0])
    if first.status in _BROKEN and not first.tests:
        return Found(name, words, 0, 1, broken=first if first.status == "broken" else None)
    reports = [first, *each(bench.report, planned[1:], made.jobs)]
    shown = [Run(trial, report.tests) for trial, report in zip(planned, reports, strict=True)]
    numbers = counted(shown)
    mixed = [test for test, (passed, failed) in numbers.items() if passed and failed]
    if mixed:
        tell(f"{name}: {len(mixed)} flaky; looking for what it hangs on …")
    causes = each(lambda test: explained(test, shown, bench.again), mixed, made.jobs)
    failing = tuple(test for test, (passed, failed) in numbers.items() if failed and not passed)
    broken = next((one for one in reports if one.status == "broken" and one.code != "tests-leaked"), None)
    tell(f"{name}: {len(numbers)} tests, {len(mixed)} flaky, {len(failing)} always failing")
    return Found(name, words, len(numbers), runs, tuple(causes), failing, None if mixed or failing else broken)


def _words(cell: Cell) -> tuple[str, ...]:
    names = [word for module in cell.modules for word in ("--module", module)]
    layer = ["--layer", cell.conduct.layer] if cell.conduct.layer else []
    return (*(names if cell.mode == "isolated" else ()), "--mode", cell.mode, *layer)


def _codes(one: Found) -> Iterable[int]:
    if one.broken is not None:
        yield exits.of_cell(one.broken)
    if one.failing:
        yield exits.FAILED
    if one.flaky:
        yield exits.FLAKY


def _complaints(one: Found) -> Iterable[Problem]:
    if one.broken is not None and (problem := complaint(one.broken)):
        yield problem
    for test in one.failing:
        yield Problem("tests-failed", f"{one.name}: {test} failed in every run", hint="mend it: it is not flaky")
    for each_one in one.flaky:
        why, command = told(each_one, one.words)
        often = f"{each_one.failed} of {each_one.failed + each_one.passed} runs"
        message = f"{one.name}: {each_one.test} failed in {often}: {why}"
        yield Problem("test-flaky", message, hint=command, context=tuple(each_one.text.splitlines()[-5:]))
