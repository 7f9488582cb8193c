"""Where a command works: the suite, its repository, and the folders beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from trainer_release.app.load import Loaded, load, locate, read_catalog
from trainer_release.errors import ReleaseError, fail
from trainer_release.model.catalog import Catalog, IndexAddress
from trainer_release.model.suite import Suite
from trainer_release.suite.catalog.reader import examine, read
from trainer_release.world.files import text_or_none

if TYPE_CHECKING:
    from trainer_release.app import elsewhere
    from trainer_release.model.index import Listing
    from trainer_release.world.git import Git
    from trainer_release.world.holders import Holder

EMBEDDED = "local"
NEW_PROJECTS, WINDOW, FILE_SIZE = 4, 14, 100
"""What pypi takes, and testpypi: new projects a day and account (as its users report it; its own configuration says 20
an hour), the days in which a release takes further files, and the MiB that a file may have."""


@dataclass(frozen=True, slots=True)
class Session:
    """A suite in its repository. `prefix` is the workspace inside it, empty or ending in a slash. `cache` may be
    deleted at any time, `data` may not."""

    root: Path
    catalog: str
    git: Git
    prefix: str

    def listed(self) -> Catalog:
        """The catalog alone, as the work tree has it now. Where it is wrong, all that is wrong is told."""
        try:
            return read_catalog(self.root / self.catalog)
        except ReleaseError:
            self.load()
            raise

    def listed_at(self, commit: str) -> Catalog:
        """The catalog alone, as a commit has it."""
        place = self.prefix + self.catalog
        return read(self.git.texts(commit, [place]).get(place, ""), self.catalog)[0]

    def load(self, found: elsewhere.Found | None = None) -> Loaded:
        """The suite as the work tree has it now; its other repositories as `found`, else as they are cloned."""
        from trainer_release.app import elsewhere

        place = self.root / self.catalog
        if found is None and "repository" in (text_or_none(place) or ""):
            catalog = examine(text_or_none(place) or "", place.name)[0]
            found = elsewhere.at_hand(self.home(catalog.suite), catalog) if catalog else {}
        return load(place, elsewhere.places(found or {}))

    def home(self, suite: str) -> elsewhere.Home:
        """The repository as other repositories' clones are kept beside it."""
        from trainer_release.app import elsewhere

        return elsewhere.Home(self.git, self.root, self.data(suite))

    def cache(self, suite: str) -> Path:
        return self._state(suite) / "cache"

    def data(self, suite: str) -> Path:
        return self._state(suite) / "data"

    @contextmanager
    def locked(self, suite: str, command: str) -> Iterator[None]:
        """Hold the suite's lock on this machine while the block runs, and first sweep what a killed run has left."""
        from trainer_release.world import leftovers, lock

        def swept(run: Holder) -> None:
            leftovers.sweep(self._state(suite), self.git, run)

        with lock.held(self.cache(suite), command, swept) as me:
            try:
                yield
            finally:
                if self.git.cut_off.is_set():  # a git command of ours was killed, and we were not
                    self.git.cut_off.clear()
                    swept(me)

    def _state(self, suite: str) -> Path:
        """The suite's folder in the common git folder, shared by linked work trees and tracked by nothing."""
        return self.git.common / "trainer-release" / suite


def open_session(start: Path, catalog: Path | None = None) -> Session:
    """The session of the suite that `start` belongs to; it must lie in a git repository."""
    place = locate(start.resolve(), catalog)
    session = session_at(place)
    if session is None:
        from trainer_release.world.git import refusal

        said = refusal(place.parent)
        name = place.parent.name
        message = f"git does not read the repository of {name}" if said else f"{name} lies in no git repository"
        hint = "mend what git names" if said else "git init, then commit"
        raise fail("not-a-repository", message, hint=hint, context=said)
    return session


def load_suite(start: Path, catalog: Path | None = None, *, drift: bool = True) -> Loaded:
    """The suite that `start` belongs to; it need not lie in a git repository, but other repositories are found only
    beside one. Its problems may lack the `drift` if that is not asked for."""
    place = locate(start.resolve(), catalog)
    session = session_at(place) if "repository" in (text_or_none(place) or "") else None
    return session.load() if session else load(place, {}, drift=drift)


def session_at(place: Path) -> Session | None:
    """The session of the catalog at a path; None where that lies in no git repository."""
    from trainer_release.world.git import open_repository

    git = open_repository(place.parent)
    if git is None:
        return None
    inside = place.parent.relative_to(git.root).as_posix()
    return Session(place.parent, place.name, git, "" if inside == "." else f"{inside}/")


def address(catalog: Catalog, name: str) -> IndexAddress:
    """The index of that name: one of the catalog's, pypi or testpypi."""
    if name in catalog.indexes:
        return catalog.indexes[name]
    if name not in ("pypi", "testpypi"):
        known = ", ".join(["local", "pypi", "testpypi", *catalog.indexes])
        raise fail("index-unknown", f"there is no index {name!r} in the catalog", hint=f"one of {known}")
    from trainer_release.world import index

    simple, json = index.default_simple(name), index.default_json(name)
    return IndexAddress(name, None, simple, json, NEW_PROJECTS, WINDOW, FILE_SIZE)


@contextmanager
def index_of(session: Session, suite: Suite, name: str | None) -> Iterator[IndexAddress]:
    """The index to publish to; the embedded one runs while the block does."""
    chosen = name or suite.catalog.release.index
    if chosen != EMBEDDED:
        yield address(suite.catalog, chosen)
        return
    from trainer_release.world import local_index

    with local_index.running(session.data(suite.name) / "index", packages(suite)) as server:
        yield server.address


def packages(suite: Suite) -> list[str]:
    """The canonical distribution names of the suite."""
    return [canonicalize_name(module.package) for module in suite.modules.values()]


def listings(suite: Suite, where: IndexAddress) -> Mapping[str, Listing]:
    """What the index lists of every module, by package name."""
    from trainer_release.world import index

    names = [module.package for module in suite.modules.values()]
    return index.listings(where.simple or "", names)


@contextmanager
def look(session: Session, suite: Suite, name: str | None) -> Iterator[Mapping[str, Listing]]:
    """What the index lists, for a command that only reads: an embedded index that was never used is not created."""
    chosen = name or suite.catalog.release.index
    if chosen == EMBEDDED and not (session.data(suite.name) / "index").exists():
        yield {}
        return
    with index_of(session, suite, name) as where:
        yield listings(suite, where)
