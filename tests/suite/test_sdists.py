"""Sdists that lack a file that the build reads: told without building, and so it is when they are built."""

import subprocess
import sys
import tarfile

import pytest

from trainer_release.errors import ReleaseError
from trainer_release.suite.assemble import assemble
from trainer_release.suite.sdists import incomplete

SYSTEM = '[build-system]\nrequires = []\nbuild-backend = "{}"\n'
PROJECT = '[project]\nname = "mill-a"\nversion = "1.0.0"\n'
POETRY = '[tool.poetry]\nname = "mill-a"\nversion = "1.0.0"\n'
HATCH = SYSTEM.format("hatchling.build") + PROJECT
SETUPTOOLS = SYSTEM.format("setuptools.build_meta") + PROJECT
CATALOG = 'mill:\n  version: "1.0.0"\nmodules:\n  a: {version: "1.0.0", build: sdist}\n'


def complaints(pyproject, catalog=CATALOG, **files):
    texts = {f"packages/a/{path.replace('__', '.')}": text for path, text in files.items()}
    texts |= {"versions.yaml": catalog, "packages/a/pyproject.toml": pyproject}
    return list(incomplete(assemble("versions.yaml", texts, texts.get)[0], texts.get))


LEFT_OUT = {
    "hatchling, a licence": HATCH + 'license = {file = "../../LICENSE"}\n',
    "hatchling, included by force": HATCH + '[tool.hatch.build.force-include]\n"../data.json" = "a/data.json"\n',
    "hatchling, into the wheel": HATCH + '[tool.hatch.build.targets.wheel.force-include]\n"../x" = "a/x"\n',
    "hatchling, a hook": HATCH + '[tool.hatch.build.hooks.custom]\npath = "../build.py"\n',
    "setuptools, a package": SETUPTOOLS + '[tool.setuptools.package-dir]\nshared = "../shared"\n',
    "uv_build, a readme": SYSTEM.format("uv_build") + PROJECT + 'readme = "../../README.md"\n',
    "a backend of one's own": SETUPTOOLS.replace("[project]", 'backend-path = [".", "../backend"]\n[project]'),
}

REFUSED = {
    "hatchling, a readme": HATCH + 'readme = "../../README.md"\n',
    "setuptools, a readme": SETUPTOOLS + 'readme = {file = "../README.md", content-type = "text/markdown"}\n',
    "setuptools, a version": SETUPTOOLS + '[tool.setuptools.dynamic]\ndescription = {file = ["a", "../x"]}\n',
    "flit, a licence": SYSTEM.format("flit_core.buildapi") + PROJECT + 'license = {file = "../LICENSE"}\n',
    "Poetry, a readme": SYSTEM.format("poetry.core.masonry.api") + POETRY + 'readme = ["README.md", "../MORE.md"]\n',
    "Poetry, a package": SYSTEM.format("poetry.core.masonry.api")
    + POETRY
    + 'packages = [{include = "shared", from = ".."}]\n',
    "no backend, a readme": PROJECT + 'readme = "../README.md"\n',
}

FINE = {
    "hatchling, a readme of its own": HATCH + 'readme = "./docs/../README.md"\n',
    "hatchling, a version": HATCH.replace('version = "1.0.0"', 'dynamic = ["version"]')
    + '[tool.hatch.version]\nsource = "code"\npath = "../../scripts/version.py"\n',
    "hatchling, into the sdist": HATCH
    + '[tool.hatch.build.targets.sdist.force-include]\n"../../LICENSE" = "LICENSE"\n',
    "setuptools, licences": SETUPTOOLS + 'license-files = ["../../LICENSE"]\n',
    "setuptools-scm": SETUPTOOLS + '[tool.setuptools_scm]\nroot = "../.."\n',
    "pdm-backend, a readme": SYSTEM.format("pdm.backend") + PROJECT + 'readme = "../README.md"\n',
    "uv's sources": HATCH + '[tool.uv.sources]\nmill-b = {path = "../b"}\n',
    "another tool": HATCH + '[tool.towncrier]\ntemplate = "../../template.j2"\nreadme = "../README.md"\n',
}


@pytest.mark.parametrize("pyproject", LEFT_OUT.values(), ids=LEFT_OUT)
def test_a_file_that_the_backend_leaves_out_is_told_with_the_switch(pyproject):
    (problem,) = complaints(pyproject)
    line = next(number for number, text in enumerate(pyproject.splitlines(), 1) if "../" in text)
    assert (problem.code, problem.path, problem.line) == ("sdist-incomplete", "packages/a/pyproject.toml", line)
    assert "its sdist lacks ../" in problem.message
    assert "`build: tree` for a" in problem.hint
    assert ReleaseError(problem).exit == 0
    assert complaints(pyproject, CATALOG.replace("build: sdist", "build: tree")) == []


@pytest.mark.parametrize("pyproject", REFUSED.values(), ids=REFUSED)
def test_a_file_that_the_backend_refuses_is_told_and_no_switch_helps(pyproject):
    (problem,) = complaints(pyproject)
    assert "makes no sdist with .." in problem.message
    assert "build: tree" not in problem.hint
    assert len(complaints(pyproject, CATALOG.replace("build: sdist", "build: tree"))) == 1


@pytest.mark.parametrize("pyproject", FINE.values(), ids=FINE)
def test_what_the_backend_carries_along_is_no_complaint(pyproject):
    assert complaints(pyproject, **{"README.md": "x"}) == [] or pytest.fail(str(complaints(pyproject)))


def test_a_hatch_toml_and_a_setup_cfg_are_read_too():
    told = complaints(HATCH, hatch__toml='[build.targets.wheel.force-include]\n"../x" = "a/x"\n')
    assert [(problem.path, problem.line) for problem in told] == [("packages/a/hatch.toml", 2)]
    told = complaints(SETUPTOOLS, setup__cfg="[metadata]\nlong_description = file: README.md, ../CHANGES.md\n")
    assert [(problem.path, problem.line) for problem in told] == [("packages/a/setup.cfg", 2)]


def test_a_module_of_the_index_is_not_looked_at():
    texts = {"versions.yaml": CATALOG}
    suite, _ = assemble("versions.yaml", texts, texts.get)
    assert list(incomplete(suite, texts.get)) == []


SETUP = "from setuptools import setup\n{}\nsetup(name='mill-a', version='1.0.0', description=text[:3], py_modules=[])\n"
HERE = "import os, pathlib\nhere = os.path.dirname(os.path.abspath(__file__))\n"
READS = {
    "a list of requirements": ("text = open('requirements.txt').read()", {}, ["requirements.txt"]),
    "outside": (HERE + "text = open(os.path.join(here, '..', 'VERSION')).read()", {}, ["../VERSION"]),
    "outside, by pathlib": (HERE + "text = (pathlib.Path(here) / '..' / 'VERSION').read_text()", {}, ["../VERSION"]),
    "what MANIFEST.in includes": (
        "text = open('requirements.txt').read()",
        {"MANIFEST.in": "include LICENSE *.txt\n"},
        [],
    ),
    "what MANIFEST.in grafts": ("text = open('reqs/base.in').read()", {"MANIFEST.in": "graft reqs\n"}, []),
    "what MANIFEST.in names in a folder": (
        "text = open('reqs/base.in').read()",
        {"MANIFEST.in": "recursive-include reqs *.in\n"},
        [],
    ),
    "what MANIFEST.in includes everywhere": (
        "text = open('reqs/base.in').read()",
        {"MANIFEST.in": "global-include *.in\n"},
        [],
    ),
    "what MANIFEST.in does not name": ("text = open('reqs/base.in').read()", {"MANIFEST.in": "\n"}, ["reqs/base.in"]),
    "the readme": ("text = open('README.md').read()", {}, []),
    "what it looks for first": (HERE + "text = open('requirements.txt').read() if os.path.exists('x') else ''", {}, []),
    "what it can do without": ("try:\n    text = open('../VERSION').read()\nexcept OSError:\n    text = ''", {}, []),
}


@pytest.mark.parametrize(("read", "more", "missing"), READS.values(), ids=READS)
def test_what_a_setup_py_reads_is_told_where_a_build_from_the_sdist_would_not_find_it(tmp_path, read, more, missing):
    files = {"README.md": "read", "requirements.txt": "six\n", "reqs/base.in": "six\n", "setup.py": SETUP.format(read)}
    for path, text in {**files, **more, "../VERSION": "1.0"}.items():
        place = tmp_path / "a" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    texts = {f"a/{path}": text for path, text in {**files, **more}.items()}
    texts |= {"VERSION": "1.0", "versions.yaml": CATALOG.replace("{version", "{path: a, version")}
    found = list(incomplete(assemble("versions.yaml", texts, texts.get)[0], texts.get))
    assert [problem.message for problem in found] == [
        f"mill-a: its sdist lacks {path}, so no wheel can be built from it" for path in missing
    ]
    assert builds_from_sdist(tmp_path / "a", tmp_path / "unpacked" / "x") is not bool(missing)


def builds_from_sdist(folder, away):
    """Whether setuptools can run the setup.py that lies in its own sdist."""
    subprocess.run([sys.executable, "setup.py", "-q", "sdist", "--dist-dir", away], cwd=folder, check=True)
    (made,) = away.glob("*.tar.gz")
    with tarfile.open(made) as archive:
        archive.extractall(away, filter="data")
    (unpacked,) = (path for path in away.iterdir() if path.is_dir())
    done = subprocess.run([sys.executable, "setup.py", "--name"], cwd=unpacked, capture_output=True, check=False)
    return done.returncode == 0
