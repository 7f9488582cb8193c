"""The index's word on our files: what it lists, what its JSON tells, and whether these are our bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, replace

from trainer_release.errors import Problem, ReleaseError
from trainer_release.model.catalog import IndexAddress
from trainer_release.model.index import Dist, IndexFile, Listing, Page
from trainer_release.release.step import World
from trainer_release.world import index


@dataclass(frozen=True, slots=True)
class Release:
    """The files of one module in one version: what is asked for."""

    module: str
    package: str
    version: str
    files: tuple[Dist, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """What the two oracles say: `listed` (the simple index: installable) and `told` (the JSON: published), by file
    name. `known`: the index has the project."""

    release: Release
    listed: Mapping[str, IndexFile]
    told: Mapping[str, IndexFile]
    known: bool = True

    @property
    def missing(self) -> list[Dist]:
        """What neither of them has."""
        return [dist for dist in self.unlisted if dist.name not in self.told]

    @property
    def unlisted(self) -> list[Dist]:
        """What the simple index does not serve."""
        return [dist for dist in self.release.files if dist.name not in self.listed]

    @property
    def live(self) -> list[Dist]:
        """What is published."""
        return [dist for dist in self.release.files if dist.name in self.listed or dist.name in self.told]


def ask(release: Release, world: World) -> Seen:
    """Ask the simple index, and the JSON where there is one and the first lacks a file. Other bytes under one of our
    names raise `file-differs`; an index that does not answer raises as `world.index` does."""
    page = index.listing(simple(world.index), release.package)
    world.heard.pages[release.package] = page
    return seen_on(page, release, world)


def seen_on(page: Page, release: Release, world: World) -> Seen:
    """As `ask`, of a simple page that is at hand."""
    names = {dist.name for dist in release.files}
    listed = digested(page.get(release.version, ()), names, world.heard.digests)
    told: dict[str, IndexFile] = {}
    if world.index.json and not names <= listed.keys():
        told = told_by_json(world.index, release, world.heard.digests)
    seen = Seen(release, listed, told, page.known)
    others = [
        differs(dist, there[dist.name])
        for dist in release.files
        for there in (listed, told)
        if dist.name in there and there[dist.name].sha256 != dist.sha256
    ]
    if others:
        raise ReleaseError(*dict.fromkeys(others))
    return seen


def told_by_json(where: IndexAddress, release: Release, digests: MutableMapping[str, str]) -> dict[str, IndexFile]:
    """What the JSON of one release tells of our files."""
    from trainer_release.world import project_json

    found = project_json.published(where.json or "", release.package, release.version)
    return digested(found or (), {dist.name for dist in release.files}, digests)


def digested(
    files: Iterable[IndexFile], names: Iterable[str], digests: MutableMapping[str, str]
) -> dict[str, IndexFile]:
    """The files of these names; one without a hash is downloaded, once, and hashed."""
    found = {file.name: file for file in files if file.name in names}
    for name, file in found.items():
        if file.sha256 is None:
            if file.url not in digests:
                digests[file.url] = index.digest_of(file)
            found[name] = replace(file, sha256=digests[file.url])
    return found


def hashed(listing: Listing, release: Release, digests: MutableMapping[str, str]) -> Listing:
    """A listing in which every file of ours has a hash."""
    ours = digested(listing.get(release.version, ()), {dist.name for dist in release.files}, digests)
    if not isinstance(listing, Page) or not ours:
        return listing
    files = tuple(ours.get(file.name, file) for file in listing[release.version])
    return Page(
        listing | {release.version: files}, known=listing.known, status=listing.status, versions=listing.versions
    )


def simple(where: IndexAddress) -> str:
    """Where an index serves the simple API."""
    return where.simple or index.default_simple(where.name) or ""


def differs(dist: Dist, there: IndexFile) -> Problem:
    """Somebody else's bytes under our name."""
    return Problem(
        "file-differs",
        f"the index has another {dist.name}: sha256 {there.sha256}, prepared was {dist.sha256}",
        hint="never upload over it: find out who published it, and release the next version",
    )
