"""What was tested is the file: seven ways in which something else is tested instead, each stopped or failed; and how
many of them a venv with pip and pytest in the repository's root (as tox has it) would notice."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kit.cells import cell, source, tools, wheel
from trainer_release.agent.environments.making import ready
from trainer_release.agent.run import run_cell
from trainer_release.model.testing import CellReport, WheelRef

GOOD = {"kit_one/__init__.py": "from pathlib import Path\n__version__ = '1.0'\n", "kit_one/data.txt": "42"}
TEST = (
    "from pathlib import Path\nimport kit_one\n\ndef test_code(): assert kit_one.__version__\n\n"
    "def test_data(): assert Path(kit_one.__file__).with_name('data.txt').read_text() == '42'\n"
)
PROJECT = {**GOOD, "tests/test_it.py": TEST, "pyproject.toml": "[project]\nname = 'kit-one'\nversion = '1.0'\n"}
NO_DATA = {name: text for name, text in GOOD.items() if name.endswith(".py")}


def empty(base: Path) -> WheelRef:
    return wheel(base / "dist", "kit-one", **{"kit_one/__init__.py": ""})


def without_data(base: Path) -> WheelRef:
    return wheel(base / "dist", "kit-one", **NO_DATA)


def tampered(base: Path) -> WheelRef:
    """Built well, and a line of it changed before it is tested."""
    good = wheel(base / "dist", "kit-one", **GOOD)
    with zipfile.ZipFile(good.path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(good.path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data.replace(b"'1.0'", b"'6.6'"))
    return good


def beside_an_index(version: str) -> Callable[[Path], WheelRef]:
    """An index has a good one, of this version; the one that was built is empty."""

    def made(base: Path) -> WheelRef:
        wheel(base / "index", "kit-one", version, **GOOD)
        os.environ["PIP_FIND_LINKS"] = os.environ["UV_FIND_LINKS"] = str(base / "index")
        return empty(base)

    return made


CASES: dict[str, Callable[[Path], WheelRef]] = {
    "an empty wheel": empty,
    "a missing data file": without_data,
    "a tampered wheel": tampered,
    "an older wheel with a newer one on the index": beside_an_index("1.1"),
    "the same version on the index": beside_an_index("1.0"),
    "an editable leftover": empty,
    "a source that shadows": empty,
}


@pytest.fixture(autouse=True)
def index(monkeypatch):
    for name in ("PIP_FIND_LINKS", "UV_FIND_LINKS"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


@pytest.fixture(scope="module")
def cache(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("cache")


def ours(name: str, base: Path, cache: Path) -> CellReport:
    given = CASES[name](base)
    tests = source(base / "project", PROJECT)
    asked = cell(tests, (given,), family={"kit-one": "one"})
    if name == "an editable leftover":
        site = Path(ready(asked, tools().venvs, base / "first", cache).folders[0])
        (site / "__editable__.kit_one-1.0.pth").write_text(f"{base / 'project'}\n")
        (site / "__editable___kit_one_finder.py").write_text("")
    if name == "a source that shadows":
        tests = replace(tests, path=str(base / "project/tests"), config=str(base / "project"))
        (base / "project/tests/__init__.py").write_text("")
    return run_cell(replace(asked, tests=(tests,)), tools(cache), base / "cell")


@pytest.mark.parametrize("name", CASES)
def test_nothing_but_the_given_file_is_tested(name, tmp_path, cache):
    report = ours(name, tmp_path, cache)
    if name == "a tampered wheel":
        assert (report.status, report.code) == ("broken", "environment-differs")
    else:
        assert (report.status, report.code) == ("failed", None), report.tail
        assert [each.test.rpartition(":")[2] for each in report.tests if each.outcome == "failed"][-1] == "test_data"


def baseline(name: str, base: Path, python: Path) -> bool:
    """Whether the usual way notices: the wheel installed by name with --find-links, pytest in the repository's root."""
    given = CASES[name](base)
    source(base / "project", PROJECT)
    if name == "an editable leftover":
        (site,) = python.parents[1].glob("lib/*/site-packages")
        (site / "__editable__.kit_one-1.0.pth").write_text(f"{base / 'project'}\n")
    if name == "a source that shadows":
        (base / "project/tests/__init__.py").write_text("")
    pip = [str(python), "-m", "pip", "install", "--quiet", "--force-reinstall", "--no-deps"]
    words = [*pip, "kit-one", "--find-links", str(Path(given.path).parent)]
    installed = subprocess.run(words, cwd=base / "project", check=False, capture_output=True)
    tested = subprocess.run([str(python), "-m", "pytest", "-q"], cwd=base / "project", check=False, capture_output=True)
    return installed.returncode != 0 or tested.returncode != 0


@pytest.mark.full
def test_the_usual_way_beside_ours(tmp_path, cache):
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "env")], check=True)
    python = tmp_path / "env/bin/python"
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", "pytest>=8"], check=True)
    rows = []
    for number, name in enumerate(CASES):
        os.environ.pop("PIP_FIND_LINKS", None)
        seen = baseline(name, tmp_path / f"b{number}", python)
        rows.append((name, seen, ours(name, tmp_path / f"o{number}", cache).status in {"failed", "broken"}))
    for name, theirs, own in rows:
        print(f"{name:48} venv + pip + pytest: {'noticed' if theirs else 'green':8} test-agent: {own}")
    print(f"venv + pip + pytest {sum(row[1] for row in rows)} of 7, test-agent {sum(row[2] for row in rows)} of 7")
    assert all(own for _, _, own in rows)
    assert not all(theirs for _, theirs, _ in rows)
