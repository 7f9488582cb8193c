"""What goes into a provider and what comes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True)
class Request:
    """One question to a model; limits that are absent do not limit."""

    prompt: str
    max_words: int | None = None
    stop: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.prompt.strip():
            raise ValueError("a request needs a prompt")
        if self.max_words is not None and self.max_words < 1:
            raise ValueError(f"max_words must be at least 1, not {self.max_words}")
        if "" in self.stop:
            raise ValueError("an empty stop text would stop everything")


@dataclass(frozen=True)
class Usage:
    """The size of an exchange, counted in words."""

    prompt_words: int
    answer_words: int

    @property
    def total_words(self) -> int:
        return self.prompt_words + self.answer_words


@dataclass(frozen=True)
class Response:
    """A model's answer; ``finish`` says why it ended: complete, stop or length."""

    text: str
    provider: str
    usage: Usage
    finish: str = "complete"


@runtime_checkable
class Provider(Protocol):
    """Whatever can answer a request; implementations need not inherit from it."""

    @property
    def name(self) -> str: ...

    def complete(self, request: Request) -> Response: ...


def respond(text: str, request: Request, provider: str) -> Response:
    """Make a response of raw text: cut it at stop texts and at the word limit, and count it."""
    finish = "complete"
    cuts = [text.index(stop) for stop in request.stop if stop in text]
    if cuts:
        text, finish = text[: min(cuts)].rstrip(), "stop"
    words = text.split()
    if request.max_words is not None and len(words) > request.max_words:
        words = words[: request.max_words]
        text, finish = " ".join(words), "length"
    return Response(text, provider, Usage(len(request.prompt.split()), len(words)), finish)
