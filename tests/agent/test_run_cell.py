"""One cell from beginning to end: real environments, real wheels, real runs of pytest."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from kit.cells import cell, source, tools, wheel
from trainer_release.agent.run import run_cell
from trainer_release.model.testing import Cell, CellReport, TestSource

IMPORTS = "import kit_one\n\ndef test_version():\n    assert kit_one.__version__ == '1.0'\n"


def ran(given: Cell, folder: Path) -> CellReport:
    return run_cell(given, tools(), folder / "cell")


@pytest.fixture(scope="module")
def standing(tmp_path_factory) -> str:
    """An environment with pytest and nothing else, to be tested as it stands."""
    venvs = tools().venvs
    python = venvs.create(tmp_path_factory.mktemp("standing") / "env")
    assert venvs.install(python, ["pytest>=8"]).ok
    return str(python)


def stood(tmp_path: Path, standing: str, text: str, **more: str) -> CellReport:
    tests = source(tmp_path / "project", {"tests/test_it.py": text, **more})
    return ran(cell(tests, existing=standing, timeout=30.0), tmp_path)


def test_a_wheel_is_tested_away_from_its_source_with_siblings_from_their_files(tmp_path):
    one = wheel(tmp_path / "dist", "kit-one", "1.0", ["kit-two>=1"])
    two = wheel(tmp_path / "dist", "kit-two", "1.7")
    three = wheel(tmp_path / "dist", "kit-three")
    texts = {
        "kit_one/__init__.py": "raise RuntimeError('the source is imported')",
        "pyproject.toml": "[tool.pytest.ini_options]\nmarkers = ['slow: kept']\naddopts = '--strict-markers'\n",
        "tests/helpers.py": "ANSWER = '1.7'",
        "tests/test_it.py": "import importlib.util\nimport pytest\nimport kit_one\nimport kit_two\nfrom tests.helpers import ANSWER\n"
        "@pytest.mark.slow\ndef test_sibling():\n    assert kit_two.__version__ == ANSWER\n"
        "def test_undeclared_sibling_is_absent():\n    assert importlib.util.find_spec('kit_three') is None\n"
        "@pytest.mark.skip\ndef test_skipped(): pass\n",
    }
    report = ran(cell(source(tmp_path / "project", texts), (one,), siblings=(two, three)), tmp_path)
    assert (report.status, report.passed, report.failed, report.skipped) == ("passed", 2, 0, 1), report.tail
    assert report.files == {"kit_one-1.0-py3-none-any.whl": one.sha256}
    assert (report.python, report.platform) == (".".join(map(str, os.sys.version_info[:3])), "linux")


def test_an_empty_wheel_fails_though_the_source_lies_beside_the_tests(tmp_path):
    empty = wheel(tmp_path / "dist", "kit-one", **{"kit_one/__init__.py": ""})
    texts = {
        "kit_one/__init__.py": "__version__ = '1.0'",
        "tests/__init__.py": "",
        "tests/test_it.py": IMPORTS,
    }
    report = ran(cell(source(tmp_path / "project", texts), (empty,)), tmp_path)
    assert (report.status, report.failed) == ("failed", 1)
    assert "no attribute '__version__'" in "\n".join(report.tail)


def test_other_bytes_than_those_to_be_tested_break_the_cell(tmp_path):
    one = wheel(tmp_path / "dist", "kit-one")
    tests = source(tmp_path / "project", {"tests/test_it.py": IMPORTS})
    report = ran(cell(tests, (replace(one, sha256="0" * 64),)), tmp_path)
    assert (report.status, report.code) == ("broken", "environment-differs")


def test_an_installed_file_that_differs_from_the_wheel_breaks_the_cell(tmp_path):
    """A test requirement overwrites a module's file."""
    one = wheel(tmp_path / "dist", "kit-one")
    rival = wheel(tmp_path / "dist", "kit-rival", **{"kit_one/__init__.py": "__version__ = '1.0' #\n"})
    tests = source(tmp_path / "project", {"tests/test_it.py": IMPORTS})
    report = ran(cell(tests, (one, rival)), tmp_path)
    assert (report.status, report.code) == ("broken", "environment-differs")
    assert "kit_one/__init__.py is not the wheel's" in "\n".join(report.tail)


def test_an_environment_that_cannot_be_built_breaks_the_cell(tmp_path):
    one = wheel(tmp_path / "dist", "kit-one", "1.0", ["kit-two>=2"])
    two = wheel(tmp_path / "dist", "kit-two", "1.7")
    tests = source(tmp_path / "project", {"tests/test_it.py": IMPORTS})
    report = ran(cell(tests, (one,), siblings=(two,)), tmp_path)
    assert (report.status, report.code) == ("broken", "environment-broken")
    assert "kit-two" in "\n".join(report.tail)


def test_extras_of_a_wheel_are_installed(tmp_path):
    two = wheel(tmp_path / "dist", "kit-two", "1.7")
    lines = ["Provides-Extra: test", "Requires-Dist: kit-two; extra == 'test'"]
    one = wheel(tmp_path / "dist", "kit-one", "1.0", lines=lines)
    tests = source(tmp_path / "project", {"tests/test_it.py": "import kit_two\ndef test_it(): pass\n"})
    report = ran(cell(tests, (one,), siblings=(two,), extras={"Kit_One": ("test",)}), tmp_path)
    assert report.status == "passed", report.tail


def test_a_cell_without_tests_is_empty_and_makes_no_environment(tmp_path):
    given = replace(cell(TestSource("module", "/nowhere")), tests=())
    report = ran(given, tmp_path)
    assert (report.status, report.junit.count("testcase")) == ("empty", 0)
    assert not (tmp_path / "cell").exists()


def test_a_failing_test_an_error_in_set_up_and_a_skip_are_counted(tmp_path, standing):
    text = (
        "import pytest\n@pytest.fixture\ndef bad(): raise OSError\n"
        "def test_fails(): assert 0\ndef test_errs(bad): pass\n@pytest.mark.xfail\ndef test_x(): assert 0\ndef test_ok(): pass\n"
    )
    report = stood(tmp_path, standing, text)
    assert (report.status, report.passed, report.failed, report.skipped) == ("failed", 1, 2, 1)
    suite = ET.fromstring(report.junit)
    assert (suite.get("name"), len(suite)) == ("one", 4)


def test_a_hanging_test_is_ended_and_said(tmp_path, standing):
    tests = source(tmp_path / "project", {"tests/test_it.py": "import time\ndef test_it(): time.sleep(60)\n"})
    begun = time.monotonic()
    report = ran(cell(tests, existing=standing, timeout=2.0), tmp_path)
    assert (report.status, report.code) == ("failed", "tests-timeout")
    assert [(test.test, test.outcome) for test in report.tests] == [("tests/test_it.py::test_it", "timeout")]
    assert time.monotonic() - begun < 20
    assert "ended after" in report.tail[-1]


def test_a_test_that_ends_the_process_with_success_is_no_success(tmp_path, standing):
    report = stood(tmp_path, standing, "import os\ndef test_it(): os._exit(0)\n")
    assert (report.status, report.failed, report.tests[0].outcome) == ("failed", 1, "crashed")


def test_a_test_file_that_cannot_be_imported_is_a_failure(tmp_path, standing):
    report = stood(tmp_path, standing, "import kit_absent\n")
    assert (report.status, report.failed, report.code) == ("failed", 1, None)
    assert "kit_absent" in "\n".join(report.tail)


def test_a_configuration_that_pytest_refuses_breaks_the_cell(tmp_path, standing):
    report = stood(tmp_path, standing, "def test_it(): pass\n", **{"pytest.ini": "[pytest]\naddopts = --no-such\n"})
    assert (report.status, report.code) == ("broken", "tests-broken")
    assert "--no-such" in "\n".join(report.tail)


@pytest.mark.parametrize("text", ["", "import pytest\n@pytest.mark.skip\ndef test_it(): pass\n"])
def test_where_no_test_ran_the_cell_is_empty(tmp_path, standing, text):
    assert stood(tmp_path, standing, text).status == "empty"


def test_a_veto_of_a_plugin_is_no_success(tmp_path, standing):
    veto = "def pytest_sessionfinish(session): session.exitstatus = 1\n"
    report = stood(tmp_path, standing, "def test_it(): pass\n", **{"conftest.py": veto})
    assert (report.status, report.code) == ("broken", "tests-broken")


def test_a_child_sees_only_the_variables_that_are_allowed(tmp_path, standing, monkeypatch):
    monkeypatch.setenv("KIT_TOKEN", "secret")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PYTEST_ADDOPTS", "--no-such")
    text = (
        "import os, shutil, sys\ndef test_it(tmp_path):\n"
        "    assert not {'KIT_TOKEN', 'PYTEST_ADDOPTS'} & set(os.environ)\n"
        f"    assert {str(tmp_path)!r} not in os.environ.get('PYTHONPATH', '').split(os.pathsep)\n"
        "    assert shutil.which('python') == sys.executable\n"
        f"    assert str(tmp_path).startswith({str(tmp_path)!r})\n"
    )
    report = stood(tmp_path, standing, text)
    assert report.status == "passed", report.tail


def test_several_sources_run_apart_and_count_together(tmp_path, standing):
    first = source(tmp_path / "a", {"tests/test_it.py": "def test_it(): assert 0\n"})
    second = source(tmp_path / "b", {"tests/test_it.py": "def test_it(): pass\n"})
    given = replace(cell(first, existing=standing), tests=(first, second))
    report = ran(given, tmp_path)
    assert (report.status, report.passed, report.failed) == ("failed", 1, 1)
    assert "assert 0" in "\n".join(report.tail)


def test_an_environment_without_pytest_is_a_clear_complaint(tmp_path):
    python = tools().venvs.create(tmp_path / "env")
    report = stood(tmp_path, str(python), "def test_it(): pass\n")
    assert (report.status, report.code) == ("broken", "pytest-missing")


def test_what_is_no_interpreter_is_a_clear_complaint(tmp_path):
    report = stood(tmp_path, str(tmp_path / "python"), "def test_it(): pass\n")
    assert (report.status, report.code) == ("broken", "interpreter-missing")


def test_a_test_that_reads_a_file_beside_the_tests_is_told_why_it_is_not_there(tmp_path, standing):
    text = "import pathlib\ndef test_it(): pathlib.Path(__file__).parents[1].joinpath('README.md').read_text()\n"
    report = stood(tmp_path, standing, text, **{"README.md": "# Here"})
    assert report.status == "failed"
    assert "README.md is in the repository" in report.tests[0].text
    assert "stage-also" in report.tail[-1]
