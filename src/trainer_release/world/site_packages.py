"""What lies in folders of packages, read without starting a process."""

from __future__ import annotations

import base64
import csv
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name

from trainer_release.world.files import text_or_none


@dataclass(frozen=True, slots=True)
class Installed:
    """A distribution in a folder of packages: its canonical name, its version, and its RECORD: hashes by path below
    that folder, empty where the record gives none."""

    name: str
    version: str
    record: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.name}=={self.version}"


@dataclass(frozen=True, slots=True)
class Site:
    """A folder of packages as it was read: where it lies, what it holds."""

    folder: Path
    held: tuple[Installed, ...]

    @property
    def freeze(self) -> str:
        """As `freeze`."""
        return _freeze(self.held)


def read(folder: Path) -> Site:
    """What a folder of packages holds now."""
    return Site(folder, distributions([folder]))


def sites(prefix: Path) -> tuple[Path, ...]:
    """The folders of packages of an environment."""
    return tuple(sorted((*prefix.glob("lib/python*/site-packages"), *prefix.glob("Lib/site-packages"))))


def distributions(folders: Iterable[Path | str]) -> tuple[Installed, ...]:
    """What folders of packages hold, sorted by name; what has no metadata of its own is nobody's."""
    found = filter(None, map(_read, _infos(folders)))
    return tuple(sorted(found, key=lambda each: (each.name, each.version)))


def _infos(folders: Iterable[Path | str]) -> Iterator[Path]:
    """The places of metadata in folders of packages, always in the same order."""
    for folder in folders:
        for kind in ("*.dist-info", "*.egg-info"):
            yield from sorted(Path(folder).glob(kind))


def _read(info: Path) -> Installed | None:
    said = _said(info)
    if said is None:
        return None
    rows = csv.reader((text_or_none(info / "RECORD") or "").splitlines())
    return Installed(*said, {row[0]: row[1] if len(row) > 1 else "" for row in rows if row})


def _said(info: Path) -> tuple[str, str] | None:
    """The canonical name and the version that metadata give; None where they give no name."""
    text = text_or_none(info / "METADATA") or text_or_none(info / "PKG-INFO") or text_or_none(info) or ""
    fields = dict(line.split(": ", 1) for line in text.partition("\n\n")[0].splitlines() if ": " in line)
    return (canonicalize_name(fields["Name"]), fields.get("Version", "").strip()) if "Name" in fields else None


def freeze(folders: Iterable[Path | str]) -> str:
    """The sha256 of what folders of packages hold, a line `name==version` each."""
    return _freeze(f"{name}=={version}" for name, version in sorted(filter(None, map(_said, _infos(folders)))))


def _freeze(lines: Iterable[object]) -> str:
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def digest(path: Path | str) -> str:
    """A file's hash as RECORD writes it (PEP 376, PEP 427); empty where there is none."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - of hundreds of files an environment
            found = hashlib.sha256(file.read()).digest()
    except OSError:
        return ""
    return "sha256=" + base64.urlsafe_b64encode(found).rstrip(b"=").decode()


def faults(site: Site) -> tuple[str, ...]:
    """What in a folder of packages is not as the RECORDs say: files with other bytes, files that no RECORD names.
    Compiled code of a named file is no fault."""
    named = {path for each in site.held for path in each.record}
    changed = [
        f"{each.name}: {path} is not what was installed"
        for each in site.held
        for path, said in each.record.items()
        if said.startswith("sha256=") and digest(f"{site.folder}/{path}") != said
    ]
    strays = [path for path in below(str(site.folder)) if path not in named and source_of(path) not in named]
    return (*changed, *(f"{path} belongs to no distribution" for path in strays))


def below(folder: str, inside: str = "") -> Iterator[str]:
    """The path of every file below a folder, relative to it."""
    with os.scandir(folder) as found:
        for entry in found:
            if entry.is_dir(follow_symlinks=False):
                yield from below(entry.path, f"{inside}{entry.name}/")
            else:
                yield f"{inside}{entry.name}"


def source_of(path: str) -> str:
    """The file that compiled code was made of (PEP 3147); the path itself where it is none."""
    folder, _, name = path.rpartition("/")
    if folder.rpartition("/")[2] != "__pycache__" or not name.endswith(".pyc"):
        return path
    return f"{folder.removesuffix('__pycache__')}{name.partition('.')[0]}.py"
