"""Carry a plan out: step after step; within a step everything that does not wait for another, at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import partial

from trainer_release.errors import Problem, ReleaseError
from trainer_release.model.outcome import Outcome
from trainer_release.model.plan import Action, Plan
from trainer_release.release.engine.journal import Journal
from trainer_release.release.engine.middleware import Call, wrapped
from trainer_release.release.engine.reporter import Reporter
from trainer_release.release.step import AnyStep, Clock, World
from trainer_release.world import refusals
from trainer_release.world.clock import go, stop
from trainer_release.world.process import end_all


@dataclass(slots=True)
class _Stage:
    """The state of one step while it runs."""

    call: Call
    waiting: dict[str, Action]
    done: dict[str, Outcome] = field(default_factory=dict)
    failed: dict[str, ReleaseError] = field(default_factory=dict)
    blocked: set[str] = field(default_factory=set)
    running: dict[Future[Outcome], str] = field(default_factory=dict)


def carry_out(
    plan: Plan, steps: Iterable[AnyStep], world: World, journal: Journal, reporter: Reporter, clock: Clock
) -> Mapping[tuple[str, str], Outcome]:
    """Run every action of the plan; the outcomes by step and subject.

    Where actions fail, those of the same step that do not depend on them are still carried out; then the run stops with
    one ReleaseError of all their problems.
    """
    table = {step.NAME: step for step in steps}
    outcomes: dict[tuple[str, str], Outcome] = {}
    go()
    reporter.planned(plan)
    for planned in plan.steps:
        call = wrapped(table[planned.name], world, outcomes, journal, reporter, clock)
        stage = _Stage(call, {action.subject: action for action in planned.actions})
        _run(stage, world.jobs, partial(reporter.blocked, planned.name))
        order = (action.subject for action in planned.actions)  # as planned, not as they happened to end
        outcomes |= {(planned.name, subject): stage.done[subject] for subject in order if subject in stage.done}
        if stage.failed:
            raise ReleaseError(*_problems(stage))
    journal.end(clock.now().isoformat())
    return outcomes


def _run(stage: _Stage, jobs: int, blocked: Callable[[str, str], None]) -> None:
    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        try:
            while stage.waiting or stage.running:
                _start_ready(stage, pool, blocked)
                if stage.running:
                    finished, _ = wait(stage.running, return_when=FIRST_COMPLETED)
                    for future in finished:
                        _collect(stage, future)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            end_all()
            stop()
            raise


def _start_ready(stage: _Stage, pool: ThreadPoolExecutor, blocked: Callable[[str, str], None]) -> None:
    for subject, action in list(stage.waiting.items()):
        culprit = next((name for name in action.after if name in stage.failed or name in stage.blocked), None)
        if culprit is not None:
            stage.blocked.add(subject)
            blocked(subject, culprit)
        elif not all(name in stage.done for name in action.after):
            continue
        else:
            stage.running[pool.submit(stage.call, action)] = subject
        del stage.waiting[subject]


def _collect(stage: _Stage, future: Future[Outcome]) -> None:
    subject = stage.running.pop(future)
    try:
        stage.done[subject] = future.result()
    except ReleaseError as error:
        stage.failed[subject] = error
    except OSError as error:  # the journal's own
        refused = refusals.problem(error)
        if refused is None:
            raise
        stage.failed[subject] = ReleaseError(refused)


def _problems(stage: _Stage) -> list[Problem]:
    told = (problem for subject in sorted(stage.failed) for problem in stage.failed[subject].problems)
    return list(dict.fromkeys(told))
