"""The versions of a suite's modules that can be had: what an index offers, and what the work tree is at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from packaging.utils import canonicalize_name

from trainer_release.agent import wheels
from trainer_release.agent.compat import Combination, Offer, declared
from trainer_release.agent.workers import each
from trainer_release.app.session import EMBEDDED, address, packages, session_at
from trainer_release.app.subject import Subject
from trainer_release.errors import ReleaseError, fail
from trainer_release.model.index import Listing
from trainer_release.model.suite import Module, Suite
from trainer_release.model.testing import WheelRef
from trainer_release.release import building
from trainer_release.world import index
from trainer_release.world.addresses import bare, configured
from trainer_release.world.builds import Builder, find_uv
from trainer_release.world.wheels import best_wheel


@contextmanager
def where(suite: Suite, catalog: Path, asked: str | None) -> Iterator[str]:
    """The simple address of the index that has the modules' versions: the one asked for; the one that the suite is
    released to, the embedded one running while the block does; for pypi the one that a person's own installs ask."""
    chosen = suite.catalog.release.index
    session = session_at(catalog)
    if asked is not None:
        yield asked
    elif chosen == EMBEDDED and session and (folder := session.data(suite.name) / "index").exists():
        from trainer_release.world import local_index

        with local_index.running(folder, packages(suite)) as server:
            yield server.address.simple or ""
    elif chosen in suite.catalog.indexes:
        yield address(suite.catalog, chosen).simple or ""
    else:
        yield configured() or index.default_simple("testpypi" if chosen == "testpypi" else "pypi") or ""


@contextmanager
def offered(suite: Suite, catalog: Path, index_url: str | None) -> Iterator[tuple[Offer, Mapping[str, Listing], str]]:
    """What there is to choose from, with the files of it by canonical package name, and the index's address."""
    asked = declared(suite.modules.values())
    with where(suite, catalog, index_url) as simple:
        wanted = {*asked, *(canonicalize_name(module.package) for module in suite.modules.values())}
        listed = index.listings(simple, sorted(wanted))
        own = {name: _versions(listed[canonicalize_name(m.package)]) for name, m in suite.modules.items()}
        others = {name: _versions(listed[name]) for name in asked if suite.module_of(name) is None}
        yield Offer(own, others, asked), listed, simple


def _versions(listed: Listing) -> tuple[str, ...]:
    """The versions that this machine can install and nobody has yanked."""
    return tuple(version for version, found in listed.items() if best_wheel(file for file in found if not file.yanked))


@dataclass(frozen=True, slots=True)
class Versions:
    """The wheels of modules in versions: of the work tree as it is built now, of any other as the index has it. `bring`
    what is wanted, then ask for it; what could not be brought is an error of the one who asks."""

    subject: Subject
    listed: Mapping[str, Listing]
    simple: str
    folder: Path
    python: str
    artifacts: Path | None = None
    jobs: int = 2
    held: dict[tuple[str, str], WheelRef | ReleaseError] = field(default_factory=dict)

    def bring(self, combinations: Iterable[Combination]) -> None:
        """Build and download what these combinations need and is not there yet. ReleaseError where a build fails."""
        every = dict.fromkeys(pair for one in combinations for pair in one.versions.items())
        wanted = [(self._module(name), version) for name, version in every if (name, version) not in self.held]
        own = [module for module, version in wanted if module.project is not None and version == module.version]
        for module, wheel in zip(own, self._built(own), strict=True):
            self.held[module.name, module.version] = wheel
        rest = [pair for pair in wanted if (pair[0].name, pair[1]) not in self.held]
        for (module, version), found in zip(rest, each(self._fetched, rest, self.jobs), strict=True):
            self.held[module.name, version] = found

    def of(self, one: Combination) -> tuple[WheelRef, ...]:
        """The wheels of a combination. ReleaseError `version-not-offered` with every one that there is not."""
        found = [self.held[pair] for pair in one.versions.items()]
        if missing := [error for error in found if isinstance(error, ReleaseError)]:
            raise ReleaseError(*(problem for error in missing for problem in error.problems))
        return tuple(wheel for wheel in found if isinstance(wheel, WheelRef))

    def _module(self, name: str) -> Module:
        if self.subject.suite is None:
            raise AssertionError(name)
        return self.subject.suite.modules[name]

    def _built(self, modules: list[Module]) -> tuple[WheelRef, ...]:
        suite = self.subject.suite
        if not modules or suite is None:
            return ()
        if self.artifacts is not None:
            return wheels.collect(self.artifacts, modules)
        tags = {module.name: building.version_tags(suite, module) for module in modules}
        with Builder(self.python, find_uv()) as builder:
            return wheels.build(builder, self.subject.root, modules, self.folder, self.jobs, tags)

    def _fetched(self, wanted: tuple[Module, str]) -> WheelRef | ReleaseError:
        module, version = wanted
        package = canonicalize_name(module.package)
        wheel = best_wheel(self.listed[package].get(version, ()))
        try:
            if wheel is None:
                what = f"{bare(self.simple)} has no wheel of {module.package} {version} that this machine can install"
                raise fail("version-not-offered", what, hint="publish it, or give --index one that has it")
            return wheels.reference(index.download(wheel, self.folder / "from-index" / module.name / version))
        except ReleaseError as error:
            return error
