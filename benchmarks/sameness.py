"""Whether the files of our builds are those of `python -m build`, byte for byte, under the same SOURCE_DATE_EPOCH."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tomllib
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench import Bench
from generated import BACKENDS, committed, git
from measure import WrongError
from peers import ROOT
from table_cells import row

MODULES = 3 * len(BACKENDS)
WORDS = """\
A generated suite and the example, each package built by us, and by `python -m build --installer uv`. An sdist of the
last column has the same names, modes, owners and contents in the same order; its backend writes the time of the build
into the headers, so that no two builds of it are ever the same.
"""
Found = dict[str, Counter[str]]


def compared(bench: Bench) -> Found:
    """How many files of each backend are the same, the same but for the clock, or differ: by backend and kind."""
    generated = bench.suite("bytes", MODULES)
    example = bench.folder / "bytes-example"
    shutil.copytree(ROOT / "examples" / "trainer", example)
    found: Found = {}
    for suite in (generated, committed(example, "The example")):
        ours, theirs = suite.with_name(f"{suite.name}-ours"), suite.with_name(f"{suite.name}-theirs")
        do(bench, suite, {}, bench.tools.tool, "build", "--out", ours)
        for backend, path in plainly(bench, suite, theirs):
            kinds = Counter(kind(ours / made.name, made) for made in path.iterdir() if made.suffix in (".gz", ".whl"))
            found[backend] = found.get(backend, Counter()) + kinds + Counter(packages=1)
    return found


def plainly(bench: Bench, suite: Path, out: Path) -> list[tuple[str, Path]]:
    """Every package by `python -m build`, into a folder of its own, from a clone: its backend and that folder."""
    clone = out.with_name(f"{out.name}-clone")
    git(suite.parent, "clone", "--quiet", str(suite), str(clone))
    env = {"SOURCE_DATE_EPOCH": git(suite, "show", "-s", "--format=%ct").strip(), "PYTHONHASHSEED": "0"}

    def one(project: Path) -> tuple[str, Path]:
        place = out / project.parent.name
        command = [bench.tools.peers / "python", "-m", "build", "--installer", "uv", "--outdir", place, project.parent]
        do(bench, clone, env, *command)
        return tomllib.loads(project.read_text(encoding="utf-8"))["build-system"]["build-backend"], place

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(one, sorted(clone.glob("*/*/pyproject.toml"))))


def do(bench: Bench, folder: Path, env: dict[str, str], *words: str | Path) -> None:
    # build asks PATH for uv
    whole = {**bench.env, **env, "PATH": f"{bench.tools.ours}{os.pathsep}{bench.env['PATH']}"}
    done = subprocess.run(
        [str(word) for word in words], cwd=folder, env=whole, check=False, capture_output=True, umask=0o022
    )
    if done.returncode:
        raise WrongError(f"{words} ended with {done.returncode}\n{done.stdout + done.stderr!r}"[-2000:])


def kind(ours: Path, theirs: Path) -> str:
    """`wheel` or `sdist` where the bytes are the same, `clock` where only times differ, else `differs`."""
    sdist = theirs.suffix == ".gz"
    if ours.is_file() and ours.read_bytes() == theirs.read_bytes():
        return "sdist" if sdist else "wheel"
    return "clock" if sdist and ours.is_file() and without_clock(ours) == without_clock(theirs) else "differs"


def without_clock(sdist: Path) -> list[tuple[object, ...]]:
    """What an sdist holds in its order, the times apart."""
    with tarfile.open(sdist) as archive:
        return [
            (m.name, m.type, m.mode, m.uid, m.gid, m.uname, m.gname, m.linkname, m.isfile() and content(archive, m))
            for m in archive
        ]


def content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    read = archive.extractfile(member)
    return read.read() if read else b""


def asked(found: Found) -> str:
    """The line beside the limits."""
    wrong = sum(kinds["differs"] for kinds in found.values())
    files = sum(2 * kinds["packages"] for kinds in found.values())
    words = f"files that differ from those of `python -m build` in more than the time of the build, of {files}"
    return row(words, str(wrong), "0", "**no**" if wrong else "yes")


def table(found: Found) -> Iterator[str]:
    """A row a backend."""
    yield row("", "packages", "same wheels", "same sdists", "other wheels or sdists", "same sdists but for the clock")
    yield row("-", *["-:"] * 5)
    for backend in sorted(found):
        yield row(backend, *(str(found[backend][each]) for each in ("packages", "wheel", "sdist", "differs", "clock")))
