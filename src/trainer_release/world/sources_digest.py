"""What a build can see of its sources, as hashes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterator
from fnmatch import fnmatch
from pathlib import Path


def tree(folder: Path, without: Collection[str], not_at_top: Collection[str]) -> str:
    """A hash over the files below a folder: paths, whether they can be run, bytes. Entries of these names (patterns)
    are left out, as where it is copied to be built; links are followed."""
    digest = hashlib.sha256()
    for path in sorted(_below(folder, without, not_at_top)):
        digest.update(f"{path.relative_to(folder).as_posix()}\0{_of(path)}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def files_of(folder: Path) -> dict[str, str]:
    """The files in a folder itself, each with a hash of its bytes."""
    return {path.name: _of(path) for path in sorted(folder.iterdir()) if path.is_file()}


def _below(folder: Path, without: Collection[str], not_at_top: Collection[str]) -> Iterator[Path]:
    for name, folders, names in os.walk(folder, followlinks=True):
        place = Path(name)
        left_out = (*without, *(not_at_top if place == folder else ()))
        folders[:] = [each for each in folders if not _matches(each, left_out)]
        yield from (place / each for each in names if not _matches(each, left_out) and (place / each).is_file())


def _matches(name: str, patterns: Collection[str]) -> bool:
    return any(fnmatch(name, pattern) for pattern in patterns)


def _of(path: Path) -> str:
    runnable = "x" if os.access(path, os.X_OK) else "-"
    return runnable + hashlib.sha256(path.read_bytes()).hexdigest()
