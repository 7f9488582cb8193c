"""The plain form of YAML in which nearly every catalog is written, read with one pattern a line.

Mappings by indentation, whose values are words, strings in quotes without escapes, and lists and mappings on one line.
It answers with the very events of ruamel's parser, or with None where anything else is in the text: then that one
reads it. A catalog of a thousand modules takes a fiftieth of the time, and ruamel need not be imported.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trainer_release.suite.catalog.yaml_nodes import Event

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORD = r"[A-Za-z0-9_][A-Za-z0-9_./@+~=-]*"
_QUOTED = r"\"[^\"\\\n]*\"|'[^'\n]*'"
_KEY = rf"(?:{_QUOTED}|{_WORD})"
_NEXT = r" *(?:, *(?![]}])|(?=[]}]))"
_LIST = rf"\[ *(?:{_KEY}{_NEXT})*\]"
_FLAT = rf"\{{ *(?:{_KEY}: +{_KEY}{_NEXT})*\}}"
_MAP = rf"\{{ *(?:{_KEY}: +(?:{_KEY}|{_FLAT}){_NEXT})*\}}"
_LINE = re.compile(
    rf"(?P<indent> *)(?P<key>{_QUOTED}|{_WORD}):"
    rf"(?: +(?:(?P<scalar>{_QUOTED}|{_WORD}(?::{_WORD}|:/+{_WORD})*)|(?P<list>{_LIST})|(?P<map>{_MAP})))?"
    r"(?: +#[^\n]*| *)(?:\n|\Z)"
)
_NOTHING = re.compile(r"(?: *(?:#[^\n]*)?\n)*(?: *(?:#[^\n]*)?\Z)?")
_TOKEN = re.compile(rf"{_QUOTED}|{_WORD}|[{{}}]")
_OTHER = re.compile("[\t\r\x85\u2028\u2029\ufeff]")
_LONGEST = 1024
"""How long a key may be (YAML 1.2, 7.4.2)."""


def events(text: str) -> list[Event] | None:
    """The events of a document in the plain form, None for any other text."""
    if _OTHER.search(text):
        return None
    found: list[Event] = []
    indents: list[int] = []
    at, waits = _NOTHING.match(text).end(), False  # type: ignore[union-attr]  # it matches the empty text
    while at < len(text):
        line = _LINE.match(text, at)
        if line is None or line.end("key") - line.start("key") > _LONGEST:
            return None
        indent, start = line.end("indent") - line.start("indent"), line.start("key")
        if not indents or (waits and indent > indents[-1]):
            indents.append(indent)
            found.append(Event("map", start, start))
        else:
            if waits:
                found.append(Event("scalar", start, start))
            while indent < indents[-1]:
                found.append(Event("end", start, start))
                indents.pop()
                if not indents:
                    return None
            if indent != indents[-1]:
                return None
        found.append(_scalar(line["key"], start))
        waits = line.lastgroup == "key"
        found += _value(line)
        at = _NOTHING.match(text, line.end()).end()  # type: ignore[union-attr]
    if waits:
        found.append(Event("scalar", len(text), len(text)))
    found += [Event("end", len(text), len(text))] * len(indents)
    return found or None


def _value(line: re.Match[str]) -> Iterator[Event]:
    """The events of a value that stands behind its key."""
    kind = line.lastgroup or ""
    if kind == "scalar":
        yield _scalar(line[kind], line.start(kind))
    elif kind != "key":
        yield Event(kind, line.start(kind), line.start(kind) + 1, style="flow")
        for token in _TOKEN.finditer(line.string, line.start(kind) + 1, line.end(kind) - 1):
            yield _token(token[0], token.start())
        yield Event("end", line.end(kind) - 1, line.end(kind))


def _token(literal: str, start: int) -> Event:
    if literal in ("{", "}"):
        return Event("map", start, start + 1, style="flow") if literal == "{" else Event("end", start, start + 1)
    return _scalar(literal, start)


def _scalar(literal: str, start: int) -> Event:
    end = start + len(literal)
    if literal[0] in "\"'":
        return Event("scalar", start, end, literal[1:-1], literal[0])
    return Event("scalar", start, end, literal)
