"""What an evaluation found."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass

from trainer_format_converter import Record, write


@dataclass(frozen=True)
class Result:
    """One case after it was run; ``error`` says why there is no answer, if there is none."""

    id: str
    question: str
    expected: str
    answer: str
    score: float
    passed: bool
    sources: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True)
class Report:
    results: tuple[Result, ...]

    @property
    def failures(self) -> tuple[Result, ...]:
        return tuple(result for result in self.results if not result.passed)

    @property
    def ok(self) -> bool:
        return not self.failures

    @property
    def mean_score(self) -> float:
        return sum(result.score for result in self.results) / max(len(self.results), 1)

    def summary(self) -> str:
        passed = len(self.results) - len(self.failures)
        return f"{passed} of {len(self.results)} cases passed, mean score {self.mean_score:.2f}"

    def records(self) -> list[Record]:
        """One flat record a case, fit for every format."""
        return [{**asdict(result), "sources": " ".join(result.sources)} for result in self.results]

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write the records in the format of the file's name: .json, .jsonl or .csv."""
        write(path, self.records())
