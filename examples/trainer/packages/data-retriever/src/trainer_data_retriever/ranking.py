"""Chunks are ranked by Okapi BM25: rare words count more, long chunks count less."""

from __future__ import annotations

import math
import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trainer_data_retriever.chunks import PATTERNS, Chunk, read_directory

_WORD = re.compile(r"\w+")
_SATURATION = 1.5
_LENGTH_WEIGHT = 0.75


@dataclass(frozen=True)
class Hit:
    """A chunk and how well it fits a query; higher is better."""

    chunk: Chunk
    score: float


class Retriever:
    """Searches a fixed set of chunks; the same query gives the same hits in the same order."""

    def __init__(self, chunks: Iterable[Chunk]) -> None:
        self._chunks: tuple[Chunk, ...] = tuple(chunks)
        self._words = [Counter(_words(chunk.text)) for chunk in self._chunks]
        self._lengths = [sum(words.values()) for words in self._words]
        self._mean_length = sum(self._lengths) / max(len(self._lengths), 1) or 1.0
        self._spread = Counter(word for words in self._words for word in words)

    @classmethod
    def from_directory(
        cls, directory: str | os.PathLike[str], patterns: Sequence[str] = PATTERNS, max_lines: int = 12
    ) -> Retriever:
        return cls(read_directory(directory, patterns, max_lines))

    def search(self, query: str, limit: int = 3) -> list[Hit]:
        """The best chunks that share a word with the query; equal scores go by source and line."""
        if limit < 1:
            raise ValueError(f"limit must be at least 1, not {limit}")
        asked = sorted(set(_words(query)))
        hits = [Hit(chunk, self._score(asked, number)) for number, chunk in enumerate(self._chunks)]
        found = [hit for hit in hits if hit.score > 0]
        found.sort(key=lambda hit: (-hit.score, hit.chunk.source, hit.chunk.line))
        return found[:limit]

    def __len__(self) -> int:
        return len(self._chunks)

    def _score(self, asked: Sequence[str], number: int) -> float:
        words = self._words[number]
        length = self._lengths[number] / self._mean_length
        damping = _SATURATION * (1 - _LENGTH_WEIGHT + _LENGTH_WEIGHT * length)
        return sum(
            self._rarity(word) * words[word] * (_SATURATION + 1) / (words[word] + damping)
            for word in asked
            if word in words
        )

    def _rarity(self, word: str) -> float:
        holders = self._spread[word]
        return math.log(1 + (len(self._chunks) - holders + 0.5) / (holders + 0.5))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
