"""The Python sources of a wheel and of a folder, as bytes by path; nothing is unpacked, imported or run."""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path

from trainer_release.world.archives import DAMAGE, invalid, refuse_misleading

SOURCES_LIMIT = 256 << 20
"""The most bytes that a wheel's sources may have together."""

SUFFIXES = (".py", ".pyi")
_INSTALLED = re.compile(r"[^/]+\.data/(purelib|platlib)/")


def in_wheel(wheel: Path, limit: int = SOURCES_LIMIT) -> dict[str, bytes]:
    """The sources that a wheel installs, `limit` bytes in all at most, by their path in site-packages. Fails with
    `artifact-invalid`."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            refuse_misleading(wheel, archive.namelist())
            wanted = {_INSTALLED.sub("", each.filename, count=1): each for each in archive.infolist()}
            wanted = {path: each for path, each in wanted.items() if path.endswith(SUFFIXES) and ".data/" not in path}
            if sum(each.file_size for each in wanted.values()) > limit:
                raise invalid(wheel, f"its sources have more than {limit} bytes")
            return {path: archive.read(each) for path, each in wanted.items()}
    except DAMAGE as error:
        raise invalid(wheel, f"it cannot be read: {error}") from error


def in_folder(folder: Path, names: Collection[str]) -> tuple[str, dict[str, bytes]] | None:
    """Where below a project's folder the top-level modules of these names lie (empty or ending in a slash: `src/`), and
    their sources by path below that. `src` is looked at first, then the folder itself, then the folders in it; None
    where none of them has any."""
    for place in _places(folder):
        home = folder / place
        found = {path for name in names for path in _files(home, name) if (home / path).is_file()}
        if found:
            return place, {path: (home / path).read_bytes() for path in sorted(found)}
    return None


def _places(folder: Path) -> Iterator[str]:
    yield from ("src/", "")
    inside = sorted(entry.name for entry in os.scandir(folder) if entry.is_dir()) if folder.is_dir() else ()
    yield from (f"{name}/" for name in inside if name.isidentifier() and name != "src")


def _files(place: Path, name: str) -> Iterator[str]:
    yield from (f"{name}{suffix}" for suffix in SUFFIXES)
    for folder, folders, files in os.walk(place / name):
        folders[:] = [entry for entry in folders if entry.isidentifier()]
        inside = Path(folder).relative_to(place).as_posix()
        yield from (f"{inside}/{file}" for file in files if file.endswith(SUFFIXES))
