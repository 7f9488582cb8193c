"""setuptools: `attr`, `file`, setup.cfg and setup.py are read, edited in place, or refused by name."""

from pathlib import Path

import pytest

from trainer_release.errors import ReleaseError
from trainer_release.model.project import Wanted
from trainer_release.suite.layouts import edit_project, is_project, read_project

CASES = sorted((Path(__file__).parent / "setuptools_cases").glob("*/"))
WANTED = Wanted("2.0.0rc1", dict.fromkeys("abc", ("2.0.0rc1", "keep")), {"tool.trainer.versions": {"a": "2.0.0rc1"}})
DYNAMIC = '[project]\nname = "x"\ndynamic = ["version"]\n[tool.setuptools.dynamic]\nversion = '


def files_of(folder):
    found = {}
    for path in (path for path in folder.rglob("*") if path.is_file()):
        with path.open(encoding="utf-8", newline="") as file:
            found[f"p/{path.relative_to(folder).as_posix()}"] = file.read()
    return found


def read(**texts):
    return read_project("p", {f"p/{name.replace('_', '.')}": text for name, text in texts.items()}.get)


def problem_of(texts):
    with pytest.raises(ReleaseError) as caught:
        read_project("p", texts.get)
    (problem,) = caught.value.problems
    assert caught.value.exit == 3
    assert problem.hint
    return problem


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_edit_gives_the_expected_files_byte_for_byte_and_a_second_one_nothing(case):
    before, after = files_of(case / "in"), files_of(case / "out")
    edits = edit_project(read_project("p", before.get), WANTED)
    assert before | {edit.path: edit.after for edit in edits} == after
    assert all(edit.before == before[edit.path] != edit.after for edit in edits)
    assert edit_project(read_project("p", after.get), WANTED) == ()


def test_a_version_in_a_module_is_told_with_file_and_line_and_the_files_that_were_read():
    project = read_project("p", files_of(CASES[0] / "in").get)
    assert (project.package, project.version, project.layout) == ("x", "1.0.0", "setuptools")
    assert (project.version_path, project.version_line) == ("p/src/x/version.py", 1)
    assert set(project.texts) == set(files_of(CASES[0] / "in"))
    assert project.extras == ("test",)


def test_requirements_of_setup_py_are_found_with_their_lists_and_lines():
    text = (CASES[-3] / "in/setup.py").read_text(encoding="utf-8")
    found = [(each.where, each.text, each.line) for each in read(setup_py=text).requirements]
    run, extra = "project.dependencies", "project.optional-dependencies."
    assert found == [
        (run, "a==1.0.0", 10),
        (run, 'b>=1.0.0,<2; python_version < "3.13"', 11),
        (run, "other==1.0.0", 12),
        (run, "c==1.0.0", 13),
        (run, "a~=1.0.0", 24),
        (run, "pytest", 8),
        (run, "c==1.0.0", 8),
        ("build-system.requires", "a==1.0.0", 25),
        (f"{extra}test", "pytest", 8),
        (f"{extra}test", "c==1.0.0", 8),
        (f"{extra}all", "pytest", 8),
        (f"{extra}all", "c==1.0.0", 8),
        (run, "b==1.0.0", 29),
    ]


def test_where_setup_py_and_setup_cfg_both_speak_setup_py_counts():
    cfg = "[metadata]\nname = y\nversion = 2.0\n[options]\ninstall_requires = b\npython_requires = >=3.9\n"
    project = read(setup_py='setup(name="x", version="1.0", install_requires=["a"])', setup_cfg=cfg)
    assert (project.package, project.version, project.requires_python) == ("x", "1.0", ">=3.9")
    assert [each.name for each in project.requirements] == ["a"]


def test_beside_a_project_table_setup_py_counts_only_for_what_that_calls_dynamic():
    table = '[project]\nname = "x"\ndynamic = ["version"]\n'
    project = read(pyproject_toml=table, setup_py='setup(name="y", version="1.0", install_requires=["a"])')
    assert (project.package, project.version, project.requirements) == ("x", "1.0", ())


@pytest.mark.parametrize(
    "texts",
    [
        {"setup.py": 'setup(name="x", use_scm_version=True)'},
        {"setup.py": "setup(pbr=True)", "setup.cfg": "[metadata]\nname = x\n"},
        {"setup.cfg": "[metadata]\nname = x\n", "pyproject.toml": "[tool.setuptools_scm]\n"},
    ],
)
def test_the_tag_is_the_version_where_a_plugin_takes_it_from_there(texts):
    project = read_project("p", {f"p/{name}": text for name, text in texts.items()}.get)
    assert (project.package, project.version, project.from_tag) == ("x", None, True)
    assert edit_project(project, WANTED) == ()


@pytest.mark.parametrize(
    ("texts", "code", "path", "line"),
    [
        ({"setup.py": '\nsetup(name="x",\n version=read())'}, "layout-unknown", "p/setup.py", 3),
        ({"setup.py": 'setup(name="x", version=f"1.{0}")'}, "layout-unknown", "p/setup.py", 1),
        ({"setup.py": 'setup(name="x")'}, "layout-unknown", "p/setup.py", None),
        ({"setup.cfg": "[metadata]\nname = x\nversion = one\n"}, "project-version-invalid", "p/setup.cfg", 3),
        ({"setup.cfg": "[metadata]\nname = x y\nversion = 1\n"}, "package-name-invalid", "p/pyproject.toml", None),
        (
            {"setup.cfg": "[metadata]\nname = x\nversion = 1\n[options]\ninstall_requires =\n  a\n  b c\n"},
            "requirement-invalid",
            "p/setup.cfg",
            7,
        ),
        ({"pyproject.toml": DYNAMIC + '{attr = "x.v"}'}, "version-file-missing", "p/pyproject.toml", None),
        ({"pyproject.toml": DYNAMIC + '{file = "../../V"}'}, "version-file-missing", "p/pyproject.toml", None),
        ({"pyproject.toml": DYNAMIC + '{attr = "x.v"}', "x.py": "v = 1"}, "version-not-found", "p/x.py", None),
        (
            {"pyproject.toml": DYNAMIC + '{attr = "x.v"}', "x.py": "from x import v"},
            "version-not-found",
            "p/x.py",
            None,
        ),
        ({"pyproject.toml": DYNAMIC + '{attr = "x.v"}', "x.py": "v = "}, "version-not-found", "p/x.py", None),
        ({"pyproject.toml": DYNAMIC + '{file = "V"}', "V": " \n"}, "version-not-found", "p/V", None),
        ({"pyproject.toml": DYNAMIC + "{other = 1}"}, "layout-unknown", "p/pyproject.toml", None),
        ({"pyproject.toml": DYNAMIC + "{attr = 1}"}, "layout-unknown", "p/pyproject.toml", None),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(texts, code, path, line):
    problem = problem_of({f"p/{name}": text for name, text in texts.items()})
    assert (problem.code, problem.path, problem.line) == (code, path, line)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({"setup.py": 'setup(name="x")'}, True),
        ({"setup.cfg": "[metadata]\nname = x"}, True),
        ({"setup.py": 'NAME = "x"\nsetuptools.setup(name=NAME)', "pyproject.toml": "[tool.ruff]"}, True),
        ({"setup.py": "setup(name=name())"}, False),
        ({"setup.py": 'print("no call")'}, False),
        ({"setup.py": 'setup(name="x"'}, False),
        ({"setup.py": 'setup(name="{{ name }}")'}, False),
        ({"setup.cfg": "[flake8]\nname = x\nno option\n"}, False),
        ({"setup.cfg": "key = before\n[metadata]\n"}, False),
        ({"setup.py": 'setup(name="x")', "pyproject.toml": "[project]\n"}, False),
    ],
)
def test_a_name_in_setup_py_or_setup_cfg_makes_a_project(texts, expected):
    assert is_project("p", {f"p/{name}": text for name, text in texts.items()}.get) is expected


@pytest.mark.parametrize(
    ("module", "texts"),
    [
        ("lib.v", {"lib.py": "from .v import a as v, __version__", "v.py": '__version__ = "1"', "a": ""}),
        ("pkg.v", {"pkg/__init__.py": "from ._v import *\nfrom pkg._v import w as v", "pkg/_v.py": 'w = "1"'}),
        ("pkg.sub.v", {"pkg/sub/__init__.py": "from .. import v", "pkg/__init__.py": 'v = "1"'}),
    ],
)
def test_a_version_is_followed_to_the_module_that_it_is_imported_from(module, texts):
    texts |= {"pyproject.toml": DYNAMIC + f'{{attr = "{module}"}}'}
    if "a" in texts:
        texts["v.py"] = 'a = "1"'
    project = read_project("p", {f"p/{name}": text for name, text in texts.items()}.get)
    assert project.version == "1"
    assert project.version_path not in (None, "p/pyproject.toml")


@pytest.mark.parametrize("broken", ["[options]\n[options]\n", "[options]\ninstall_requires = a==1.0.0 # [\n"])
def test_a_setup_cfg_that_configparser_does_not_read_is_not_edited(broken):
    text = f"[metadata]\nname = x\nversion = 1.0.0\n{broken}"
    with pytest.raises(ReleaseError) as caught:
        edit_project(read(setup_cfg=text), WANTED)
    assert caught.value.problems[0].code in ("version-edit-failed", "requirement-invalid")


def test_lists_that_name_each_other_without_end_are_given_up():
    project = read(setup_py='A = B + B\nB = [*A, "x"] + A\nsetup(name="y", version="1", install_requires=A)')
    assert project.version == "1"
