"""Where tests are put before they are run."""

from __future__ import annotations

import pytest

from kit.cells import write
from trainer_release.agent.stage import configured, stage
from trainer_release.model.testing import TestSource


def listing(folder) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_tests_and_configuration_come_along_and_nothing_else(tmp_path):
    project = write(
        tmp_path / "project",
        {
            "pytest.ini": "[pytest]\n",
            "conftest.py": "",
            "setup.py": "",
            "src/kit_one/__init__.py": "",
            "tests/test_it.py": "",
            "tests/data/a.txt": "a",
            "tests/__pycache__/x.pyc": "",
        },
    )
    place = stage(TestSource("module", str(project / "tests"), str(project)), tmp_path / "stage")
    assert (place.folder, place.target, place.ignore) == (tmp_path / "stage", "tests", ())
    assert listing(place.folder) == {"pytest.ini", "conftest.py", "tests/test_it.py", "tests/data/a.txt"}


def test_integration_tests_bring_the_helpers_beside_them(tmp_path):
    project = write(tmp_path / "core", {"tests/helpers.py": "", "tests/integration/test_it.py": ""})
    source = TestSource("tests/integration", str(project / "tests/integration"), str(project), ("slow",))
    place = stage(source, tmp_path / "stage")
    assert (place.target, place.ignore) == ("tests/integration", ("tests/integration/slow",))
    assert listing(place.folder) == {"pytest.ini", "tests/helpers.py", "tests/integration/test_it.py"}


def test_a_workspace_s_configuration_stands_above_the_module_s_tests(tmp_path):
    root = write(
        tmp_path / "root",
        {
            "pytest.ini": "[pytest]\n",
            "conftest.py": "# root",
            "packages/one/conftest.py": "# one",
            "packages/one/tests/test_it.py": "",
        },
    )
    source = TestSource("module", str(root / "packages/one/tests"), str(root))
    place = stage(source, tmp_path / "stage")
    assert place.folder == tmp_path / "stage/packages/one"
    assert (tmp_path / "stage/conftest.py").read_text() == "# root"
    assert (place.folder / "conftest.py").read_text() == "# one"


def test_without_a_configuration_none_is_looked_for_above_the_stage(tmp_path):
    project = write(tmp_path / "project", {"pyproject.toml": "[project]\n", "checks/test_it.py": ""})
    place = stage(TestSource("module", str(project / "checks")), tmp_path / "stage")
    assert place.target == "checks"
    assert (place.folder / "pytest.ini").read_text() == ""


@pytest.mark.parametrize(
    ("name", "text", "counts"),
    [
        ("pytest.ini", "", True),
        ("pyproject.toml", "[tool.pytest.ini_options]", True),
        ("pyproject.toml", "[project]", False),
        ("tox.ini", "[pytest]", True),
        ("tox.ini", "[tox]", False),
        ("setup.cfg", "[tool:pytest]", True),
        ("setup.cfg", "[metadata]", False),
    ],
)
def test_a_file_counts_as_pytest_counts_it(tmp_path, name, text, counts):
    write(tmp_path, {name: text})
    assert configured(tmp_path) is counts
