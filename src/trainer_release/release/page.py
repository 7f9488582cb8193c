"""What stands on a release's page, and which releases get one. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from packaging.version import Version

from trainer_release.model.catalog import Release
from trainer_release.model.forge import MOST_ASSETS, Forge, Page
from trainer_release.model.record import Record
from trainer_release.release.names import shaped_version
from trainer_release.suite import changelog

TRIALS = ("local", "testpypi")
"""Indexes that a release is tried out on, unless the catalog says that it is made for one of them."""


def chosen(
    release: Release, index: str, remote: str | None, forge: Forge | None, *, token: bool
) -> tuple[Forge | None, str]:
    """Where a release gets its page; else why not, in one line, where somebody might expect one."""
    if release.github == "none" or release.push == "none" or remote is None:
        return None, ""
    if forge is None:
        return None, f"no GitHub release: the remote {remote} is not on GitHub"
    if not token:
        return None, "no GitHub release: neither GITHUB_TOKEN nor GH_TOKEN is set"
    if index in TRIALS and index != release.index:
        return None, f"no GitHub release: {index} is a trial, the catalog releases to {release.index}"
    return forge, ""


def said(record: Record, forge: Forge) -> str:
    """What the plan says of a page to come."""
    files = "" if holds(record) else f"; without its {len(record.files())} files, which are more than one holds"
    return f"a release of {forge.repository} on GitHub: a draft first, published last{files}"


def holds(record: Record) -> bool:
    """Whether a page has room for every file, the manifest and the constraints."""
    return len(record.files()) + 2 <= MOST_ASSETS


def title(record: Record) -> str:
    """The page's heading."""
    return f"{record.suite} {record.version}"


def text(record: Record, notes: str) -> str:
    """The page in Markdown: what the changelog says of the version, and the table of versions."""
    rows = ["| package | version | |", "|---|---|---|"]
    for module in (record.modules[name] for wave in record.waves for name in wave):
        before = f"was {module.before}" if module.before not in (None, module.version) else ""
        rows.append(f"| {module.package} | {module.version} | {before if module.published else 'unchanged'} |")
    return "\n\n".join(part for part in (changelog.section(notes, record.version), "\n".join(rows)) if part) + "\n"


def is_prerelease(version: str) -> bool:
    """Whether the page says so: PEP 440's pre-releases and development releases."""
    return Version(version).is_prerelease


def is_latest(version: str, shape: str, pages: Iterable[Page]) -> bool:
    """Whether this is the highest of the published stable versions; `shape` is the catalog's `release.tag`."""
    others = (shaped_version(shape, page.tag) for page in pages if not page.draft)
    stable = [other for other in others if other is not None and not other.is_prerelease]
    return not Version(version).is_prerelease and Version(version) >= max(stable, default=Version(version))
