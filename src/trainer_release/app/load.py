"""Find the catalog and read the suite from the work tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from trainer_release.app.catalog_file import checked, refuse_links
from trainer_release.errors import Problem, fail
from trainer_release.model.catalog import Catalog
from trainer_release.model.suite import Suite
from trainer_release.suite.assemble import Texts, assemble
from trainer_release.suite.catalog.reader import read
from trainer_release.suite.discovery import MARKERS
from trainer_release.suite.mounts import split
from trainer_release.world.files import find_named, is_file, kind_of, text_or_none
from trainer_release.world.lock_copies import NAMES as LOCKS

if TYPE_CHECKING:
    from trainer_release.world.git import Git

CATALOG = "versions.yaml"


@dataclass(frozen=True, slots=True)
class Loaded:
    """The workspace root (the catalog's folder), the catalog's file name, the suite, drift and warnings, every text
    that was read, by path relative to the root, and what reads others. `elsewhere`: clone and commit of each repository
    that was read beside it, by the folder under which its files stand. `locks` are the lock files below the root."""

    root: Path
    name: str
    suite: Suite
    problems: tuple[Problem, ...]
    texts: Mapping[str, str]
    read: Callable[[str], str | None]
    elsewhere: Mapping[str, tuple[Git, str]] = field(default_factory=dict)
    locks: tuple[str, ...] = ()

    def has(self, path: str) -> bool:
        """Whether there is a file at a path, which need not be read."""
        return self.read(path) is not None if split(path)[0] else is_file(f"{self.root}/{path}")


def locate(start: Path, catalog: Path | None = None) -> Path:
    """The catalog: the one given, else versions.yaml in `start` or the nearest folder above that has one."""
    if catalog is not None:
        place = start / catalog
        if place.is_dir():
            place /= CATALOG
        if kind_of(place) is None:
            raise fail(
                "catalog-missing",
                f"there is no catalog at {catalog}",
                hint="give --catalog the path of a versions.yaml",
            )
        return checked(place.parent.resolve() / place.name)
    for folder in (start, *start.parents):
        if kind_of(folder / CATALOG) is not None:
            return checked(folder / CATALOG)
    raise fail(
        "catalog-missing",
        f"no {CATALOG} in this folder or any above it",
        hint="run `trainer-release init` to write one, check out a commit that has one, or give --catalog PATH",
    )


def read_catalog(place: Path) -> Catalog:
    """The catalog alone; what is wrong with it raises ReleaseError."""
    return read(text_or_none(place) or "", place.name)[0]


def missing_files(loaded: Loaded) -> Iterator[Problem]:
    """Every file that a module's `[project]` names (its readme) and its repository lacks, as `readme-missing`."""
    from trainer_release.suite.layouts import metadata

    for module in loaded.suite.modules.values():
        if module.project is not None:
            yield from metadata.missing_files(module.project, loaded.has)


def load(place: Path, elsewhere: Mapping[str, tuple[Git, str]], *, drift: bool = True) -> Loaded:
    """Read the suite of the catalog at a path, and its other repositories at the commits given; its problems without
    `drift` where that is mended at once."""
    root = place.parent
    paths = [*find_named(root, *MARKERS, *LOCKS)]
    locks = tuple(path for path in paths if path.rpartition("/")[2] in LOCKS)
    texts = Texts(lambda path: text_or_none(f"{root}/{path}"))
    if elsewhere:
        from trainer_release.world.clones import Mounted

        mounted = Mounted(elsewhere)
        texts = Texts(lambda path: mounted.text(path) if mounted.holds(path) else text_or_none(f"{root}/{path}"))
        paths += mounted.paths
    suite, problems = assemble(place.name, paths, texts, drift=drift)
    refuse_links(root, texts.found)
    return Loaded(root, place.name, suite, problems, texts.found, texts, elsewhere, locks)
