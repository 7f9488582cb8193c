"""Projects found in a workspace, joined with the catalog into a suite."""

import pytest

from trainer_release.errors import ReleaseError, Severity
from trainer_release.model.catalog import Catalog, Group, Listed, Mark, Pin, Release, Row
from trainer_release.suite.workspace import find, join, wanted_names


def project_text(name, *dependencies, version="1.0.0", more=""):
    return f'[project]\nname = "{name}"\nversion = "{version}"\ndependencies = {list(dependencies)}\n{more}\n'


def texts(**projects):
    return {
        ("" if folder == "root" else folder.replace("__", "/") + "/") + "pyproject.toml": text
        for folder, text in projects.items()
    }


def found(files, exclude=(), **named):
    return find(files, files.get, exclude, **named)


def folders(files, exclude=(), **named):
    return [project.path for project in found(files, exclude, **named)]


def catalog(*modules, suite="trainer", version="1.0.0", **more):
    listed = {}
    for line, module in enumerate(modules, 4):
        each = module if isinstance(module, dict) else {"name": module}
        listed[each["name"]] = Listed(**{"version": "1.0.0", "mark": Mark(line, 3)} | each)
    return Catalog("versions.yaml", "", suite, version, listed, Mark(1, 1), **more)


def joined(catalog, **projects):
    return join(catalog, found(texts(**projects)))


def refused(catalog, **projects):
    with pytest.raises(ReleaseError) as caught:
        joined(catalog, **projects)
    assert caught.value.exit == 3
    return {problem.code: problem for problem in caught.value.problems}


def codes(problems):
    return [problem.code for problem in problems]


UV = '[tool.uv.workspace]\nmembers = ["mods/*", "deep/**"]\nexclude = ["mods/skip"]\n'


def test_uv_members_and_the_root_are_the_workspace_where_the_root_names_them():
    projects = {
        f: project_text(f.replace("__", "-"))
        for f in ("mods__a", "mods__skip", "mods__b__c", "deep__x__y", "packages__z")
    }
    root = project_text("root", more=UV)
    assert folders(texts(root=root, **projects)) == [".", "deep/x/y", "mods/a"]
    assert folders(texts(root=UV, **projects)) == ["deep/x/y", "mods/a"]


def test_without_members_the_usual_folders_and_the_root_are_the_workspace():
    names = (
        "packages__a",
        "packages__group__b",
        "apps__c",
        "libs__d",
        "examples__e",
        "packages__a__tests__f",
    )
    projects = {name: project_text(name.replace("__", "-")) for name in names}
    usual = ["apps/c", "libs/d", "packages/a", "packages/group/b"]
    assert folders(texts(root="[tool.ruff]", **projects)) == usual
    assert folders(texts(root=project_text("r"), **projects)) == [".", *usual]
    assert folders(texts(root=project_text("r"), packages="[tool.ruff]", **projects)) == [".", *usual]


def test_without_usual_folders_every_project_is_the_workspace():
    projects = {f: project_text(f.replace("__", "-")) for f in ("a", "b__c")}
    assert folders(texts(**projects)) == ["a", "b/c"]


def test_a_folder_that_the_catalog_names_is_found_wherever_it_lies():
    projects = {f: project_text(f.replace("__", "-")) for f in ("packages__a", "plugins__b")}
    assert folders(texts(**projects), named=["plugins/b", "nowhere"]) == ["packages/a", "plugins/b"]


def test_what_is_excluded_or_below_it_or_without_a_name_is_left_out():
    projects = {f: project_text(f.replace("__", "-")) for f in ("a", "ex__b", "ex__c__d")}
    files = texts(root=project_text("root"), templates="{% x", **projects)
    assert folders(files, ["ex/*"]) == [".", "a"]
    assert folders(files, ["./ex/", "."]) == ["a"]
    assert folders(files, ["**/c"]) == [".", "a", "ex/b"]


def test_the_problems_of_all_projects_are_told_at_once():
    files = texts(a="[project", b=project_text("b", "x >== 1"), c=project_text("D.e"), d=project_text("d_E"))
    with pytest.raises(ReleaseError) as caught:
        found(files)
    assert codes(caught.value.problems) == ["toml-invalid", "requirement-invalid", "package-duplicate"]
    assert "D.e in c" in caught.value.problems[2].message
    assert "d_E in d" in caught.value.problems[2].message


def test_a_broken_root_is_told_with_its_place():
    with pytest.raises(ReleaseError) as caught:
        found(texts(root="[tool", a=project_text("a")))
    assert codes(caught.value.problems) == ["toml-invalid"]


def test_a_module_is_looked_for_under_the_suites_name_and_its_own():
    listed = catalog("Prompt_Manager", {"name": "x", "package": "Other.Name"})
    assert wanted_names(listed, "Prompt_Manager") == ("trainer-prompt-manager", "prompt-manager")
    assert wanted_names(listed, "x") == ("other-name",)


def test_modules_are_found_by_distribution_name_in_any_folder():
    suite, problems = joined(
        catalog("prompt-manager", "llm-provider", "plain", {"name": "x", "package": "Special"}),
        packages__prompt_manager=project_text("trainer_prompt_manager"),
        packages__anything=project_text("trainer-llm-provider"),
        libs__plain=project_text("plain"),
        libs__special=project_text("special"),
    )
    assert problems == ()
    assert {name: (module.package, module.path) for name, module in suite.modules.items()} == {
        "prompt-manager": ("trainer_prompt_manager", "packages/prompt_manager"),
        "llm-provider": ("trainer-llm-provider", "packages/anything"),
        "plain": ("plain", "libs/plain"),
        "x": ("special", "libs/special"),
    }


def test_what_the_catalog_says_of_a_module_is_kept():
    listed = {"name": "a", "pin": Pin.EXACT, "publish": False, "build": "tree", "path": "./packages/odd/"}
    suite, _ = joined(
        catalog(listed, "b", release=Release(pin=Pin.RANGE)),
        packages__odd=project_text("zzz"),
        packages__b=project_text("b"),
    )
    a, b = suite.modules["a"], suite.modules["b"]
    assert (a.pin, a.publish, a.build, a.package, a.path) == (Pin.EXACT, False, "tree", "zzz", "packages/odd")
    assert (b.pin, b.publish, b.build) == (Pin.RANGE, True, "sdist")


def test_a_version_that_is_not_listed_comes_from_the_group_the_row_or_the_suite():
    modules = [{"name": n, "version": None, "group": g} for n, g in [("a", "beta"), ("b", None), ("c", None)]]
    suite, _ = joined(
        catalog(
            *modules,
            groups={"beta": Group("beta", "0.5b0", ("a",), Mark(1, 1))},
            rows={"1.0.0": Row("1.0.0", {"b": "1.2.0"}, Mark(1, 1))},
        ),
        **{name: project_text(name) for name in "abc"},
    )
    assert [suite.modules[name].version for name in "abc"] == ["0.5b0", "1.2.0", "1.0.0"]


def test_a_path_without_a_project_is_refused_with_the_nearest():
    problem = refused(catalog({"name": "a", "path": "packages/aa"}), packages__a=project_text("a"))["path-missing"]
    assert (problem.path, problem.line, problem.column) == ("versions.yaml", 4, 3)
    assert "packages/a" in problem.hint


def test_a_path_with_another_package_is_refused():
    listed = {"name": "a", "path": "packages/a", "package": "b"}
    assert "holds a, not b" in refused(catalog(listed), packages__a=project_text("a"))["package-mismatch"].message


def test_two_modules_that_are_one_package_are_refused():
    problem = refused(catalog("a", "trainer-a"), packages__a=project_text("trainer-a"))["module-ambiguous"]
    assert problem.line == 5


def test_a_module_that_is_nowhere_is_a_warning_and_has_no_project():
    suite, problems = joined(
        catalog("a", "gon"),
        packages__a=project_text("trainer-a"),
        packages__g=project_text(
            "trainer-gone",
            more='classifiers = ["Private :: x"]'.replace("classifiers", "[tool.uv]\npackage = false #"),
        ),
    )
    assert suite.modules["gon"].project is None
    assert (suite.modules["gon"].package, suite.modules["gon"].path) == ("trainer-gon", None)
    assert [(p.code, p.severity) for p in problems] == [
        ("module-not-in-workspace", Severity.WARNING),
        ("project-unlisted", Severity.NOTE),
    ]
    assert "trainer-gone in packages/g" in problems[0].hint


def test_a_module_of_another_repository_is_no_warning():
    listed = {"name": "far", "repository": "https://git.example/far.git", "path": "lib"}
    suite, problems = joined(catalog(listed))
    assert problems == ()
    assert suite.modules["far"].project is None


@pytest.mark.parametrize(
    ("package", "name"), [("trainer-core", "core"), ("trainer", "trainer"), ("Trainer_Core", "core")]
)
def test_the_umbrella_is_found_by_its_name_and_has_the_suites_version(package, name):
    suite, _ = joined(catalog("a", version="2.0.0"), apps__x=project_text(package), packages__a=project_text("a"))
    assert (suite.umbrella.name, suite.umbrella.version, suite.umbrella.path) == (name, "2.0.0", "apps/x")
    assert [module.umbrella for module in suite.modules.values()] == [False, True]


def test_the_umbrella_is_found_by_the_package_or_the_path_that_the_catalog_gives():
    projects = {"apps__x": project_text("trainer-all"), "packages__c": project_text("trainer-core")}
    for more in ({"umbrella": "trainer_all"}, {"umbrella_path": "apps/x"}):
        suite, _ = joined(catalog("core", **more), **projects)
        assert (suite.umbrella.name, suite.umbrella.package) == ("all", "trainer-all")


def test_a_listed_umbrella_stays_one_module():
    suite, problems = joined(
        catalog("core", "a"), apps__core=project_text("trainer-core"), packages__a=project_text("a")
    )
    assert list(suite.modules) == ["core", "a"]
    assert suite.modules["core"].umbrella
    assert problems == ()


def test_a_listed_umbrella_with_another_version_is_refused():
    assert "umbrella-version" in refused(catalog("core", version="2.0.0"), apps__c=project_text("trainer-core"))


def test_an_umbrella_that_takes_another_modules_name_is_refused():
    listed = {"name": "core", "package": "heart"}
    projects = {"apps__c": project_text("trainer-core"), "libs__h": project_text("heart")}
    assert "module-ambiguous" in refused(catalog(listed), **projects)


def test_an_umbrella_that_is_not_there_is_told():
    suite, problems = joined(catalog("a", umbrella="trainer-all"), packages__a=project_text("a"))
    assert (suite.umbrella.package, suite.umbrella.project) == ("trainer-all", None)
    assert codes(problems) == ["module-not-in-workspace"]
    assert "path-missing" in refused(catalog("a", umbrella_path="apps/no"), packages__a=project_text("a"))


def test_a_suite_without_umbrella_has_none():
    assert joined(catalog("a"), packages__a=project_text("a"))[0].umbrella is None


def test_unlisted_projects_are_refused_unless_excluded_or_retired():
    projects = {f"packages__{name}": project_text(name) for name in ("a", "old", "example", "forgotten")}
    listed = catalog("a", exclude=("packages/ex*",), retired={"old": {"since": "1.0.0"}})
    problem = refused(listed, **projects)["project-unlisted"]
    assert "forgotten in packages/forgotten" in problem.message
    assert "versions.yaml" in problem.hint


def test_dependencies_and_build_requirements_order_groups_and_unasked_extras_do_not():
    build = '[build-system]\nrequires = ["trainer-c"]\n[project.optional-dependencies]\nx = ["trainer-d"]\n[dependency-groups]\ndev = ["trainer-d"]'
    suite, _ = joined(
        catalog("a", "b", "c", "d"),
        packages__a=project_text("trainer-a", "trainer-b>=1; python_version > '3'", "requests", more=build),
        packages__b=project_text("trainer-b"),
        packages__c=project_text("trainer-c"),
        packages__d=project_text("trainer-d", "trainer-a"),
    )
    assert suite.graph.depends["a"] == ("b", "c")
    assert suite.graph.waves == (("b", "c"), ("a",), ("d",))


def test_an_extra_that_is_asked_for_is_followed_through_self_references():
    extras = '[project.optional-dependencies]\nAll_Of = ["trainer-b[some]", "requests"]\nsome = ["trainer-b[one]"]\none = ["trainer-c", "trainer-b[all-of]"]\nnever = ["trainer-a"]'
    suite, _ = joined(
        catalog("a", "b", "c"),
        packages__a=project_text("trainer-a", "trainer-b[all.of]>=1"),
        packages__b=project_text("trainer-b", more=extras),
        packages__c=project_text("trainer-c", "trainer-b"),
    )
    assert suite.graph.depends["a"] == ("b", "c")
    assert suite.graph.order == ("b", "c", "a")


def test_a_cycle_is_told_together_with_everything_else():
    problems = refused(
        catalog("a", "b", {"name": "c", "path": "no"}),
        packages__a=project_text("trainer-a", "trainer-b @ file:///b"),
        packages__b=project_text("trainer-b", "trainer-a==0.1"),
    )
    assert {"path-missing", "direct-reference", "pin-excludes"} < set(problems)
    assert any("cycle" in code for code in problems)


def test_a_pin_that_excludes_the_catalogs_version_is_drift():
    groups = '[dependency-groups]\ndev = ["trainer-b!=1.0.0"]'
    _, problems = joined(
        catalog("a", "b"),
        packages__a=project_text("trainer-a", "trainer-b>=0.1,<1", more=groups),
        packages__b=project_text("trainer-b", "trainer-b[x]"),
    )
    assert codes(problems) == ["pin-excludes", "pin-excludes"]
    assert ReleaseError(*problems).exit == 4
    assert (problems[0].path, problems[0].line) == ("packages/a/pyproject.toml", 4)
    assert "sync" in problems[0].hint
    assert "by hand" in problems[1].hint


def test_drift_that_is_about_to_be_mended_is_told_beside_errors_alone():
    listed = catalog("a", "b")
    projects = found(texts(packages__a=project_text("trainer-a", "trainer-b<1"), packages__b=project_text("trainer-b")))
    assert join(listed, projects, drift=False)[1] == ()
    errors = []
    for drift in (True, False):
        with pytest.raises(ReleaseError) as caught:
            join(catalog("a", "b", {"name": "c", "path": "no"}), projects, drift=drift)
        errors.append(codes(caught.value.problems))
    assert errors == [["path-missing", "pin-excludes"]] * 2


def test_a_direct_reference_to_a_sibling_is_refused_where_it_would_be_published():
    groups = '[dependency-groups]\ndev = ["trainer-b @ file:///b"]'
    projects = {
        "packages__a": project_text("trainer-a", more=groups),
        "packages__b": project_text("trainer-b"),
    }
    assert joined(catalog("a", "b"), **projects)[1] == ()
    projects["packages__a"] = project_text("trainer-a", "trainer-b @ file:///b")
    assert refused(catalog("a", "b"), **projects)["direct-reference"].line == 4
    assert joined(catalog({"name": "a", "publish": False}, "b"), **projects)[1] == ()
