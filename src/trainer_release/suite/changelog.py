"""A changelog in Markdown: what was unreleased gets the version and the day of its release."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_HEADING = re.compile(r"##[ \t]+(?P<open>\[?)(?P<name>[^]\[()\r\n]+?)\]?(?:\(.*|:.*|[ \t]+[(\[\u2013\u2014:-].*)?")
_UNRELEASED = re.compile(
    r"(un-?released|upcoming|not (yet )?released( yet)?|in development|next( release)?)( changes)?",
    re.IGNORECASE,
)
_OPEN_DATE = re.compile(r"\b(un-?released|upcoming|tbd|tba|in development|yyyy-mm-dd|release ?date)\b", re.IGNORECASE)
_YEAR = re.compile(r"\b(19|20)\d\d\b")
_FENCE = re.compile(r" {0,3}(```+|~~~+)")


@dataclass(frozen=True, slots=True)
class _Heading:
    """A second-level heading: the line's number, its name, whether the name is in brackets."""

    at: int
    name: str
    bracketed: bool

    def names(self, version: str) -> bool:
        return self.name.split()[0].lower().removeprefix("v") == version


def dated(text: str, version: str, date: str) -> str:
    """The changelog with a section `## VERSION - DATE`; running it twice changes nothing more.

    What stands under `## Unreleased` moves into it and that heading stays, empty. A section of the version
    that exists is left, but gets the date where it has none. Without either, an empty section goes above the
    first one, else to the end. Line ends and the style of brackets are kept. The shape is keepachangelog.com's.
    """
    lines = re.findall(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+", text)
    headings = [*_headings(lines)]
    own = next((heading for heading in headings if heading.names(version)), None)
    if own is not None:
        lines[own.at] = _with_date(lines[own.at], version, date)
        return "".join(lines)
    waiting = next((heading for heading in headings if _UNRELEASED.fullmatch(heading.name)), None)
    like = waiting or next(iter(headings), None)
    title = f"## [{version}] - {date}" if like and like.bracketed else f"## {version} - {date}"
    newline = _newline(text)
    if waiting is not None:
        head, rest = lines[waiting.at].rstrip("\r\n"), lines[waiting.at + 1 :]
        closed = lines[waiting.at] != head
        lines[waiting.at :] = [head, newline, newline, title, newline if closed else "", *rest]
    elif headings:
        lines[headings[0].at : headings[0].at] = [title, newline, newline]
    else:
        ended = not text or text.endswith(("\n", "\r"))
        lines += ["" if ended else newline, newline if text.strip() else "", title, newline]
    return "".join(lines)


def section(text: str, version: str) -> str:
    """What the changelog says of a version, without its heading; empty where it says nothing."""
    lines = text.splitlines()
    headings = [*_headings(lines)]
    at = next((number for number, heading in enumerate(headings) if heading.names(version)), None)
    if at is None:
        return ""
    end = headings[at + 1].at if at + 1 < len(headings) else len(lines)
    return "\n".join(lines[headings[at].at + 1 : end]).strip("\n")


def _headings(lines: Sequence[str]) -> Iterator[_Heading]:
    fence = ""
    for at, line in enumerate(lines):
        mark = _FENCE.match(line)
        if fence:
            fence = "" if mark and mark[1].startswith(fence) and not line.strip().strip(fence[0]) else fence
        elif mark:
            fence = mark[1]
        elif found := _HEADING.fullmatch(line.rstrip("# \t\r\n")):
            yield _Heading(at, found["name"].strip(), bool(found["open"]))


def _with_date(line: str, version: str, date: str) -> str:
    plain = line.rstrip("\r\n")
    said = re.sub(r"\(\w+://[^)]*\)", "", plain.partition(version)[2])
    if _YEAR.search(said):
        return line
    if _OPEN_DATE.search(said):
        return _OPEN_DATE.sub(date, plain) + line[len(plain) :]
    bare = plain.rstrip("# \t")
    return f"{bare} - {date}{line[len(plain) :]}"


def _newline(text: str) -> str:
    found = re.search(r"\r\n|\n|\r", text)
    return found[0] if found else "\n"
