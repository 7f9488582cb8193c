"""Runs cases against whatever answers questions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from trainer_test_agent.cases import Case
from trainer_test_agent.report import Report, Result
from trainer_test_agent.scoring import Scorer, contains
from trainer_test_agent.subject import Answer


class Answering(Protocol):
    """Whatever answers questions; a ``Subject`` does."""

    def answer(self, question: str) -> Answer: ...


def evaluate(
    subject: Answering, cases: Iterable[Case], scorer: Scorer = contains, threshold: float = 1.0
) -> Report:
    """Ask every question and score every answer; a case that raises has failed, the others still run."""
    return Report(tuple(_run(subject, case, scorer, threshold) for case in cases))


def _run(subject: Answering, case: Case, scorer: Scorer, threshold: float) -> Result:
    try:
        answer = subject.answer(case.question)
    except Exception as error:
        message = f"{type(error).__name__}: {error}"
        return Result(case.id, case.question, case.expected, "", 0.0, False, error=message)
    score = scorer(case.expected, answer.text)
    return Result(
        case.id, case.question, case.expected, answer.text, score, score >= threshold, answer.sources
    )
