"""The files of a build by workers are those of `python -m build`, byte for byte, under the same SOURCE_DATE_EPOCH.

Two sdists never are, not even of one front end run twice, because their backends write the time of the build into them:

- setuptools: the files that it generates (PKG-INFO, setup.cfg, the egg-info) and its folders carry the clock's time, in
  the tar's headers. Names, order, modes, owners and contents are the same, and the wheel is.
- pdm-backend: the header of the gzip stream carries the clock's time. What is compressed in it is the same.
"""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from trainer_release.world.builds import Builder, find_uv
from trainer_release.world.venvs import interpreter

EPOCH = 1_700_000_000
PROJECT = """\
[build-system]
requires = [{requires}]
build-backend = "{backend}"
{in_tree}
[project]
name = "same-bytes"
version = "1.0"
description = "a test"
readme = "README.md"
requires-python = ">=3.9"
authors = [{{ name = "The authors", email = "authors@same.example" }}]
keywords = ["b", "a"]
classifiers = ["Programming Language :: Python :: 3"]
dependencies = ["other==1.0", 'more>=2,<3; python_version < "3.12"']
scripts.same = "same_bytes:main"
urls.Source = "https://code.example/same"
optional-dependencies.fast = ["quick[all]>=3"]
{more}
"""
SETUP = """
import os, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from sibling import extension
from setuptools import setup
setup(ext_modules=[extension])
"""
SIBLING = """
from setuptools import Extension
extension = Extension("same_bytes.fast", ["src/same_bytes/fast.c"], extra_compile_args=["-g0"])
"""
FAST = """
#include <Python.h>
static struct PyModuleDef fast = {PyModuleDef_HEAD_INIT, "fast", NULL, -1, NULL};
PyMODINIT_FUNC PyInit_fast(void) { return PyModule_Create(&fast); }
"""
HOOK = """
from pathlib import Path
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

class CustomBuildHook(BuildHookInterface):
    def initialize(self, version, build_data):
        Path(self.root, "src/same_bytes/made.py").write_text("MADE = True\\n")
        build_data["artifacts"].append("src/same_bytes/made.py")
"""
IN_TREE = "from flit_core.buildapi import *\n"
SHAPES = {
    "hatchling": ('"hatchling"', "hatchling.build", "", "", {}),
    "hatchling with a hook": (
        '"hatchling"',
        "hatchling.build",
        "",
        "[tool.hatch.build.hooks.custom]\n",
        {"hatch_build.py": HOOK},
    ),
    "flit": ('"flit_core>=3.11"', "flit_core.buildapi", "", "", {}),
    "flit in tree": (
        '"flit_core>=3.11"',
        "tree",
        'backend-path = ["own"]',
        "[tool.flit.sdist]\ninclude = ['own/']\n",
        {"own/tree.py": IN_TREE},
    ),
    "setuptools": ('"setuptools>=77"', "setuptools.build_meta", "", "", {}),
    "setuptools with C and a sibling": (
        '"setuptools>=77"',
        "setuptools.build_meta",
        "",
        "",
        {
            "setup.py": SETUP,
            "sibling.py": SIBLING,
            "src/same_bytes/fast.c": FAST,
            "MANIFEST.in": "include sibling.py\n",
        },
    ),
    "pdm": ('"pdm-backend"', "pdm.backend", "", "", {}),
    "poetry": ('"poetry-core>=2"', "poetry.core.masonry.api", "", "", {}),
    "uv": ('"uv_build>=0.11"', "uv_build", "", "", {}),
}


def project(folder: Path, shape: str) -> Path:
    requires, backend, in_tree, more, files = SHAPES[shape]
    (folder / "src/same_bytes/inner").mkdir(parents=True)
    text = PROJECT.format(requires=requires, backend=backend, in_tree=in_tree, more=more)
    for path, content in {
        "pyproject.toml": text,
        "README.md": "# Same bytes\n",
        "LICENSE": "Do as you like.\n",
        "src/same_bytes/__init__.py": '"""The same."""\n\n\ndef main():\n    """Nothing."""\n',
        "src/same_bytes/inner/__init__.py": "",
        "src/same_bytes/inner/deep.py": "DEEP = 1\n" * 100,
        **files,
    }.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(content)
    return folder


def by_build(source: Path, out: Path) -> None:
    env = {"SOURCE_DATE_EPOCH": str(EPOCH), "PYTHONHASHSEED": "0", "UV_PYTHON_DOWNLOADS": "never"}
    command = [sys.executable, "-m", "build", "--installer", "uv", "--outdir", str(out), str(source)]
    done = subprocess.run(command, check=False, env=os.environ | env, capture_output=True, text=True, umask=0o022)
    assert done.returncode == 0, done.stdout + done.stderr


def without_clock(sdist: Path) -> list[tuple]:
    """What an sdist holds in its order, the times apart."""
    with tarfile.open(sdist) as archive:
        return [
            (
                m.name,
                m.type,
                m.mode,
                m.uid,
                m.gid,
                m.uname,
                m.gname,
                m.linkname,
                m.isfile() and archive.extractfile(m).read(),
            )
            for m in archive
        ]


@pytest.mark.parametrize("shape", SHAPES)
def test_the_files_are_those_of_python_m_build(shape, tmp_path):
    source = project(tmp_path / "one" / "same", shape)
    copy = Path(shutil.copytree(source, tmp_path / "two" / "same"))
    with Builder(interpreter(), find_uv()) as builder:
        ours = builder.build(source, tmp_path / "ours", epoch=EPOCH)
        assert bool(builder._workers._at_work) == (shape != "uv" and "in tree" not in shape)
    by_build(copy, tmp_path / "theirs")
    assert sorted(path.name for path in ours) == sorted(path.name for path in (tmp_path / "theirs").iterdir())
    sdist, wheel = ours
    if "setuptools" in shape:
        assert without_clock(sdist) == without_clock(tmp_path / "theirs" / sdist.name)
    elif shape == "pdm":
        assert gzip.decompress(sdist.read_bytes()) == gzip.decompress((tmp_path / "theirs" / sdist.name).read_bytes())
    else:
        assert sdist.read_bytes() == (tmp_path / "theirs" / sdist.name).read_bytes()
    assert wheel.read_bytes() == (tmp_path / "theirs" / wheel.name).read_bytes()
