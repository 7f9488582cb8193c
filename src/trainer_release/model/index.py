"""What a package index lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class IndexFile:
    """One file as the simple API lists it; `sha256` is None where the index gives no hash, `uploaded` None
    where it does not say when it came (PEP 700)."""

    name: str
    url: str
    sha256: str | None
    size: int | None = None
    yanked: bool = False
    uploaded: datetime | None = None


@dataclass(frozen=True, slots=True)
class Dist:
    """A built file: what was prepared. `size` is in bytes."""

    name: str
    sha256: str
    size: int


Listing = Mapping[str, tuple[IndexFile, ...]]
"""By version (PEP 440, canonical): the files that the index lists of one package."""


class Page(dict[str, tuple[IndexFile, ...]]):
    """A listing, and what else the index says of a project.

    `known` is False where it has no such project (404). `status` is PEP 792's word: active, deprecated, archived,
    quarantined. `versions` are all that the index knows (PEP 700), those without files among them; None where it does
    not say.
    """

    __slots__ = ("known", "status", "versions")

    def __init__(
        self,
        files: Mapping[str, tuple[IndexFile, ...]],
        *,
        known: bool = True,
        status: str = "active",
        versions: Iterable[str] | None = None,
    ) -> None:
        super().__init__(files)
        self.known = known
        self.status = status
        self.versions = None if versions is None else frozenset(versions)
