"""Projects with a static `[project] version`: read with places, edited in place, or refused by name."""

import json
from pathlib import Path

import pytest

from trainer_release.errors import ReleaseError
from trainer_release.model.project import Wanted
from trainer_release.suite.layouts import edit_project, every, is_plain, is_project, read_project
from trainer_release.suite.layouts.contract import Layout
from trainer_release.suite.toml_text import parse

CASES = sorted((Path(__file__).parent / "layout_cases").glob("*/"))


def read(text, folder="packages/x"):
    path = "pyproject.toml" if folder == "." else f"{folder}/pyproject.toml"
    return read_project(folder, {path: text}.get)


def problems_of(text):
    with pytest.raises(ReleaseError) as caught:
        read(text)
    assert caught.value.exit == 3
    return caught.value.problems


def text_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return file.read()


def wanted_of(case):
    values = json.loads((case / "wanted.json").read_text(encoding="utf-8"))
    return Wanted(values["version"], {k: tuple(v) for k, v in values["siblings"].items()}, values["tables"])


def texts_of(folder):
    """Every file of a case by its path in the workspace; what is not under `out` is to stay as it is."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {f"packages/x/{path.relative_to(folder).as_posix()}": text_of(path) for path in found}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_edit_gives_the_expected_files_byte_for_byte(case):
    before, after = texts_of(case / "in"), texts_of(case / "out")
    edits = edit_project(read_project("packages/x", before.get), wanted_of(case))
    assert {edit.path: edit.after for edit in edits} == {
        path: text for path, text in after.items() if text != before[path]
    }
    assert all(edit.before == before[edit.path] for edit in edits)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_edited_files_need_no_second_edit(case):
    texts = texts_of(case / "in") | texts_of(case / "out")
    assert edit_project(read_project("packages/x", texts.get), wanted_of(case)) == ()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_told_to_be_plain_no_other_layout_takes(case):
    texts = texts_of(case / "in")
    pyproject = parse("", texts.get("packages/x/pyproject.toml", ""))
    takes = [layout.NAME for layout in every() if layout.matches(pyproject, "packages/x", texts.get)]
    assert not is_plain(pyproject) or takes == ["pep621"]


@pytest.mark.parametrize("layout", [*every()], ids=lambda layout: layout.NAME)
def test_a_layout_has_the_names_of_the_contract(layout):
    names = {name for name in vars(Layout) if not name.startswith("_")}
    assert names == {"NAME", "matches", "read", "edit"}
    assert names <= set(vars(layout))


def test_there_are_at_least_ten_cases():
    assert len(CASES) >= 10


FULL = """\
[build-system]
requires = ["hatchling>=1"]

[project]
name = "Trainer_X"
version = "1.0"
requires-python = ">=3.11"
classifiers = ["Private :: Do Not Upload"]
dependencies = [
    # why
    "Trainer.A[fast,B_c] >= 1.0 ; python_version > '3.8'",
    "b @ https://index.example/b.whl",
    "c=={{ version }}",
]

[project.optional-dependencies]
test = ["pytest"]

[dependency-groups]
dev = [{include-group = "lint"}, "ruff"]
lint = []
"""


def test_a_project_is_read_with_everything_that_it_states():
    project = read(FULL, ".")
    assert (project.path, project.package, project.version, project.layout) == (
        ".",
        "Trainer_X",
        "1.0",
        "pep621",
    )
    assert (project.requires_python, project.private, project.version_line) == (">=3.11", True, 6)
    assert (project.extras, project.groups) == (("test",), ("dev", "lint"))
    assert project.texts == {"pyproject.toml": FULL}


def test_every_requirement_is_found_with_its_list_and_line():
    found = {pinned.name: pinned for pinned in read(FULL).requirements}
    assert {name: (pinned.where, pinned.line) for name, pinned in found.items()} == {
        "trainer-a": ("project.dependencies", 11),
        "b": ("project.dependencies", 12),
        "c": ("project.dependencies", 13),
        "hatchling": ("build-system.requires", 2),
        "pytest": ("project.optional-dependencies.test", 17),
        "ruff": ("dependency-groups.dev", 20),
    }
    pinned = found["trainer-a"]
    assert (pinned.specifier, pinned.extras, pinned.url) == (">=1.0", ("b-c", "fast"), False)
    assert pinned.marker == 'python_version > "3.8"'
    assert pinned.path == "packages/x/pyproject.toml"
    assert found["b"].url


def test_uv_says_private_with_package_false():
    text = '[project]\nname = "x"\nversion = "1"\n[tool.uv]\npackage = '
    assert read(text + "false").private
    assert not read(text + "true").private


def test_all_invalid_requirements_and_a_bad_version_are_named_at_once():
    text = """\
[build-system]
requires = "hatchling"
[project]
name = "x"
version = "one"
dependencies = ["a>=1", "b >== 2", 3, "also wrong"]
optional-dependencies = "none"
[dependency-groups]
dev = ["c d"]
"""
    found = [(problem.code, problem.line) for problem in problems_of(text)]
    assert found == [
        ("requirement-invalid", 6),
        ("requirement-invalid", None),
        ("requirement-invalid", 6),
        ("requirement-invalid", None),
        ("requirement-invalid", None),
        ("requirement-invalid", 9),
        ("project-version-invalid", 5),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            'dynamic = ["version"]\n[build-system]\nbuild-backend = "b.api"',
            "the version is dynamic (build backend b.api)",
        ),
        ('version = "1"\ndynamic = ["version"]', "the version is dynamic"),
        ("", "there is no version"),
        ("version = 1", "`[project] version` is no string"),
        ('[tool.poetry]\nversion = "1"', "the version stands in [tool.poetry]"),
    ],
)
def test_a_project_that_no_layout_reads_is_refused_with_what_was_found(text, words):
    (problem,) = problems_of(f'[project]\nname = "x"\n{text}\n')
    assert problem.code == "layout-unknown"
    assert problem.path == "packages/x/pyproject.toml"
    assert words in problem.message
    assert all(layout.NAME in problem.hint for layout in every())


@pytest.mark.parametrize("name", ['"foo bar"', '"-x"', "1"])
def test_a_name_that_is_none_is_refused(name):
    (problem,) = problems_of(f'[project]\nname = {name}\nversion = "1"\n')
    assert problem.code == "package-name-invalid"


def test_a_folder_without_a_file_is_refused():
    with pytest.raises(ReleaseError) as caught:
        read_project("nowhere", {}.get)
    assert caught.value.problems[0].code == "project-missing"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[project]\nname = "x"', True),
        ('[tool.poetry]\nname = "x"', True),
        ("[project]", False),
        ("[tool.ruff]", False),
        ('[project]\nname = "{{ name }}"', False),
        ('[project]\nname = "<NAME>"', False),
        ("{% if x %}\n[project]", False),
        (None, False),
    ],
)
def test_a_project_is_a_file_with_a_name(text, expected):
    assert is_project("p", {"p/pyproject.toml": text}.get) is expected


def test_a_broken_file_is_not_taken_for_no_project():
    with pytest.raises(ReleaseError):
        is_project("p", {"p/pyproject.toml": "[project"}.get)


@pytest.mark.parametrize(
    "table",
    [
        "[tool.trainer.versions.sub]\na = 1",
        "[tool.trainer.versions]\na = 1.0",
        "[tool]\ntrainer = {versions.b = '1'}",
        "[tool]\ntrainer = {versions.b = '1', c = [\n1]}",
        "[tool.trainer.versions]\na = {x = 'y'}",
    ],
)
def test_a_table_that_cannot_be_edited_safely_is_refused_and_nothing_is_written(table):
    project = read(f'[project]\nname = "x"\nversion = "1"\n{table}\n')
    with pytest.raises(ReleaseError) as caught:
        edit_project(project, Wanted("1", {}, {"tool.trainer.versions": {"a": "1.1"}}))
    (problem,) = caught.value.problems
    assert problem.code == "toml-edit-failed"
    assert "tool.trainer.versions.a" in problem.message
