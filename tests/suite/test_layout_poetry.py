"""Poetry's projects: what their tables mean as requirements, and what is refused by name."""

import pytest
from packaging.requirements import Requirement

from trainer_release.errors import ReleaseError
from trainer_release.model.catalog import Pin
from trainer_release.model.project import Wanted
from trainer_release.suite.layouts import edit_project, read_project
from trainer_release.suite.layouts.poetry_constraints import specifier
from trainer_release.suite.layouts.poetry_moves import published, repinned

BACKEND = '[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n'
CLASSIC = f"""\
{BACKEND}
[tool.poetry]
name = "Trainer_X"
version = "1.0"
classifiers = ["Private :: Do Not Upload"]

[tool.poetry.dependencies]
python = "^3.9"
a = {{version = "^1.2", optional = true, extras = ["B_c", "fast"], markers = "os_name == 'nt' or os_name == 'x'"}}
b = [{{version = "^1", python = "<3.10"}}, {{version = "^2", python = "^3.10 || 3.12.1"}}]
c = {{version = "~2.0", optional = true}}
d = {{path = "../d", develop = true}}
e = {{version = "1.0", platform = "darwin"}}
f = {{git = "https://git.example/f.git", tag = "v1", platform = "!win32"}}
g = "{{{{ version }}}}"
h = {{version = "^{{{{ version }}}}"}}
i = {{version = "*", optional = true}}
j = {{url = "https://git.example/j.whl"}}

[tool.poetry.extras]
all = ["a", "C"]
Some_C = ["c"]

[tool.poetry.dev-dependencies]
pytest = "*"

[tool.poetry.group.docs.dependencies]
d = {{path = "../d"}}
"""


def read(text):
    return read_project("packages/x", {"packages/x/pyproject.toml": text}.get)


def problems_of(text):
    with pytest.raises(ReleaseError) as caught:
        read(text)
    return [(problem.code, problem.line) for problem in caught.value.problems]


def test_a_classic_project_is_read_with_everything_that_it_states():
    project = read(CLASSIC)
    assert (project.package, project.version, project.version_line, project.layout) == ("Trainer_X", "1.0", 7, "poetry")
    assert (project.requires_python, project.private, project.from_tag) == (">=3.9,<4.0", True, False)
    assert (project.extras, project.groups) == (("all", "Some_C"), ("docs", "dev"))


def test_every_dependency_is_a_requirement_of_the_list_that_it_reaches():
    found = [(each.where, each.text, each.url, each.line) for each in read(CLASSIC).requirements]
    run, extra = "project.dependencies", "project.optional-dependencies."
    assert found == [
        ("build-system.requires", "poetry-core", False, 2),
        (
            f"{extra}all",
            "a[B_c,fast]>=1.2,<2.0; (os_name == 'nt' or os_name == 'x')",
            False,
            12,
        ),
        (run, 'b>=1,<2; python_version < "3.10"', False, 13),
        (
            run,
            'b>=2,<3; (python_version >= "3.10" and python_version < "4.0" or python_full_version == "3.12.1")',
            False,
            13,
        ),
        (f"{extra}all", "c>=2.0,<2.1", False, 14),
        (f"{extra}Some_C", "c>=2.0,<2.1", False, 14),
        (run, "d @ ../d", True, 15),
        (run, 'e==1.0; sys_platform == "darwin"', False, 16),
        (run, 'f @ git+https://git.example/f.git@v1 ; sys_platform != "win32"', True, 17),
        (run, "g=={{ version }}", False, 18),
        (run, "h>={{ version }}", False, 19),
        ("tool.poetry.dependencies", "i", False, 20),
        (run, "j @ https://git.example/j.whl", True, 21),
        ("dependency-groups.dev", "pytest", False, 28),
        ("dependency-groups.docs", "d @ ../d", True, 31),
    ]


PROJECT = """\
[project]
name = "x"
dynamic = [{dynamic}]
{lists}
[tool.poetry]
version = "1.0"
[tool.poetry.dependencies]
a = "^1.0"
b = {{version = "^1.0", optional = true}}
[tool.poetry.extras]
e = ["b"]
{backend}"""


@pytest.mark.parametrize(
    ("dynamic", "lists", "wheres"),
    [
        ('"version"', "", ["project.dependencies", "project.optional-dependencies.e"]),
        ('"version"', 'dependencies = ["a"]', ["tool.poetry.dependencies"] * 2),
        (
            '"version", "optional-dependencies"',
            'dependencies = ["a"]',
            ["tool.poetry.dependencies", "project.optional-dependencies.e"],
        ),
        (
            '"version", "dependencies"',
            'optional-dependencies = {e = ["b"]}',
            ["project.dependencies", "tool.poetry.dependencies"],
        ),
    ],
)
def test_beside_a_project_table_poetrys_own_reach_the_wheel_only_where_that_leaves_them_open(dynamic, lists, wheres):
    project = read(PROJECT.format(dynamic=dynamic, lists=lists, backend=BACKEND))
    assert [each.where for each in project.requirements if each.specifier == "<2.0,>=1.0"] == wheres
    assert (project.version, project.layout) == ("1.0", "poetry")


def test_a_static_version_of_the_project_table_counts_and_poetrys_is_left_alone():
    text = f'[project]\nname = "x"\nversion = "1.0"\n[tool.poetry]\nversion = "0.1"\n{BACKEND}'
    (edit,) = edit_project(read(text), Wanted("1.1", {}))
    assert edit.after == text.replace('"1.0"', '"1.1"')


def test_a_table_of_poetrys_beside_another_backend_says_nothing():
    text = '[project]\nname = "x"\nversion = "1.0"\n[tool.poetry]\nversion = "0"\n[build-system]\nbuild-backend = "b"\n'
    assert read(text).layout == "pep621"


def test_the_tag_is_the_version_where_poetry_dynamic_versioning_says_so():
    text = '[tool.poetry]\nname = "x"\nversion = "0.0.0"\n[tool.poetry-dynamic-versioning]\nenable = true\n'
    project = read(text)
    assert (project.version, project.from_tag) == (None, True)
    assert edit_project(project, Wanted("1.1", {})) == ()


def test_a_project_without_a_package_is_private_and_needs_no_version():
    project = read('[tool.poetry]\nname = "x"\npackage-mode = false\n')
    assert (project.version, project.private) == (None, True)


def test_everything_that_is_wrong_is_named_at_once():
    text = """\
[tool.poetry]
name = "x"
version = "one"
dev-dependencies = "none"
[tool.poetry.dependencies]
python = "three"
a = "1.0 - 2.0"
b = 3
c = {version = "^1", markers = "nonsense"}
d = {version = "^1.*"}
"""
    assert problems_of(text) == [
        ("requirement-invalid", None),
        ("requirement-invalid", None),
        ("requirement-invalid", 7),
        ("requirement-invalid", 9),
        ("requirement-invalid", 10),
        ("requirement-invalid", 6),
        ("project-version-invalid", 3),
    ]


AS_POETRY_WRITES_IT = {
    "^1.2": ">=1.2,<2.0",
    "^1.2.3": ">=1.2.3,<2.0.0",
    "^0.2.3": ">=0.2.3,<0.3.0",
    "^0.0.3": ">=0.0.3,<0.0.4",
    "^0.0": ">=0.0,<0.1",
    "^0": ">=0,<1",
    "^1.2.3.4": ">=1.2.3.4,<2.0.0.0",
    "^1.2.3-alpha.1": ">=1.2.3a1,<2.0.0",
    "^1!2.0": ">=1!2.0,<1!3.0",
    "^ 1.2": ">=1.2,<2.0",
    "~1.2.3": ">=1.2.3,<1.3.0",
    "~1.2": ">=1.2,<1.3",
    "~1": ">=1,<2",
    "~=1.4.2": ">=1.4.2,<1.5.0",
    "~=1": ">=1,<2",
    "*": "",
    "x": "",
    "1.*": "==1.*",
    "==1.2.*": "==1.2.*",
    "v1.2": "==1.2",
    "=1.2": "==1.2",
    "<>1.2": "!=1.2",
    ">=1.0 <2.0": ">=1.0,<2.0",
    "^1.2,!=1.3.*": ">=1.2,<2.0,!=1.3.*",
    "^1.0,": ">=1.0,<2.0",
    "^1.0 || ^2.0": ">=1.0,<3.0",
    "1.2 | 1.3": ">=1.2,<=1.3",
    "^1 || >3": ">=1",
    "1.2 || *": "",
}


@pytest.mark.parametrize("constraint", AS_POETRY_WRITES_IT)
def test_a_constraint_is_translated_as_poetry_writes_it_into_metadata(constraint):
    expected = Requirement(f"a{AS_POETRY_WRITES_IT[constraint]}").specifier
    assert Requirement(f"a{specifier(constraint)}").specifier == expected


@pytest.mark.parametrize("constraint", ["", "^", "abc", "^1.*", "1.0 - 2.0", "^1.0 ||"])
def test_what_poetry_would_not_understand_is_no_constraint(constraint):
    with pytest.raises(ValueError, match=r".+"):
        specifier(constraint)


@pytest.mark.parametrize(
    ("constraint", "version", "moved"),
    [
        ("^1.2", "1.3.4", "^1.2"),
        ("^1.2", "2.0.1", "^2.0"),
        ("^1", "2.0.0rc1", "^2rc1"),
        ("^1.2", "2.0.1rc1", "^2.0.1rc1"),
        ("~1.2.3", "2.0.0", "~2.0.0"),
        ("1.2", "1.3.4", "1.3.4"),
        ("=1.2", "1.3.4", "=1.3.4"),
        ("1.2.*", "1.3.4", "1.3.*"),
        ("1.*", "2.0.0rc1", "2.*,>=2.0.0rc1"),
        ("^1.2,<1.5", "2.0.0", "^2.0,<2.1"),
        ("^1.2, !=1.3.0", "2.0.0", "^2.0, !=1.3.0"),
        ("^1.0,!=2.*", "2.1", "^2.1,!=2.*"),
        ("^1.0 || ^2.0", "3.1", "^1.0 || ^3.1"),
        ("^1.0 || ^2.0rc1", "3.0", "^1.0 || ^3.0"),
        ("^1rc1 || ^2", "1rc2", "^1rc1 || ^2"),
        ("^1rc1 || ^0", "1rc1", "^1rc1"),
        ("^0.5 || ^1", "2.0rc1", "^2rc1"),
        ("*", "3.1", "*"),
    ],
)
def test_a_kept_constraint_that_excludes_the_version_moves_in_its_own_form(constraint, version, moved):
    assert repinned(constraint, version, Pin.KEEP) == moved
    assert repinned(moved, version, Pin.KEEP) == moved
    assert published(moved, version) or "!=2.*" in moved
