"""Texts with holes: what an edit may change, between characters that must stay as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hole:
    """A place that an edit may change: the characters that stand there, what they are about (`version`, or the
    canonical name of the package that they require, or a place in a catalog), and the quotes around them."""

    text: str
    about: str
    quote: str = ""

    def said(self, text: str) -> str:
        """The value that these characters mean here."""
        return text.replace('\\"', '"') if self.quote == '"' else text


Piece = str | Hole
Pieces = tuple[Piece, ...]


def whole(pieces: Iterable[Piece], newline: str = "\n") -> Pieces:
    """The pieces with these line ends."""
    return tuple(piece.replace("\n", newline) if isinstance(piece, str) else piece for piece in pieces)


def text_of(pieces: Iterable[Piece]) -> str:
    return "".join(piece if isinstance(piece, str) else piece.text for piece in pieces)


def filled(pieces: Pieces, text: str) -> list[tuple[Hole, str]]:
    """What a text has in each hole; it must be these pieces in every other character."""
    shape = "".join(re.escape(p) if isinstance(p, str) else shape_of(p) for p in pieces)
    found = re.fullmatch(shape, text)
    assert found, f"more than the holes differs:\n{text_of(pieces)!r}\n{text!r}"
    holes = [piece for piece in pieces if isinstance(piece, Hole)]
    return list(zip(holes, found.groups(), strict=True))


def shape_of(hole: Hole) -> str:
    """A row is any number of lines; any other value stands on one."""
    return r"([\s\S]*)" if hole.about == "row" else r"([^\r\n]*?)"


def string(value: str, quote: str, about: str | None = None) -> list[Piece]:
    """A literal in TOML or Python with a hole for its value, if it is about something."""
    quote = '"' if "'" in value else quote
    raw = value.replace('"', '\\"') if quote == '"' else value
    return [quote, Hole(raw, about, quote) if about else raw, quote]


def array(items: Iterable[list[Piece]], style: str) -> list[Piece]:
    """A list of literals: on one line, on a line each, or with a comment behind each."""
    listed = list(items)
    if style == "inline":
        return ["[", *(p for at, item in enumerate(listed) for p in ([", "] if at else []) + item), "]"]
    behind = ",  # why, not what\n" if style == "comments" else ",\n"
    return ["[\n", *(p for item in listed for p in ["    ", *item, behind]), "]"]
