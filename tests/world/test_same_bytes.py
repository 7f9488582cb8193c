"""The files of a build by workers are those of `python -m build`, byte for byte, under the same SOURCE_DATE_EPOCH.

One case of each backend and what is rarer; `scripts/sameness` compares all of them, and whole suites.
"""

from __future__ import annotations

import io
import shutil
import tarfile
from pathlib import Path

import pytest

from kit.sameness import CLOCK, DIFFERS, EPOCH, SAME, by_build, every, verdict, write
from trainer_release.world.builds import Builder, find_uv
from trainer_release.world.venvs import interpreter

SAMPLE = {
    # case: what the sdist may be (in one second the clock says the same); whether a worker calls its backend
    "hatchling-flat": ({SAME}, True),
    "hatchling-hook": ({SAME}, True),
    "flit-flat": ({SAME}, True),
    "flit-in-tree": ({SAME}, False),
    "setuptools-flat": ({SAME, CLOCK}, True),
    "setuptools-extension": ({SAME, CLOCK}, True),
    "pdm-flat": ({SAME, CLOCK}, True),
    "poetry-flat": ({SAME}, True),
    "uv-flat": ({SAME}, False),
}
CLOCKED = {"setuptools": "setuptools.build_meta", "pdm": "pdm.backend"}


@pytest.mark.parametrize("case", SAMPLE)
def test_the_files_are_those_of_python_m_build(case, tmp_path):
    source = write(case, tmp_path / "one" / "same")
    copy = Path(shutil.copytree(source, tmp_path / "two" / "same"))
    sdist, worked = SAMPLE[case]
    with Builder(interpreter(), find_uv()) as builder:
        ours = builder.build(source, tmp_path / "ours", epoch=EPOCH)
        assert bool(builder._workers._at_work) == worked
    theirs = by_build(copy, tmp_path / "theirs")
    backend = CLOCKED.get(case.partition("-")[0], "")
    first, second = (verdict(*pair, backend) for pair in zip(ours, theirs, strict=True))
    assert first in sdist
    assert second == SAME


def test_six_backends_in_two_layouts_are_compared_and_three_rarer_ones():
    six = ("flit", "hatchling", "pdm", "poetry", "setuptools", "uv")
    rarer = {"flit-in-tree", "hatchling-hook", "setuptools-extension"}
    assert {*every()} == {f"{backend}-{layout}" for backend in six for layout in ("flat", "src")} | rarer


@pytest.mark.parametrize(
    ("change", "backend", "is_"),
    [
        ({}, "", SAME),
        ({"mtime": 2}, "setuptools.build_meta", CLOCK),
        ({"mtime": 2}, "hatchling.build", DIFFERS),
        ({"mode": 0o600}, "setuptools.build_meta", DIFFERS),
        ({"uname": "somebody"}, "pdm.backend", DIFFERS),
        ({"pax_headers": {"comment": "more"}}, "pdm.backend", DIFFERS),
    ],
)
def test_nothing_but_the_time_may_differ_and_only_where_it_is_known_to(change, backend, is_, tmp_path):
    for folder, fields in (("one", {}), ("two", change)):
        (tmp_path / folder).mkdir()
        with tarfile.open(tmp_path / folder / "a-1.tar.gz", "w:gz") as archive:
            member = tarfile.TarInfo("a-1/a.txt")
            member.size = 3
            for name, value in fields.items():
                setattr(member, name, value)
            archive.addfile(member, io.BytesIO(b"abc"))
        packed = bytearray((tmp_path / folder / "a-1.tar.gz").read_bytes())
        packed[4:8] = bytes(4)
        (tmp_path / folder / "a-1.tar.gz").write_bytes(packed)
    assert verdict(tmp_path / "one/a-1.tar.gz", tmp_path / "two/a-1.tar.gz", backend) == is_
