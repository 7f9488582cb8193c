"""Where the strings of a TOML document stand, so that one can be replaced and every other byte stays."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trainer_release.suite.layouts.toml_scan import Path, Span, scan

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Path", "Span", "quoted", "replace", "spans", "splice"]

CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def spans(text: str) -> dict[Path, Span]:
    """Every string value of the document by its key path; an array's items count from 0."""
    return scan(text).strings


def splice(text: str, replacements: Iterable[tuple[Span, str]]) -> str:
    """The text with other values in these strings, in their own quotes or, if those cannot, in basic ones."""
    newline = "\r\n" if "\r\n" in text else "\n"
    return replace(text, [(span.start, span.end, quoted(new, span.style, newline)) for span, new in replacements])


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
