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
    names = {dist.name for dist in release.files}
    listed = digested(page.get(release.version, ()), names, world.heard.digests)
    told: dict[str, IndexFile] = {}
    if world.index.json and not names <= listed.keys():
        told = told_by_json(world.index, release, world.heard.digests) or {}
    others = [
        differs(dist, there[dist.name])
        for dist in release.files
        for there in (listed, told)
        if dist.name in there and there[dist.name].sha256 != dist.sha256
    ]
    if others:
        raise ReleaseError(*dict.fromkeys(others))
    world.heard.looks[release.package] = seen = Seen(release, listed, told, page.known)
    return seen


def told_by_json(
    where: IndexAddress, release: Release, digests: MutableMapping[str, str]
) -> dict[str, IndexFile] | None:
    """What the JSON of one release tells of our files; None where it knows no such release."""
    from trainer_release.world import project_json

    found = project_json.published(where.json or "", release.package, release.version)
    return None if found is None else digested(found, {dist.name for dist in release.files}, digests)


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


def completed(listing: Listing, release: Release, where: IndexAddress) -> Page:
    """A page with all that the index knows of our files before anything is sent: every file has a hash, and what its
    JSON alone tells is there, too. A version that the JSON knows, and has no file of, stands among its versions."""
    page = listing if isinstance(listing, Page) else Page(listing, known=bool(listing))
    names, digests = {dist.name for dist in release.files}, dict[str, str]()
    ours = digested(page.get(release.version, ()), names, digests)
    told = told_by_json(where, release, digests) if where.json and not names <= ours.keys() else None
    files = {file.name: file for file in page.get(release.version, ())} | (told or {}) | ours
    versions = {*(page.versions or ()), release.version} if told is not None else page.versions
    listed = {**page, release.version: tuple(files.values())} if files else page
    return Page(listed, known=page.known or told is not None, status=page.status, versions=versions)


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
