"""One file out of a wheel or sdist, read in place; what could mislead a reader is refused."""

from __future__ import annotations

import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path, PurePosixPath, PureWindowsPath

from trainer_release.errors import ReleaseError, fail

METADATA_LIMIT = 1 << 20
"""The most bytes that a metadata file may have."""

RECORD_LIMIT = 64 << 20
"""The most bytes that a wheel's RECORD may have."""

DAMAGE = (zipfile.BadZipFile, tarfile.TarError, OSError, EOFError, zlib.error, RuntimeError, ValueError)
"""What the standard library says of damaged, encrypted or lying archives."""


def metadata_bytes(path: Path) -> bytes:
    """The metadata of a wheel (METADATA) or of an sdist (PKG-INFO). Fails with `artifact-invalid`."""
    read = _from_wheel if path.suffix == ".whl" else _from_sdist
    name = "METADATA" if path.suffix == ".whl" else "PKG-INFO"
    try:
        return read(path, name, METADATA_LIMIT)
    except DAMAGE as error:
        raise invalid(path, f"it cannot be read: {error}") from error


def record_bytes(wheel: Path) -> bytes:
    """The RECORD of a wheel. Fails with `artifact-invalid`."""
    try:
        return _from_wheel(wheel, "RECORD", RECORD_LIMIT)
    except DAMAGE as error:
        raise invalid(wheel, f"it cannot be read: {error}") from error


def invalid(path: Path, what: str) -> ReleaseError:
    """The complaint about a malformed built file."""
    return fail("artifact-invalid", f"{path.name}: {what}", path=str(path), hint="build it again")


def _from_wheel(path: Path, name: str, limit: int) -> bytes:
    """One file of a wheel's only *.dist-info folder."""
    with zipfile.ZipFile(path) as archive:
        refuse_misleading(path, archive.namelist())
        members = {info.filename: info for info in archive.infolist()}
        place = _only(path, (m for m in members if m.count("/") == 1 and m.endswith(f".dist-info/{name}")), name)
        _refuse_huge(path, place, members[place].file_size, limit)
        with archive.open(place) as file:
            return file.read(limit)


def _from_sdist(path: Path, name: str, limit: int) -> bytes:
    """One file of an sdist's top folder."""
    with tarfile.open(path, "r:gz") as archive:
        members = archive.getmembers()
        refuse_misleading(path, (member.name for member in members if not member.isdir()))
        files = {member.name: member for member in members if member.isfile()}
        place = _only(path, (m for m in files if m.count("/") == 1 and m.endswith(f"/{name}")), name)
        _refuse_huge(path, place, files[place].size, limit)
        file = archive.extractfile(files[place])
        return file.read(limit) if file else b""


def refuse_misleading(path: Path, names: Iterable[str]) -> None:
    """A name held twice shows readers different files; one that leaves the archive overwrites others."""
    for name, times in Counter(names).items():
        outside = ".." in PurePosixPath(name).parts or PurePosixPath(name).is_absolute()
        if outside or "\\" in name or PureWindowsPath(name).drive:
            raise invalid(path, f"it holds a path that leaves it: {name!r}")
        if times > 1:
            raise invalid(path, f"it holds {name!r} {times} times")


def _only(path: Path, found: Iterable[str], name: str) -> str:
    places = sorted(found)
    if len(places) != 1:
        raise invalid(path, f"it holds {len(places)} files {name} where exactly one belongs")
    return places[0]


def _refuse_huge(path: Path, place: str, size: int, limit: int) -> None:
    if size > limit:
        raise invalid(path, f"{place} has {size} bytes, more than {limit}")
