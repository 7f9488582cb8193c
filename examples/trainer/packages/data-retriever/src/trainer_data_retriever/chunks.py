"""Texts are cut into paragraphs that remember where they came from."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

PATTERNS = ("*.txt", "*.md")


class DocumentError(ValueError):
    """Documents that cannot be read; every faulty file is named."""


@dataclass(frozen=True)
class Chunk:
    """A piece of a document; ``line`` is its first line, counted from 1."""

    text: str
    source: str
    line: int

    @property
    def place(self) -> str:
        return f"{self.source}:{self.line}"


def split(text: str, source: str, max_lines: int = 12) -> list[Chunk]:
    """Cut a text at blank lines, and a paragraph that is longer than ``max_lines`` as often as needed."""
    if max_lines < 1:
        raise ValueError(f"max_lines must be at least 1, not {max_lines}")
    return [
        Chunk("\n".join(lines[start : start + max_lines]), source, first + start)
        for first, lines in _paragraphs(text)
        for start in range(0, len(lines), max_lines)
    ]


def read_directory(
    directory: str | os.PathLike[str], patterns: Sequence[str] = PATTERNS, max_lines: int = 12
) -> list[Chunk]:
    """The chunks of all matching files below a folder, in order of path; hidden files are left out."""
    root = Path(directory)
    if not root.is_dir():
        raise DocumentError(f"{root} is no folder")
    paths = _documents(root, patterns)
    if not paths:
        raise DocumentError(f"{root} holds no document ({', '.join(patterns)})")
    chunks: list[Chunk] = []
    complaints: list[str] = []
    for source, path in paths:
        try:
            chunks += split(path.read_text(encoding="utf-8-sig"), source, max_lines)
        except UnicodeDecodeError as error:
            complaints.append(f"{path}: not UTF-8 at byte {error.start}")
        except OSError as error:
            complaints.append(f"{path}: {error.strerror}")
    if complaints:
        raise DocumentError("\n".join(complaints))
    return chunks


def _documents(root: Path, patterns: Sequence[str]) -> list[tuple[str, Path]]:
    found = {
        path.relative_to(root).as_posix(): path
        for pattern in patterns
        for path in root.rglob(pattern)
        if path.is_file()
    }
    return sorted((source, path) for source, path in found.items() if not _hidden(source))


def _hidden(source: str) -> bool:
    return any(part.startswith(".") for part in source.split("/"))


def _paragraphs(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each paragraph with the number of its first line."""
    lines: list[str] = []
    number = 0
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            lines.append(line.rstrip())
        elif lines:
            yield number - len(lines), lines
            lines = []
    if lines:
        yield number - len(lines) + 1, lines
