"""What wraps every action, in one order: skip ∘ hold ∘ announce ∘ time ∘ journal ∘ name-the-error ∘ run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from trainer_release.errors import Problem, ReleaseError
from trainer_release.model.outcome import Outcome, SoFar, Status
from trainer_release.model.plan import Action
from trainer_release.release.engine.journal import Journal
from trainer_release.release.engine.reporter import Reporter
from trainer_release.release.step import AnyStep, Clock, World
from trainer_release.world import refusals

Call = Callable[[Action], Outcome]


def wrapped(step: AnyStep, world: World, so_far: SoFar, journal: Journal, reporter: Reporter, clock: Clock) -> Call:
    """`step.run` with everything around it."""
    call = named(step, lambda action: step.run(action, world, so_far))
    call = journaled(step, call, journal, clock)
    call = held(step, announced(step, call, reporter, clock), world)
    return skipped(step, call, world, journal, reporter)


def skipped(step: AnyStep, call: Call, world: World, journal: Journal, reporter: Reporter) -> Call:
    """Leave out what is done: the world's word first; the journal's where the world cannot tell."""

    def run(action: Action) -> Outcome:
        seen = step.seen(action, world)
        noted = journal.done(step.NAME, action.subject)
        if seen is False or (seen is None and noted is None):
            return call(action)
        evidence = noted.evidence if noted else {}
        outcome = Outcome(Status.SKIPPED, evidence, "done already")
        reporter.ended(step.NAME, action.subject, outcome, 0.0)
        return outcome

    return run


def held(step: AnyStep, call: Call, world: World) -> Call:
    """Before an action that is not left out, hold what it changes and others could change too."""

    def run(action: Action) -> Outcome:
        world.hold(step.NAME)
        return call(action)

    return run


def announced(step: AnyStep, call: Call, reporter: Reporter, clock: Clock) -> Call:
    """Tell the reporter of start and end, with the seconds between."""

    def run(action: Action) -> Outcome:
        reporter.started(step.NAME, action.subject)
        start = clock.monotonic()
        try:
            outcome = call(action)
        except ReleaseError as error:
            reporter.failed(step.NAME, action.subject, error, clock.monotonic() - start)
            raise
        reporter.ended(step.NAME, action.subject, outcome, clock.monotonic() - start)
        return outcome

    return run


def journaled(step: AnyStep, call: Call, journal: Journal, clock: Clock) -> Call:
    """Write down that an action begins, and how it ended."""

    def run(action: Action) -> Outcome:
        journal.note("started", step.NAME, action.subject, clock.now().isoformat())
        try:
            outcome = call(action)
        except ReleaseError as error:
            codes = {"codes": [problem.code for problem in error.problems]}
            journal.note("failed", step.NAME, action.subject, clock.now().isoformat(), codes)
            raise
        journal.note("done", step.NAME, action.subject, clock.now().isoformat(), outcome.evidence)
        return outcome

    return run


def named(step: AnyStep, call: Call) -> Call:
    """Say in every problem which step and module it came from."""

    def run(action: Action) -> Outcome:
        try:
            return call(action)
        except ReleaseError as error:
            place = f"{step.NAME} {action.subject}".strip()
            raise ReleaseError(*(_placed(problem, place) for problem in error.problems)) from error
        except OSError as error:
            refused = refusals.problem(error)
            if refused is None:
                raise
            raise ReleaseError(_placed(refused, f"{step.NAME} {action.subject}".strip())) from error

    return run


def _placed(problem: Problem, place: str) -> Problem:
    return replace(problem, message=f"{place}: {problem.message}")
