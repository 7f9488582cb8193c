"""The record: what was prepared, complete enough for a fresh clone to finish the release (the contract's section 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from trainer_release.model.index import Dist

SCHEMA = "trainer-release/record/v1"


@dataclass(frozen=True, slots=True)
class Recorded:
    """One module in a record. `published` tells that this release uploads it; otherwise the index had it (carried) or
    the catalog says `publish: false`. `files` are its built files, empty where they are bound elsewhere."""

    package: str
    version: str
    before: str | None
    published: bool
    depends: tuple[str, ...]
    requires_python: str | None
    files: tuple[Dist, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordedRepository:
    """A repository beside the catalog's own. `branch` is what the release moves there (None: nothing), from `base` to
    `commit`; `tagged` tells that the suite tag stands there, too."""

    url: str
    branch: str | None
    base: str
    commit: str
    tree: str
    tagged: bool = True


@dataclass(frozen=True, slots=True)
class Record:
    """A prepared release. `epoch` (seconds, UTC) is the one timestamp of commit, tags, changelog and builds.
    `elsewhere` are the repositories beside the catalog's own, by name."""

    plan: str
    suite: str
    version: str
    epoch: int
    commit: str
    tree: str
    umbrella: str | None
    modules: Mapping[str, Recorded]
    waves: tuple[tuple[str, ...], ...]
    verdict: Mapping[str, Any] = field(default_factory=dict)
    build: Mapping[str, Any] = field(default_factory=dict)
    elsewhere: Mapping[str, RecordedRepository] = field(default_factory=dict)

    def files(self) -> dict[str, Dist]:
        """Every built file by name."""
        return {dist.name: dist for module in self.modules.values() for dist in module.files}
