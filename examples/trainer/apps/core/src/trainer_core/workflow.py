"""The modules wired into one workflow."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Union

from trainer_data_retriever import DocumentError, Retriever
from trainer_format_converter import FormatError
from trainer_llm_provider import ProviderRegistry, UnknownProviderError, default_registry
from trainer_prompt_manager import PromptFileError, PromptStore, UnknownPromptError
from trainer_test_agent import SCORERS, Answer, CaseError, Report, Subject, evaluate, load_cases

PathLike = Union[str, "os.PathLike[str]"]

PROMPTS = Path(__file__).with_name("prompts")
INPUT_ERRORS = (
    CaseError,
    DocumentError,
    FormatError,
    PromptFileError,
    UnknownPromptError,
    UnknownProviderError,
    OSError,
)
"""What goes wrong because of what the workflow was given."""


@dataclass(frozen=True)
class Workflow:
    """Answers questions from documents; what ``evaluate`` measures is what ``answer`` does."""

    subject: Subject

    @classmethod
    def over(
        cls,
        documents: PathLike,
        *,
        provider: str = "offline",
        registry: ProviderRegistry | None = None,
        prompts: PathLike = PROMPTS,
        limit: int = 3,
    ) -> Workflow:
        """A workflow over a folder of documents, with the prompt named ``answer`` of a folder of prompts."""
        return cls(
            Subject(
                retriever=Retriever.from_directory(documents),
                template=PromptStore.from_directory(prompts).get("answer"),
                provider=(registry or default_registry()).create(provider),
                limit=limit,
            )
        )

    def answer(self, question: str) -> Answer:
        return self.subject.answer(question)

    def evaluate(self, cases: PathLike, scorer: str = "contains") -> Report:
        """Run the cases of a JSON, JSON Lines or CSV file."""
        return evaluate(self.subject, load_cases(cases), SCORERS[scorer])
