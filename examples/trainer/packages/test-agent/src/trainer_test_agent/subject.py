"""The subject of an evaluation: retrieval, prompt and model, put together to answer questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trainer_data_retriever import Hit, Retriever
from trainer_llm_provider import Provider, Request
from trainer_prompt_manager import Template

_VARIABLES = ("context", "question")


@dataclass(frozen=True)
class Answer:
    """What was answered, from which places, and the prompt that was sent."""

    question: str
    text: str
    sources: tuple[str, ...]
    prompt: str


@dataclass(frozen=True)
class Subject:
    """Answers a question: looks up context, renders the prompt, asks the provider."""

    retriever: Retriever
    template: Template
    provider: Provider
    limit: int = 3

    def __post_init__(self) -> None:
        found = sorted(self.template.variables)
        if found != sorted(_VARIABLES):
            wanted, used = " and ".join(_VARIABLES), ", ".join(found) or "none"
            raise ValueError(f"prompt {self.template.name!r} must use the variables {wanted}, not {used}")

    def answer(self, question: str) -> Answer:
        hits = self.retriever.search(question, limit=self.limit)
        prompt = self.template.render(context=_context(hits), question=" ".join(question.split()))
        response = self.provider.complete(Request(prompt))
        return Answer(question, response.text, tuple(hit.chunk.place for hit in hits), prompt)


def _context(hits: Sequence[Hit]) -> str:
    return "\n\n".join(hit.chunk.text for hit in hits)
