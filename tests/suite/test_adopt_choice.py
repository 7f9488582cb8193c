"""Which projects `init` takes for released, and why not the others."""

import pytest

from trainer_release.errors import ReleaseError
from trainer_release.suite.adopt.choice import choose
from trainer_release.suite.declared import declared

BUILD = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'


def text(name, *needs, build=BUILD, more=""):
    return f'{build}[project]\nname = "{name}"\nversion = "1.0.0"\ndependencies = {list(needs)}\n{more}'


def chosen(root="", **folders):
    files = {f"{folder.replace('__', '/')}/pyproject.toml": told for folder, told in folders.items()}
    files |= {"pyproject.toml": root} if root else {}
    return choose(files, files.get)


def released(choice):
    return [project.path for project in choice.released]


def reasons(choice):
    return {out.path: (out.pattern, out.why) for out in choice.left_out}


def test_examples_and_templates_are_known_by_their_folders():
    choice = chosen(
        libs__core=text("core"),
        examples__deep__one=text("one"),
        libs__uv_examples__two=text("two"),
        libs__sample_app=text("three"),
        libs__core__templates__four=text("four"),
        libs__page_templates=text("page-templates"),
        libs__demography=text("demography"),
    )
    assert released(choice) == ["libs/core", "libs/demography", "libs/page_templates"]
    assert reasons(choice) == {
        "examples/deep/one": ("examples", "an example"),
        "libs/uv_examples/two": ("libs/uv_examples", "an example"),
        "libs/sample_app": ("libs/sample_app", "an example"),
        "libs/core/templates/four": ("libs/core/templates", "a template"),
    }


@pytest.mark.parametrize(
    "marked",
    [
        text("x", more='classifiers = ["Private :: Do Not Upload"]\n'),
        text("x", more="[tool.uv]\npackage = false\n"),
        text("x", more="[tool.pdm]\ndistribution = false\n"),
        '[tool.poetry]\nname = "x"\nversion = "1.0.0"\npackage-mode = false\n',
    ],
    ids=["classifier", "uv", "pdm", "poetry"],
)
def test_a_project_that_says_it_is_private_is_left_out(marked):
    choice = chosen(pkgs__a=text("a"), pkgs__x=marked)
    assert released(choice) == ["pkgs/a"]
    assert reasons(choice)["pkgs/x"] == ("pkgs/x", "marked private")


def test_a_package_of_test_tools_is_released_and_a_fixture_is_not():
    choice = chosen(
        pkg=text("pkg"),
        tests__test_tools=text("test-tools"),
        tests__fixture=text("fixture", build=""),
        pkg__tests__data__inner=text("inner"),
        tests__wanted=text("wanted", build=""),
        other=text("other", "wanted"),
    )
    assert released(choice) == ["other", "pkg", "tests/test_tools", "tests/wanted"]
    assert reasons(choice) == {
        "tests/fixture": ("tests/fixture", "only for tests"),
        "pkg/tests/data/inner": ("pkg/tests", "only for tests"),
    }


def test_what_lies_among_the_tests_of_a_released_root_project_is_only_for_tests():
    root, inner = text("top"), {"tests__data__one": text("one"), "test_crates__two": text("two")}
    inner |= {
        "integration_tests__three": text("three"),
        "e2e_tests__four": text("four"),
        "test_kit__five": text("five"),
    }
    choice = chosen(root, **inner, tests__used=text("used"), libs__user=text("user", "used"))
    assert released(choice) == [".", "libs/user", "test_kit/five", "tests/used"]
    assert {why for _, why in reasons(choice).values()} == {"only for tests"}
    for mere in (
        text("top", more="[tool.uv]\npackage = false\n"),
        text("top", more='[tool.uv.workspace]\nmembers = ["a"]\n'),
    ):
        assert "tests/tools" in released(chosen(mere, tests__tools=text("tools"), a=text("a")))


def test_a_tool_that_requires_others_by_path_is_no_package_of_the_suite():
    pinner = '[tool.poetry]\nname = "pinner"\nversion = "1.0.0"\n[tool.poetry.dependencies]\na = {path = "../../a"}\n'
    choice = chosen(a=text("a"), tools__pins=pinner, tools__real=text("real"), apps__b=pinner.replace("pinner", "b"))
    assert released(choice) == ["a", "apps/b", "tools/real"]
    assert reasons(choice) == {"tools/pins": ("tools/pins", "a tool of the repository")}


def test_documentation_is_released_where_the_root_names_it_a_member():
    folders = {"a": text("a"), "docs__app": text("docs-app")}
    named = '[tool.uv.workspace]\nmembers = ["a", "docs/app"]\n'
    assert released(chosen(**folders)) == ["a"]
    assert released(chosen(named, **folders)) == ["a", "docs/app"]


def test_what_lies_outside_the_declared_workspace_is_found_too_and_is_no_member():
    choice = chosen('[tool.uv.workspace]\nmembers = ["a"]\n', a=text("a"), plugins__b=text("b"))
    assert released(choice) == ["a", "plugins/b"]
    assert choice.members == {".", "a"}


def test_of_two_projects_with_one_name_the_workspace_member_is_taken():
    choice = chosen('[tool.uv.workspace]\nmembers = ["z/a"]\n', a=text("My.Pkg"), z__a=text("my-pkg"))
    assert released(choice) == ["z/a"]
    assert reasons(choice) == {"a": ("a", "a second my-pkg")}


def test_a_template_that_is_no_toml_is_passed_over_with_a_note():
    choice = chosen(a=text("a"), gen=text("{{cookiecutter.name}}"), other="[project]\n{% if x %}\n{{ y }}\n")
    assert (released(choice), choice.templates, choice.unread) == (["a"], ("gen", "other"), ())


def test_a_broken_project_hides_no_other_one():
    choice = chosen(a=text("a"), b="[project\n", examples__c="[project\n")
    assert released(choice) == ["a"]
    assert [problem.path for problem in choice.unread] == ["b/pyproject.toml"]
    assert reasons(choice) == {"examples/c": ("examples", "an example")}


def test_a_version_that_cannot_be_told_hides_no_project():
    dynamic = f'{BUILD}[project]\nname = "b"\ndynamic = ["version"]\n[tool.hatch.version]\npath = "gone.py"\n'
    (a, b) = chosen(a=text("a"), b=dynamic).released
    assert (a.version, a.faults) == ("1.0.0", ())
    assert (b.version, [fault.code for fault in b.faults]) == (None, ["version-file-missing"])


POETRY = """
[tool.poetry.dependencies]
a = {path = "./libs/a", develop = true}
b = "1"
up = {path = "../up"}
[tool.poetry.group.dev.dependencies]
c = [{path = "c", python = "<3.9"}, {version = "1"}]
[tool.poetry.dev-dependencies]
root = {path = "."}
"""
PDM = """
[dependency-groups]
dev = ["-e file:///${PROJECT_ROOT}/libs/a#egg=a", "b @ file:///${PROJECT_ROOT}/b"]
[tool.pdm.dev-dependencies]
more = ["-e file:///${PROJECT_ROOT}/../up", "-e file:///elsewhere"]
"""
MEMBERS = {
    "uv": ('[tool.uv.workspace]\nmembers = ["libs/*"]\nexclude = ["libs/x"]\n', ("libs/*",), ("libs/x",)),
    "hatch": ('[tool.hatch.workspace]\nmembers = ["libs/*"]\nexclude = ["libs/x"]\n', ("libs/*",), ("libs/x",)),
    "hatch environments": (
        '[tool.hatch.envs.default]\nworkspace.members = ["a", {path = "b", features = ["x"]}, {}]\n',
        ("a", "b"),
        (),
    ),
    "poetry": (POETRY, ("libs/a", "c"), ()),
    "pdm": (PDM, ("b", "libs/a"), ()),
}


@pytest.mark.parametrize("tool", MEMBERS)
def test_each_tools_own_members_are_the_workspace(tool):
    told, members, excluded = MEMBERS[tool]
    found = declared({"pyproject.toml": told}.get)
    assert (tuple(sorted(found.members)), found.excluded) == (tuple(sorted(members)), excluded)


def test_a_root_that_declares_nothing_has_no_members():
    assert declared({}.get) is None
    assert declared({"pyproject.toml": text("a", "b>=1")}.get) is None
    with pytest.raises(ReleaseError):
        declared({"pyproject.toml": "["}.get)
