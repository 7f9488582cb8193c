"""Compiled code (PEP 3147) that one folder of packages has and another has not yet."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from trainer_release.world.site_packages import below, distributions, source_of


def adopt(site: Path, donor: Path) -> None:
    """Copy from one folder of packages to another what Python compiled of files that are the same in both by their
    RECORDs. A file takes over its twin's time of change, by which Python knows what was compiled of it (PEP 552).

    Both are of one interpreter; that they hold what the RECORDs say is the caller's to check.
    """
    theirs, ours = _hashes(donor), _hashes(site)
    folders = set()
    for compiled in below(str(donor)):  # a hundred files an environment: paths are texts
        source = source_of(compiled)
        if source == compiled or not theirs.get(source) or ours.get(source) != theirs[source]:
            continue
        at = os.stat(f"{donor}/{source}")  # noqa: PTH116
        os.utime(f"{site}/{source}", ns=(at.st_atime_ns, at.st_mtime_ns))
        folder = compiled.rpartition("/")[0]
        if folder not in folders:
            os.makedirs(f"{site}/{folder}", exist_ok=True)  # noqa: PTH103
            folders.add(folder)
        with open(f"{donor}/{compiled}", "rb") as code, open(f"{site}/{compiled}", "xb") as copy:  # noqa: PTH123
            copy.write(code.read())


def _hashes(site: Path) -> Mapping[str, str]:
    return {path: said for each in distributions([site]) for path, said in each.record.items()}
