"""Are the files of our builder those of `python -m build`? Projects to ask it of, the other's files, and the answer.

Two sdists never are, not even of one front end run twice, because their backends write the time of the build into them:

- setuptools: the files that it generates (PKG-INFO, setup.cfg, the egg-info) and its folders carry the clock's time, in
  the headers of the tar and of the gzip stream.
- pdm-backend: the header of the gzip stream carries the clock's time.

Of these everything else is compared: names, order, kinds, modes, owners, links, contents.
"""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

from kit.layouts import HEAD

CASES = Path(__file__).parents[1] / "world" / "same_bytes"
EPOCH = 1_700_000_000
SAME, CLOCK, DIFFERS = "same", "same but the clock in its headers", "DIFFERS"
CLOCKED = ("setuptools.build_meta", "pdm.backend")
"""The backends that write the time into an sdist."""


def every() -> list[str]:
    """The name of every case: six backends, in `src` and flat, and what is rarer."""
    return sorted(path.stem for path in CASES.glob("*.txt"))


def write(name: str, folder: Path) -> Path:
    """The project of a case, written into a new folder; its shell scripts may be run."""
    _, *parts = HEAD.split((CASES / f"{name}.txt").read_text(encoding="utf-8"))
    for path, text in zip(parts[::2], parts[1::2], strict=True):
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
        place.chmod(0o755 if place.suffix == ".sh" else 0o644)
    return folder


def by_build(source: Path, out: Path, installer: str = "uv") -> list[Path]:
    """What `python -m build` makes of a project, sdist first. A person's environment but for SOURCE_DATE_EPOCH; uv
    installs instead of pip, which changes how long it takes. The umask is 022."""
    env = {key: value for key, value in os.environ.items() if key not in {"PYTHONHASHSEED", "TZ", "PYTHONPATH"}}
    env |= {"SOURCE_DATE_EPOCH": str(EPOCH), "UV_PYTHON_DOWNLOADS": "never"}
    command = [sys.executable, "-m", "build", "--installer", installer, "--outdir", str(out), str(source)]
    done = subprocess.run(command, check=False, env=env, capture_output=True, text=True, umask=0o022)
    assert done.returncode == 0, done.stdout + done.stderr
    return sorted(out.iterdir(), key=lambda path: path.suffix == ".whl")


def verdict(ours: Path, theirs: Path, backend: str) -> str:
    """SAME, CLOCK or DIFFERS; CLOCK for sdists of backends alone that are known to write the time into them."""
    if ours.name != theirs.name:
        return DIFFERS
    if ours.read_bytes() == theirs.read_bytes():
        return SAME
    apart = backend in CLOCKED and ours.name.endswith(".tar.gz") and without_clock(ours) == without_clock(theirs)
    return CLOCK if apart else DIFFERS


def without_clock(sdist: Path) -> list[Any]:
    """What an sdist holds, in its order, the times apart."""
    packed = sdist.read_bytes()
    with tarfile.open(sdist) as archive:
        members = [
            (
                *(m.name, m.type, m.mode, m.uid, m.gid, m.uname, m.gname, m.linkname),
                {key: value for key, value in m.pax_headers.items() if key != "mtime"},
                m.isfile() and archive.extractfile(m).read(),
            )
            for m in archive
        ]
    return [packed[:4], packed[8:10], len(gzip.decompress(packed)), *members]
