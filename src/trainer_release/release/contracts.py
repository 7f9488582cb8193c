"""Which modules' public APIs are held against which published versions: those that changed since the last suite tag."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from packaging.version import Version

from trainer_release.agent.contracts import Subject, survey
from trainer_release.model.contracts import Contract
from trainer_release.model.index import IndexFile, Listing
from trainer_release.model.suite import Module, Suite
from trainer_release.release.names import home
from trainer_release.suite.asked import stated
from trainer_release.suite.draft import History
from trainer_release.world.git import Git

UNKNOWN = Contract("", fault="no earlier wheel on the index")
ELSEWHERE = Contract("", fault="its source lies in another repository")


def contracts(
    git: Git, prefix: str, root: Path, suite: Suite, past: History, listings: Mapping[str, Listing], jobs: int
) -> dict[str, Contract]:
    """What became of the public APIs of modules that changed since the last suite tag, by module; nothing is downloaded
    or parsed where nothing changed or the index has nothing to compare with."""
    published = [m for name, m in suite.modules.items() if name in past.changed and m.publish]
    changed = [m for m in published if m.path is not None and not home(suite, m.name)]
    bases = {m.name: last_published(listings.get(m.package, {}), stated(suite)[m.name]) for m in changed}
    tracked = _tracked(git, prefix, past.tag) if past.tag and any(bases.values()) else frozenset()
    known = survey(_subjects(root, changed, bases, tracked), jobs)
    others = {m.name: ELSEWHERE for m in published if home(suite, m.name)}
    return {module.name: known.get(module.name, UNKNOWN) for module in changed} | others


def last_published(listing: Listing, now: str) -> tuple[str, tuple[IndexFile, ...]] | None:
    """The newest version up to `now` of which the index has wheels, with them: a final one, and a pre-release only
    where there is none (what a candidate may change is told by the version before it). Yanked files do not count."""
    wheels = {
        Version(version): tuple(file for file in files if file.name.endswith(".whl") and not file.yanked)
        for version, files in listing.items()
    }
    known = [version for version, files in wheels.items() if files and version <= Version(now)]
    if not known:
        return None
    newest = max(known, key=lambda version: (not version.is_prerelease, version))
    return str(newest), wheels[newest]


def _tracked(git: Git, prefix: str, tag: str) -> frozenset[str]:
    return frozenset(p.removeprefix(prefix) for p in git.paths(f"refs/tags/{tag}") if p.startswith(prefix))


def _subjects(
    root: Path,
    changed: list[Module],
    bases: Mapping[str, tuple[str, tuple[IndexFile, ...]] | None],
    tracked: frozenset[str],
) -> Iterator[Subject]:
    for module in changed:
        base = bases[module.name]
        if base is not None and module.path is not None:
            shown = "" if module.path == "." else f"{module.path}/"
            yield Subject(module.name, root / module.path, shown, *base, tracked)
