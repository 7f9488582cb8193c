"""A forge: where a release has its page, and what such a page holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MOST_ASSETS = 1000
"""How many files a GitHub release may have."""


@dataclass(frozen=True, slots=True)
class Forge:
    """A repository on GitHub, or on a server that speaks its language. `api` is the API's address without a final
    slash, `repository` is `owner/name`. The token is no part of it: who asks reads it from the environment."""

    api: str
    repository: str


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of a page. `whole` is False for one whose upload was cut off; `sha256` None where the server does not
    say it."""

    id: int
    name: str
    size: int
    sha256: str | None
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Page:
    """A release as the forge has it. `upload` is where its files are sent to; nothing of an `immutable` one can be
    added or replaced."""

    id: int
    tag: str
    draft: bool
    prerelease: bool
    immutable: bool
    upload: str
    address: str
    assets: Mapping[str, Asset] = field(default_factory=dict)
