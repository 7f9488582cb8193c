"""What a package index lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IndexFile:
    """One file as the simple API lists it; `sha256` is None where the index gives no hash."""

    name: str
    url: str
    sha256: str | None
    size: int | None = None
    yanked: bool = False


@dataclass(frozen=True, slots=True)
class Dist:
    """A built file: what was prepared. `size` is in bytes."""

    name: str
    sha256: str
    size: int


Listing = Mapping[str, tuple[IndexFile, ...]]
"""By version (PEP 440, canonical): the files that the index lists of one package."""
