"""A provider without a model: it quotes the sentence of the prompt that fits the question best."""

from __future__ import annotations

import re
from collections import Counter

from trainer_llm_provider.values import Request, Response, respond

UNKNOWN = "I do not know."

_QUESTION = re.compile(r"^\s*question\s*:\s*(?P<text>.*\S)", re.IGNORECASE | re.MULTILINE)
_CONTEXT = re.compile(r"^\s*context\s*:", re.IGNORECASE | re.MULTILINE)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n\s*\n")
_WORD = re.compile(r"\w+")
_COMMON = frozenset(
    _WORD.findall(
        """
        a an and answer are as at be by can context do does for from has have how i in is it its may me must
        my of on or question that the there they this to was we what when where which who why will with you
        your
        """
    )
)


class OfflineProvider:
    """Answers the same prompt with the same words, always, and without a network.

    The question is the last line that starts with ``Question:``, else the last line;
    the answer is the sentence before it, and after a line that starts with ``Context:`` if there
    is one, that shares the rarest words with the question.
    """

    name = "offline"

    def complete(self, request: Request) -> Response:
        question, context = _split(request.prompt)
        return respond(_best_sentence(question, context), request, self.name)


def _split(prompt: str) -> tuple[str, str]:
    marked = list(_QUESTION.finditer(prompt))
    if marked:
        question, before = marked[-1].group("text"), prompt[: marked[-1].start()]
    else:
        before, _, question = prompt.rstrip().rpartition("\n")
    start = _CONTEXT.search(before)
    return question, before[start.end() :] if start else before


def _best_sentence(question: str, context: str) -> str:
    sentences = [" ".join(part.split()) for part in _SENTENCE_END.split(context) if part.strip()]
    words = [_words(sentence) for sentence in sentences]
    spread = Counter(word for group in words for word in group)
    asked = _words(question)
    scores: list[float] = [sum(1 / spread[word] for word in sorted(asked & group)) for group in words]
    if not scores or max(scores) == 0:
        return UNKNOWN
    return sentences[scores.index(max(scores))]


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold())) - _COMMON
