"""The page behind an error code: what `trainer-release explain CODE` prints."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """`exit` is the exit code that the error alone causes; the rest is for a reader."""

    exit: int
    title: str
    cause: str
    move: str
