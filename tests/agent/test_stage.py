"""Where tests are put before they are run."""

from __future__ import annotations

import pytest

from kit.cells import write
from trainer_release.agent.stage import configured, stage
from trainer_release.errors import ReleaseError
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


def test_what_is_to_go_along_goes_along_to_its_place(tmp_path):
    project = write(tmp_path / "p", {"tests/test_it.py": "", "examples/a/b.txt": "b", "data.json": "{}", "secret": ""})
    source = TestSource("module", str(project / "tests"), str(project), also=("examples", "data.json"))
    place = stage(source, tmp_path / "stage")
    assert listing(place.folder) == {"pytest.ini", "tests/test_it.py", "examples/a/b.txt", "data.json"}
    gone = TestSource("module", str(project / "tests"), str(project), also=("none",))
    with pytest.raises(ReleaseError, match="stage-missing"):
        stage(gone, tmp_path / "other")


def test_a_link_becomes_what_it_points_to_but_for_source_and_circles(tmp_path):
    project = write(
        tmp_path / "p",
        {"tests/data/a.txt": "a", "tests/helpers.py": "", "src/one/__init__.py": "", "src/one/b.txt": "b"},
    )
    tests = project / "tests"
    for name, target in (
        ("again.txt", "data/a.txt"),
        ("same.py", "helpers.py"),
        ("one", "../src/one"),
        ("more.py", "../src/one/__init__.py"),
        ("here", "."),
        ("above", ".."),
        ("gone", "nowhere"),
    ):
        (tests / name).symlink_to(target)
    place = stage(TestSource("module", str(tests), str(project)), tmp_path / "stage")
    lead = {"tests/data/a.txt", "tests/again.txt", "tests/helpers.py", "tests/same.py", "tests/one/b.txt"}
    assert listing(place.folder) == {"pytest.ini", *lead}
    assert not any(path.is_symlink() for path in place.folder.rglob("*"))


def test_a_file_of_the_repository_that_is_not_on_the_stage_is_named_with_what_to_do(tmp_path):
    project = write(tmp_path / "p", {"tests/test_it.py": "", "README.md": "", "docs/a.md": ""})
    place = stage(TestSource("module", str(project / "tests"), str(project)), tmp_path / "stage")
    error = "FileNotFoundError: [Errno 2] No such file or directory: '{}'"
    assert "README.md is in the repository" in place.hint(error.format("README.md"))
    assert "docs/a.md is in the repository" in place.hint(error.format(f"{place.folder}/tests/../docs/a.md"))
    assert place.hint(error.format("other.md")) == place.hint("all is well") == ""
