"""How a run that could not publish everything ends: what is live, what failed, what waits for whom, and one command."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from trainer_release.errors import Exit, Problem, ReleaseError, Severity
from trainer_release.model.outcome import Outcome
from trainer_release.model.plan import Plan
from trainer_release.release.engine.reporter import Reporter

STEP = "publish_dists"
_LIVE = {"upload-refused": "upload-failed", "system-refused": "system-failed"}
"""What a code is called where something of the release is live: the exit code then says so."""
_ORDER = [Exit.MISMATCH, Exit.UNKNOWN, Exit.PARTIAL, Exit.PREFLIGHT, Exit.PAUSED]


class Ledger(Reporter):
    """Listens beside another reporter and keeps what became of each module."""

    def __init__(self, beside: Reporter) -> None:
        self.beside = beside
        self.modules: tuple[str, ...] = ()
        self.published: list[str] = []
        self.left_out: dict[str, str] = {}
        self.began = False

    @property
    def unpublished(self) -> list[str]:
        """What should have been published, was not, and waits for nobody; empty as long as nothing was begun."""
        return [name for name in self.modules if self.began and name not in {*self.published, *self.left_out}]

    def planned(self, plan: Plan) -> None:
        self.modules = tuple(action.subject for step in plan.steps if step.name == STEP for action in step.actions)
        self.beside.planned(plan)

    def started(self, step: str, subject: str) -> None:
        self.began |= step == STEP
        self.beside.started(step, subject)

    def noted(self, step: str, subject: str, note: str) -> None:
        self.beside.noted(step, subject, note)

    def ended(self, step: str, subject: str, outcome: Outcome, seconds: float) -> None:
        self.began |= step == STEP
        self.published += [subject] if step == STEP else []
        self.beside.ended(step, subject, outcome, seconds)

    def failed(self, step: str, subject: str, error: ReleaseError, seconds: float) -> None:
        self.beside.failed(step, subject, error, seconds)

    def blocked(self, step: str, subject: str, by: str) -> None:
        if step == STEP:
            self.left_out[subject] = by
        self.beside.blocked(step, subject, by)


def ended(error: ReleaseError, ledger: Ledger, *, live: bool, command: str) -> ReleaseError:
    """The error of a run that failed while it published, told as a whole: the gravest first (10, 11, 7, 6, 8), and one
    word on what is published and what is not. Where something of the release is live, nothing ends in 6: a refusal is
    `upload-failed`, and beside any other problem that word is an error of its own.

    `live`: the index had files of the release before this run."""
    live = live or bool(ledger.published) or any(problem.code == "upload-failed" for problem in error.problems)
    problems = [replace(each, code=_LIVE.get(each.code, each.code)) if live else each for each in error.problems]
    if not ledger.unpublished:
        return ReleaseError(*problems)
    partial = live and any(each.exit is Exit.PREFLIGHT for each in problems)
    word = _summary(ledger, command, Severity.ERROR if partial else Severity.NOTE)
    return ReleaseError(*sorted([*problems, word], key=_rank))


def _rank(problem: Problem) -> int:
    if problem.severity is Severity.NOTE:
        return len(_ORDER)
    return _ORDER.index(problem.exit) if problem.exit in _ORDER else -1


def _summary(ledger: Ledger, command: str, severity: Severity) -> Problem:
    waiting = [f"{name} (needs {by})" for name, by in sorted(ledger.left_out.items())]
    rows = (("published", ledger.published), ("not published", ledger.unpublished), ("left alone", waiting))
    return Problem(
        "unfinished",
        "; ".join(f"{head}: {_row(names)}" for head, names in rows),
        hint=f"run `{command}`: it goes on with what is missing",
        severity=severity,
    )


def _row(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"
