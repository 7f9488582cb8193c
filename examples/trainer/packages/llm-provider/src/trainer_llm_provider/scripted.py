"""A provider that says what it was told to say, for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trainer_llm_provider.values import Request, Response, respond


class ScriptError(LookupError):
    """The script holds no answer for this request."""


class ScriptedProvider:
    """Plays a list of answers in order, or looks them up by a phrase of the prompt.

    With a mapping the first phrase found in the prompt decides; ``requests`` keeps what was asked.
    """

    name = "scripted"

    def __init__(self, script: Sequence[str] | Mapping[str, str]) -> None:
        if isinstance(script, str):
            raise TypeError("a script is a list of answers or a mapping, not one text")
        self._by_phrase = isinstance(script, Mapping)
        self._script: list[tuple[str, str]] = (
            list(script.items()) if isinstance(script, Mapping) else [("", answer) for answer in script]
        )
        self._asked: list[Request] = []

    @property
    def requests(self) -> tuple[Request, ...]:
        return tuple(self._asked)

    def complete(self, request: Request) -> Response:
        self._asked.append(request)
        return respond(self._answer(request.prompt), request, self.name)

    def _answer(self, prompt: str) -> str:
        if not self._by_phrase:
            turn = len(self._asked)
            if turn > len(self._script):
                raise ScriptError(f"the script has {len(self._script)} answers, this is request {turn}")
            return self._script[turn - 1][1]
        for phrase, answer in self._script:
            if phrase in prompt:
                return answer
        raise ScriptError(f"no phrase of the script is in the prompt: {prompt[:60]!r}")
