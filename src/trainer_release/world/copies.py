"""Distributions copied from one environment to another."""

from __future__ import annotations

import os
from pathlib import Path

from trainer_release.world.site_packages import Site, below, source_of


def take(donor: Site, site: Site, prefix: Path) -> bool:
    """Copy to a folder of packages in the environment `prefix` the distributions of another that it lacks, with their
    scripts and with what Python compiled of them: files keep their times of change, by which it knows (PEP 552).

    Both are of one interpreter. Their scripts run wherever they lie beside a Python; what a RECORD names outside of the
    environment is left out. False, and nothing is copied, where one of these files is there already.
    """
    there = {each.name for each in site.held}
    listed = {path for each in donor.held if each.name not in there for path in each.record}
    compiled = {path for path in below(str(donor.folder)) if source_of(path) in listed}
    # Hundreds of files an environment: paths are texts.
    places = {path: os.path.normpath(os.path.join(site.folder, path)) for path in listed | compiled}  # noqa: PTH118
    copies = {
        f"{donor.folder}/{path}": place
        for path, place in places.items()
        if place.startswith(f"{prefix}{os.sep}") and os.path.exists(f"{donor.folder}/{path}")  # noqa: PTH110
    }
    if any(map(os.path.lexists, copies.values())):
        return False
    for folder in {os.path.dirname(place) for place in copies.values()}:  # noqa: PTH120
        os.makedirs(folder, exist_ok=True)  # noqa: PTH103
    for source, place in copies.items():
        _copy(source, place)
    return True


def _copy(source: str, place: str) -> None:
    with open(source, "rb") as found:  # noqa: PTH123
        at = os.fstat(found.fileno())
        with open(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, at.st_mode & 0o777), "wb") as copy:  # noqa: PTH123
            copy.write(found.read())
    os.utime(place, ns=(at.st_atime_ns, at.st_mtime_ns))
