"""Evaluation of question answering: cases in, a scored report out."""

from trainer_test_agent.cases import Case, CaseError, load_cases
from trainer_test_agent.report import Report, Result
from trainer_test_agent.runner import evaluate
from trainer_test_agent.scoring import SCORERS, Scorer, contains, exact, overlap
from trainer_test_agent.subject import Answer, Subject

__all__ = [
    "SCORERS",
    "Answer",
    "Case",
    "CaseError",
    "Report",
    "Result",
    "Scorer",
    "Subject",
    "contains",
    "evaluate",
    "exact",
    "load_cases",
    "overlap",
]
