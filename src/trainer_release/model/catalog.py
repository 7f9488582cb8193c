"""What versions.yaml says, as values (the contract's section 1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from trainer_release.model.agent_settings import AgentSettings


class Pin(StrEnum):
    """How the specifier on an internal dependency follows a new version."""

    KEEP = "keep"
    EXACT = "exact"
    COMPATIBLE = "compatible"
    RANGE = "range"
    MINIMUM = "minimum"


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a text file; both count from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A module as the catalog lists it; what is None there is found in the workspace."""

    name: str
    version: str | None
    mark: Mark
    package: str | None = None
    path: str | None = None
    repository: str | None = None
    ref: str | None = None
    pin: Pin | None = None
    publish: bool = True
    build: str = "sdist"
    also: tuple[str, ...] = ()
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Tested:
    """When the modules of a row were last tested together, and what came of it: `result` is passed or failed, `python`
    a version, `platform` the system and its machine, `by` who ran it. `date` is a day (ISO 8601)."""

    __test__ = False
    date: str
    result: str
    python: str | None = None
    platform: str | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One suite version of `compatibility`: every module's version, `from` already followed. `withdrawn` is why nobody
    is to use it any more, the day before it where that is known: `2026-11-22: breaks on Windows`. `tested` is None
    where nobody knows whether these versions go together."""

    version: str
    modules: Mapping[str, str]
    mark: Mark
    released: str | None = None
    base: str | None = None
    withdrawn: str | None = None
    tested: Tested | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Modules that share one version of their own. It may follow another's: `follows` names the suite, a group or a
    module, `shape` what comes of that version (`suite/offset.py`)."""

    name: str
    version: str
    modules: tuple[str, ...]
    mark: Mark
    follows: str | None = None
    shape: str | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """The `release` section with its defaults. `github`: auto makes a release's page where the remote is on GitHub and
    a token is given, none never does."""

    versioning: str = "fixed"
    pin: Pin = Pin.KEEP
    branches: tuple[str, ...] = ("main", "release/*")
    push: str = "direct"
    build: str = "here"
    tag: str = "v{version}"
    module_tag: str | None = None
    embed: str | None = None
    index: str = "local"
    github: str = "auto"


@dataclass(frozen=True, slots=True)
class IndexAddress:
    """Where a package index takes uploads and where it serves the simple API; None: ask the client's defaults.

    `json` is where it has a project JSON API (`{json}/{name}/{version}/json`), `new_projects` how many new projects it
    takes a day, `window` for how many days a release takes further files, `file_size` how many MiB a file may have;
    None: it has none, or no such limit.
    """

    name: str
    upload: str | None = None
    simple: str | None = None
    json: str | None = None
    new_projects: int | None = None
    window: int | None = None
    file_size: int | None = None


@dataclass(frozen=True, slots=True)
class Catalog:
    """The whole catalog. `path` is how it is shown in messages; `text` is what was read, for splicing."""

    path: str
    text: str
    suite: str
    version: str
    modules: Mapping[str, Listed]
    mark: Mark
    umbrella: str | None = None
    umbrella_path: str | None = None
    umbrella_also: tuple[str, ...] = ()
    groups: Mapping[str, Group] = field(default_factory=dict)
    exclude: tuple[str, ...] = ()
    retired: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    rows: Mapping[str, Row] = field(default_factory=dict)
    release: Release = field(default_factory=Release)
    indexes: Mapping[str, IndexAddress] = field(default_factory=dict)
    test_agent: AgentSettings = field(default_factory=AgentSettings)
