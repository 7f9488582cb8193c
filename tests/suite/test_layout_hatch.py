"""Projects whose version hatch reads: from a file by a pattern, or as a name's value; else refused by name."""

import pytest

from trainer_release.errors import ReleaseError
from trainer_release.model.project import Wanted
from trainer_release.suite.layouts import edit_project, read_project
from trainer_release.suite.layouts.project_table import same

HEAD = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "x"\n'
PYPROJECT = HEAD + 'dynamic = ["version"]\n[tool.hatch.version]\n'


def read(table, **files):
    texts = {"p/pyproject.toml": PYPROJECT + table, **{f"p/{name}": text for name, text in files.items()}}
    return read_project("p", texts.get)


def problems_of(table, **files):
    with pytest.raises(ReleaseError) as caught:
        read(table, **files)
    assert caught.value.exit == 3
    assert all(problem.hint for problem in caught.value.problems)
    return [(problem.code, problem.path) for problem in caught.value.problems]


def test_the_version_is_read_with_its_file_and_line():
    project = read('path = "v.py"', **{"v.py": '"""Doc."""\n__version__ = "1.2.3"\n'})
    assert (project.version, project.version_path, project.version_line) == ("1.2.3", "p/v.py", 2)
    assert (project.layout, project.package, project.from_tag) == ("hatch", "x", False)
    assert set(project.texts) == {"p/pyproject.toml", "p/v.py"}


def test_the_version_file_may_lie_above_the_project():
    texts = {"packages/p/pyproject.toml": PYPROJECT + 'path = "../../VERSION.py"', "VERSION.py": 'version="v1.0"'}
    project = read_project("packages/p", texts.get)
    assert (project.version, project.version_path) == ("1.0", "VERSION.py")


@pytest.mark.parametrize("stated", ["1.6.0.rc1", "v1.6.0rc1", "1.6.0-RC.1"])
def test_a_version_in_another_spelling_is_read_and_is_no_drift(stated):
    project = read('path = "v.py"', **{"v.py": f"VERSION = '{stated}'"})
    assert edit_project(project, Wanted("1.6.0rc1", {})) == ()
    (edit,) = edit_project(project, Wanted("1.6.0", {}))
    assert edit.after == f"VERSION = '{'v' * stated.startswith('v')}1.6.0'"


def test_versions_are_compared_as_they_are_spelled_out():
    assert same("v1.6.0-RC.1", "1.6.0rc1")
    assert not same("1.0", "1.0.0")
    assert not same("one", "1.0")
    assert not same(None, "1.0")


def test_a_path_that_holds_no_file_or_leads_out_of_the_workspace_is_refused():
    assert problems_of('path = "v.py"') == [("version-file-missing", "p/pyproject.toml")]
    assert problems_of('path = "../../v.py"', **{"../../v.py": ""}) == [("version-file-missing", "p/pyproject.toml")]
    assert problems_of('path = "/v.py"') == [("version-file-missing", "p/pyproject.toml")]


@pytest.mark.parametrize("text", ["", "__version__: str = '1'", " __version__ = '1'", "__version__ = version()"])
def test_a_file_that_hatch_would_not_understand_is_refused(text):
    assert problems_of('path = "v.py"', **{"v.py": text}) == [("version-not-found", "p/v.py")]


def test_what_is_no_version_is_named_with_its_line():
    with pytest.raises(ReleaseError) as caught:
        read('path = "v.py"', **{"v.py": "\n\n__version__ = 'one'\n"})
    (problem,) = caught.value.problems
    assert (problem.code, problem.path, problem.line) == ("project-version-invalid", "p/v.py", 3)


def test_all_that_is_wrong_with_a_project_is_told_at_once():
    table = 'path = "v.py"\n[dependency-groups]\ndev = ["a b"]\n'
    assert problems_of(table) == [
        ("requirement-invalid", "p/pyproject.toml"),
        ("version-file-missing", "p/pyproject.toml"),
    ]


@pytest.mark.parametrize("pattern", ["(", "(?P<version>", "version", "(?P<v>.)"])
def test_a_pattern_that_is_none_or_has_no_version_is_refused(pattern):
    assert problems_of(f"path = 'v.py'\npattern = '{pattern}'", **{"v.py": "1"}) == [
        ("version-not-found", "p/pyproject.toml")
    ]


@pytest.mark.parametrize(
    "table", ["", "path = 1", 'source = "nodejs"', 'source = "regex"', "source = 1\npath = 'v.py'"]
)
def test_a_source_that_no_layout_reads_is_refused_with_a_way_out(table):
    with pytest.raises(ReleaseError) as caught:
        read(table)
    (problem,) = caught.value.problems
    assert problem.code == "layout-unknown"
    assert "[tool.hatch.version] path" in problem.hint


def test_a_broken_hatch_toml_is_named():
    assert problems_of('path = "v.py"', **{"hatch.toml": "[version"}) == [("toml-invalid", "p/hatch.toml")]


def test_a_hatch_toml_about_something_else_leaves_the_version_to_the_pyproject():
    project = read('path = "v.py"', **{"hatch.toml": "[envs.default]", "v.py": "VERSION = '1'"})
    assert (project.layout, project.version) == ("hatch", "1")


def test_hatch_builds_with_a_backend_of_the_project_as_well():
    text = (PYPROJECT + 'path = "v.py"').replace('"hatchling.build"', '"own"\nbackend-path = ["."]')
    assert read_project("p", {"p/pyproject.toml": text, "p/v.py": "VERSION = '1'"}.get).layout == "hatch"


def test_hatch_has_no_say_where_another_backend_builds_or_the_version_is_static():
    text = HEAD + 'version = "1"\n[tool.hatch.version]\npath = "v.py"'
    assert read_project("p", {"p/pyproject.toml": text}.get).layout == "pep621"
    with pytest.raises(ReleaseError) as caught:
        read_project("p", {"p/pyproject.toml": (PYPROJECT + 'path = "v"').replace("hatchling.build", "b")}.get)
    assert caught.value.problems[0].code == "layout-unknown"


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"A=(?P<version>\S+)\nB=(?P=version)", "A=1.0\nB=1.0\n"),
        (r"release_(?P<version>[\d.]+)", "release_1 = 0\n"),
        (r"(?P<version>1)", "1 1"),
    ],
)
def test_a_version_that_cannot_be_edited_alone_is_refused(pattern, text):
    project = read(f"path = 'v.py'\npattern = '{pattern}'", **{"v.py": text})
    with pytest.raises(ReleaseError) as caught:
        edit_project(project, Wanted("2.0", {}))
    assert [problem.code for problem in caught.value.problems] == ["version-edit-failed"]


def test_the_value_of_a_name_is_read_without_executing_the_file():
    text = "raise SystemExit\n__version__ = '0'\ny = 'é'; __version__ = VERSION = '1'\n"
    project = read('source = "code"\npath = "v.py"', **{"v.py": text})
    assert (project.version, project.version_line) == ("1", 3)
    (edit,) = edit_project(project, Wanted("2", {}))
    assert edit.after == text.replace("'1'", "'2'")


@pytest.mark.parametrize(
    "table", ["expression = 'get()'", "expression = 'a.b'", "", "expression = 'other'", "expression = 'joined'"]
)
def test_a_version_that_code_computes_is_left_to_the_build(table):
    files = {"v.py": "__version__ = get()\njoined = '1' '.0'\n"}
    project = read(f"source = 'code'\npath = 'v.py'\n{table}", **files)
    assert (project.layout, project.version, project.from_tag) == ("scm", None, True)
    assert edit_project(project, Wanted("2.0", {})) == ()
