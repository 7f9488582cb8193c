"""pytest and what it needs: resolved, installed and compiled once, and copied into environments.

Nothing under test is ever there: what Python compiled of it can be trusted.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from trainer_release.agent.environments import asking, pinned
from trainer_release.version import __version__
from trainer_release.world import files, process, site_packages
from trainer_release.world.cache import DAY, Shelf, build_of, fingerprint, key_of
from trainer_release.world.environments import Bare

_FORMAT = f"1 {__version__}"
_UNUSED = 14
_LIMIT = 300.0
_AGAIN = 60
"""After so many seconds what could not be had is tried again."""
_TEST = "def test_that_all_of_it_is_imported():\n    assert True\n"


@dataclass(frozen=True, slots=True)
class Toolchain:
    """`asked` are the requirements that it answers, `lines` what it holds, `name==version`, `made` when that was
    resolved (seconds since 1970), `site` its folder of packages. No lines: it is not to be had."""

    asked: tuple[str, ...]
    lines: tuple[str, ...]
    made: float
    site: str


NONE = Toolchain((), (), 0.0, "")


def ready(requires: Iterable[str], own: Bare, cache: Path | None) -> Toolchain:
    """The toolchain that test requirements ask for, kept below `cache` for a day; NONE without a cache, without uv, and
    where it cannot be installed: then environments are made without it, and tell what is wrong."""
    asked = tuple(sorted({line for line in requires if canonicalize_name(Requirement(line).name) == "pytest"}))
    if cache is None or not own.uv or not asked:
        return NONE
    key = key_of([_FORMAT, asked, build_of(own.python), pinned.indexes()])

    def sound(folder: Path, said: Mapping[str, Any]) -> Toolchain | None:
        found = Toolchain(**{**said["toolchain"], "asked": asked, "lines": tuple(said["toolchain"]["lines"])})
        young = 0 <= time.time() - found.made < (DAY if found.lines else _AGAIN)
        return found if young and said["files"] == fingerprint(folder / said["place"]) else None

    def made(folder: Path) -> tuple[Toolchain, Mapping[str, Any]]:
        place = folder / f"env-{uuid4().hex[:8]}"
        found = _made(asked, own, place)
        return found, {"toolchain": asdict(found), "place": place.name, "files": fingerprint(place)}

    try:
        return Shelf(cache / "test-agent" / "toolchains", _UNUSED).having(key, sound, made)
    except OSError:
        return NONE


def _made(asked: tuple[str, ...], own: Bare, place: Path) -> Toolchain:
    began = time.time()
    python = own.create(place, movable=True)
    (folder,) = site_packages.sites(place)
    done = own.bring(python, asked, (), "highest", _LIMIT)
    site = site_packages.read(folder)
    if not done.ok or site_packages.faults(site):
        return Toolchain(asked, (), began, str(folder))
    with files.scratch("toolchain") as away:
        files.replace_text(away / "test_it.py", _TEST, lasting=False)
        words: list[str | Path] = [python, "-I", "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py"]
        process.run(words, cwd=away, drop=asking.foreign(), timeout=_LIMIT)
    return Toolchain(asked, tuple(map(str, site.held)), began, str(folder))
