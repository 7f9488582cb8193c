"""The catalog's text as a place to point at: line, column, the source line with a caret under it."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

from trainer_release.errors import Problem, Severity
from trainer_release.model.catalog import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable

_WIDTH = 120


@dataclass(frozen=True, slots=True)
class Source:
    """A text, how it is called in messages, and the complaints about it so far."""

    path: str
    text: str
    problems: list[Problem] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)

    def mark(self, at: int) -> Mark:
        """Line and column, both from 1, of a character of the text."""
        if not self.starts:
            self.starts.extend([0, *(found.end() for found in re.finditer(r"\r\n|\n|\r", self.text))])
        line = bisect_right(self.starts, at)
        return Mark(line, at - self.starts[line - 1] + 1)

    def caret(self, at: int) -> tuple[str, str]:
        """The line that holds a character, cut to a readable width, and a caret under the character."""
        mark = self.mark(at)
        line = re.split(r"[\r\n]", self.text[self.starts[mark.line - 1] :][: 8 * _WIDTH + mark.column], maxsplit=1)[0]
        cut = max(0, min(mark.column - 1 - _WIDTH // 2, len(line) - _WIDTH))
        shown = line[cut : cut + _WIDTH].replace("\t", " ")
        return printable(shown), " " * (mark.column - 1 - cut) + "^"

    def complain(
        self,
        code: str,
        at: int,
        message: str,
        hint: str,
        *,
        severity: Severity = Severity.ERROR,
        secret: bool = False,
    ) -> None:
        """Note a problem at a character of the text. A `secret` line is not shown."""
        mark = self.mark(at)
        context = () if secret else self.caret(at)
        said = (printable(message), printable(hint))
        self.problems.append(Problem(code, said[0], self.path, mark.line, mark.column, said[1], context, severity))


def printable(words: str) -> str:
    """Words on one line that no terminal obeys."""
    if words.isprintable():
        return words
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in words)


def shown(value: str) -> str:
    """A value for a message: short, on one line."""
    return printable(value if len(value) <= 60 else f"{value[:57]}…")


def nearest(word: str, known: Iterable[str]) -> str:
    """`did you mean …?` with the nearest right spelling, else the whole choice."""
    choice = list(known)
    lowered = {name.lower(): name for name in choice}
    found = get_close_matches(word.lower().replace("_", "-"), lowered, 1, 0.6)
    if found:
        return f'did you mean "{lowered[found[0]]}"?'
    return f"one of: {', '.join(choice)}" if choice else "there is none to choose from"
