"""One pass over a TOML document that finds its strings and where its tables begin.

The scanner trusts that `tomli` accepts the text: it finds places, it does not validate. Strings with
escapes are decoded by `tomli` itself; on text that is no TOML a ValueError may come out, or a wrong place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import tomli

from trainer_release.suite.toml_text import KEPT, at, parse

Path = tuple[str | int, ...]

BLANK = re.compile(r"[ \t]*")
GAP = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
OTHER = re.compile(r"[^,\]}#\r\n]+")  # numbers, booleans and dates, which may hold a blank
STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")'
    r"|'''.*?'{3,5}(?!')"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
QUOTES = ('"""', "'''", '"', "'")
EQUALS = re.compile("=")
COMMA = re.compile(",")


@dataclass(frozen=True, slots=True)
class Span:
    """A string literal: characters `start` to `end` with its quotes, their style, its value and line."""

    start: int
    end: int
    style: str
    value: str
    line: int


@dataclass(slots=True)
class Scan:
    """What one pass over a document finds: strings by key path, and where the body of each table begins.

    `opened` holds the place behind `]` of a table's header, or behind `{` of an inline table. `line` is that of the
    character `counted`, up to which line ends are counted.
    """

    text: str
    strings: dict[Path, Span] = field(default_factory=dict)
    opened: dict[Path, int] = field(default_factory=dict)
    at: int = 0
    counts: dict[Path, int] = field(default_factory=dict)
    line: int = 1
    counted: int = 0

    def document(self) -> None:
        """From the first line to the last."""
        table: Path = ()
        self.take(GAP)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)
            self.take(GAP)

    def header(self) -> Path:
        """`[a.b]` or `[[a.b]]`; a table below an array of tables belongs to the array's last item."""
        array = self.text.startswith("[[", self.at)
        self.at += 2 if array else 1
        *parents, last = self.keys()
        path: Path = ()
        for key in parents:
            path = self.inside((*path, key))
        path = (*path, last)
        if array:
            self.counts[path] = self.counts.get(path, 0) + 1
        path = self.inside(path)
        self.at += 2 if array else 1
        self.opened[path] = self.at
        return path

    def inside(self, path: Path) -> Path:
        return (*path, self.counts[path] - 1) if path in self.counts else path

    def pair(self, table: Path) -> None:
        """A key, `=` and a value, below a table."""
        path = (*table, *self.keys())
        self.take(EQUALS)
        self.take(BLANK)
        self.value(path)

    def keys(self) -> list[str]:
        """A key, dotted or not; blanks around it are taken along."""
        found: list[str] = []
        while not found or self.text.startswith(".", self.at):
            self.at += 1 if found else 0
            self.take(BLANK)
            if self.text[self.at : self.at + 1] in ("'", '"'):
                found.append(self.string().value)
            else:
                found.append(self.take(BARE_KEY))
            self.take(BLANK)
        return found

    def value(self, path: Path) -> None:
        """One value; its strings are noted under its path."""
        first = self.text[self.at : self.at + 1]
        if first in ("'", '"'):
            self.strings[path] = self.string()
        elif first == "[":
            self.items(path, "]")
        elif first == "{":
            self.items(path, "}")
        else:
            self.take(OTHER)

    def items(self, path: Path, end: str) -> None:
        """The items of an array or the pairs of an inline table, up to `end`."""
        self.at += 1
        if end == "}":
            self.opened[path] = self.at
        index = 0
        self.take(GAP)
        while not self.text.startswith(end, self.at):
            if index:
                self.take(COMMA)
                self.take(GAP)
                if self.text.startswith(end, self.at):
                    break
            if end == "}":
                self.pair(path)
            else:
                self.value((*path, index))
            index += 1
            self.take(GAP)
        self.at += 1

    def string(self) -> Span:
        """A string of any of the four kinds, with its place and what it says."""
        start = self.at
        literal = self.take(STRING)
        style = next(quotes for quotes in QUOTES if literal.startswith(quotes))
        plain = style == "'" or (style == '"' and "\\" not in literal)
        value = literal[1:-1] if plain else str(tomli.loads(f"x = {literal}")["x"])
        self.line += self.text.count("\n", self.counted, start)
        self.counted = start
        return Span(start, self.at, style, value, self.line)

    def take(self, pattern: re.Pattern[str]) -> str:
        """What the pattern matches here; ValueError where it does not."""
        match = pattern.match(self.text, self.at)
        if match is None:
            raise ValueError(f"no TOML at character {self.at}")
        self.at = match.end()
        return match.group()


@lru_cache(KEPT)
def scan(text: str) -> Scan:
    """Strings and table bodies of a document that `tomli` accepts, to be read and not written to."""
    found = Scan(text)
    found.document()
    return found


@dataclass(slots=True, unsafe_hash=True)  # not frozen, for there is one a requirement: that takes thrice the time
class Place:
    """Where a string of a document stands: by its key path. It is looked for when it is asked."""

    text: str
    keys: Path

    def __call__(self) -> int:
        """Its line, from 1; 1 where there is none."""
        start = only_place(self.text, at(parse("", self.text), self.keys))
        if start is not None:
            return self.text.count("\n", 0, start) + 1
        span = scan(self.text).strings.get(self.keys)
        return span.line if span else 1


def only_place(text: str, value: Any) -> int | None:
    """Where a string that a document states stands, if its literal stands there just once; None: ask a scan.

    Without escapes and triple quotes a string is written as it is, so the one literal is the one. No quote that ends
    another string stands before a letter or a digit.
    """
    if not isinstance(value, str) or not value[:1].isalnum() or "\\" in text or '"""' in text or "'''" in text:
        return None
    basic, literal = f'"{value}"', f"'{value}'"
    if text.count(basic) + text.count(literal) != 1:
        return None
    return max(text.find(basic), text.find(literal))
