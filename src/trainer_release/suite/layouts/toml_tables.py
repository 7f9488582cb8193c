"""New entries in a table that is there, written the way their neighbours are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trainer_release.suite.layouts.toml_scan import BARE_KEY, Path, Scan
from trainer_release.suite.layouts.toml_spans import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

Piece = tuple[int, int, str]

ENTRY = re.compile(
    r"""(?P<lead>[ \t]*(?:[^=\n]*\.[ \t]*)?)(?:"[^"\n]*"|'[^'\n]*'|[\w-]+)(?P<equals>[ \t]*=[ \t]*)\Z""",
)


def additions(found: Scan, table: Path, entries: Mapping[str, str]) -> list[Piece]:
    """The piece that adds these entries behind the last string of the table, or as the first of an empty one.

    Nothing where the place cannot be told: a table that exists through its sub-tables alone.
    """
    named = [(key if BARE_KEY.fullmatch(key) else quoted(key), value) for key, value in entries.items()]
    siblings = [span for path, span in found.strings.items() if path[:-1] == table]
    opened = found.opened.get(table)
    if not siblings:
        plain = [f"{name} = {quoted(value)}" for name, value in named]
        if opened is None:
            return []
        return [first(found.text, opened, plain) if inline(found, opened) else lines(found.text, opened, plain)]
    last = max(siblings, key=lambda span: span.start)
    style = last.style[0]
    text = found.text
    if opened is not None and inline(found, opened):
        tail = "".join(f", {name} = {quoted(value, style)}" for name, value in named)
        return [(last.end, last.end, tail)]
    entry = ENTRY.match(text[text.rfind("\n", 0, last.start) + 1 : last.start])
    lead, equals = (entry["lead"], entry["equals"]) if entry else ("", " = ")
    return [lines(text, last.end, [lead + name + equals + quoted(value, style) for name, value in named])]


def first(text: str, opened: int, new: list[str]) -> Piece:
    """Pairs behind the brace of an inline table that holds no string of its own."""
    start = opened + len(text[opened:]) - len(text[opened:].lstrip(" \t"))
    comma = "" if text.startswith("}", start) else ", "
    return start, start, ", ".join(new) + comma


def inline(found: Scan, opened: int) -> bool:
    """Whether the table's body begins behind a brace, not behind a header."""
    return found.text[opened - 1] == "{"


def lines(text: str, at: int, new: list[str]) -> Piece:
    """Lines behind the one in which `at` stands, with the line ends of the document."""
    newline = "\r\n" if "\r\n" in text else "\n"
    end = text.find("\n", at)
    end = len(text) if end < 0 else end - (text[end - 1] == "\r")
    return end, end, "".join(newline + line for line in new)
