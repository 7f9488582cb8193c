"""Where the strings of a TOML document stand, so that one can be replaced and every other byte stays.

The scanner trusts that `tomllib` accepts the text: it finds places, it does not validate. Strings with
escapes are decoded by `tomllib` itself; on text that is no TOML a ValueError may come out, or a wrong place.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

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
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Span:
    """A string literal: characters `start` to `end`, quotes included; their style, the value, the line (from
    1).
    """

    start: int
    end: int
    style: str
    value: str
    line: int


@dataclass(slots=True)
class Scan:
    """What one pass over a document finds: strings by key path, and where the body of each table begins.

    `opened` holds the place behind `]` of a table's header, or behind `{` of an inline table.
    """

    text: str
    strings: dict[Path, Span] = field(default_factory=dict)
    opened: dict[Path, int] = field(default_factory=dict)
    at: int = 0
    counts: dict[Path, int] = field(default_factory=dict)

    def document(self) -> None:
        """From the first line to the last."""
        table: Path = ()
        self.skip(GAP)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)
            self.skip(GAP)

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
        path = (*table, *self.keys())
        self.expect("=")
        self.skip(BLANK)
        self.value(path)

    def keys(self) -> list[str]:
        """A key, dotted or not; blanks around it are taken along."""
        found: list[str] = []
        while not found or self.text.startswith(".", self.at):
            self.at += 1 if found else 0
            self.skip(BLANK)
            if self.text[self.at : self.at + 1] in ("'", '"'):
                found.append(self.string().value)
            else:
                found.append(self.take(BARE_KEY))
            self.skip(BLANK)
        return found

    def value(self, path: Path) -> None:
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
        self.skip(GAP)
        while not self.text.startswith(end, self.at):
            if index:
                self.expect(",")
                self.skip(GAP)
                if self.text.startswith(end, self.at):
                    break
            if end == "}":
                self.pair(path)
            else:
                self.value((*path, index))
            index += 1
            self.skip(GAP)
        self.at += 1

    def string(self) -> Span:
        start = self.at
        literal = self.take(STRING)
        style = next(quotes for quotes in QUOTES if literal.startswith(quotes))
        return Span(start, self.at, style, decoded(literal, style), self.text.count("\n", 0, start) + 1)

    def skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        if match is None:
            raise ValueError(f"no TOML at character {self.at}")
        self.at = match.end()
        return match.group()

    def expect(self, sign: str) -> None:
        if not self.text.startswith(sign, self.at):
            raise ValueError(f"no {sign!r} at character {self.at}")
        self.at += 1


def scan(text: str) -> Scan:
    """Strings and table bodies of a document that `tomllib` accepts."""
    found = Scan(text)
    found.document()
    return found


def spans(text: str) -> dict[Path, Span]:
    """Every string value of the document by its key path; an array's items count from 0."""
    return scan(text).strings


def decoded(literal: str, style: str) -> str:
    """The value of a string literal (TOML 1.0, section String)."""
    if style == "'" or (style == '"' and "\\" not in literal):
        return literal[1:-1]
    value = tomllib.loads(f"x = {literal}")["x"]
    return str(value)


def splice(text: str, replacements: Iterable[tuple[Span, str]]) -> str:
    """The text with other values in these strings, in their own quotes or, if those cannot, in basic ones."""
    newline = "\r\n" if "\r\n" in text else "\n"
    return replace(
        text, [(span.start, span.end, quoted(new, span.style, newline)) for span, new in replacements]
    )


def replace(text: str, pieces: Iterable[tuple[int, int, str]]) -> str:
    """The text with characters start to end replaced, for each piece. ValueError where pieces overlap."""
    done: list[str] = []
    at = 0
    for start, end, new in sorted(pieces, key=lambda piece: piece[:2]):
        if start < at:
            raise ValueError(f"two replacements overlap at character {start}")
        done += [text[at:start], new]
        at = end
    return "".join([*done, text[at:]])


def quoted(value: str, style: str = '"', newline: str = "\n") -> str:
    """A literal of this value in this style (`"`, `'`, or three of either)."""
    if style == "'" and "'" not in value and not CONTROL.search(value):
        return f"'{value}'"
    plain = not CONTROL.search(value.replace("\n", ""))
    if style == "'''" and plain and "'''" not in value and not value.endswith("'"):
        return f"'''{on_lines(value, newline)}'''"
    escaped = value.replace("\\", "\\\\")
    if style == '"""':
        runs = re.sub(r'"(?="")|"$', '\\\\"', escaped)
        kept = "\n".join(CONTROL.sub(escape, line) for line in runs.split("\n"))
        return f'"""{on_lines(kept, newline)}"""'
    return '"' + CONTROL.sub(escape, escaped.replace('"', '\\"')) + '"'


def escape(sign: re.Match[str]) -> str:
    return f"\\u{ord(sign[0]):04X}"


def on_lines(value: str, newline: str) -> str:
    """A line break right behind the opening quotes does not count, so a first one is doubled."""
    return (f"\n{value}" if value.startswith("\n") else value).replace("\n", newline)
