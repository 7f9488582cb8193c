"""From projects and tags to the text of a catalog: names, umbrella, versions, groups, pins."""

import pytest

from trainer_release.errors import Severity
from trainer_release.model.catalog import Pin
from trainer_release.suite.adopt.adoption import adopt
from trainer_release.suite.adopt.choice import choose
from trainer_release.suite.adopt.text import catalog_text
from trainer_release.suite.adopt.versions import asked_for, linked, suite_version
from trainer_release.suite.assemble import assemble
from trainer_release.suite.catalog.reader import read


def text(name, version="1.0.0", needs=(), extras="", more=""):
    return (
        f'[build-system]\nrequires = []\nbuild-backend = "b"\n[project]\nname = "{name}"\nversion = "{version}"\n'
        f"dependencies = {list(needs)}\n{extras}{more}"
    )


def scm(name, needs=()):
    said = (
        text(name, needs=needs)
        .replace('version = "1.0.0"', 'dynamic = ["version"]')
        .replace('"b"', '"hatchling.build"')
    )
    return said + '[tool.hatch.version]\nsource = "vcs"\n'


def adopted(root="", *, tags=(), folder="somewhere", branch=None, suite=None, **folders):
    files = {f"{path.replace('__', '/')}/pyproject.toml": told for path, told in folders.items()}
    files |= {"pyproject.toml": root} if root else {}
    choice = choose(files, files.get)
    return adopt(choice, folder, tags=tags, branch=branch, suite=suite), files


def written(*args, **more):
    """The catalog as it reads back, the suite it makes and the complaints about it."""
    adoption, files = adopted(*args, **more)
    told = catalog_text(adoption)
    catalog, problems = read(told, "versions.yaml")
    suite, others = assemble("versions.yaml", files, {**files, "versions.yaml": told}.get)
    assert [problem for problem in (*problems, *others) if problem.severity is Severity.ERROR] == []
    return catalog, suite


def test_a_shared_prefix_is_the_suite_and_is_taken_off_the_modules():
    catalog, suite = written(packages__a=text("mill-a"), packages__b=text("mill-b", needs=["mill-a>=1"]))
    assert (catalog.suite, catalog.version, list(catalog.modules)) == ("mill", "1.0.0", ["a", "b"])
    assert {name: module.package for name, module in suite.modules.items()} == {"a": "mill-a", "b": "mill-b"}
    assert catalog.release.versioning == "fixed"
    assert catalog.rows["1.0.0"].modules == {"a": "1.0.0", "b": "1.0.0"}


def test_without_a_shared_prefix_the_root_project_or_the_repository_names_the_suite():
    catalog, _ = written(text("Head", needs=["one", "two"]), a=text("one"), b=text("two"))
    assert (catalog.suite, catalog.umbrella) == ("head", "Head")
    catalog, suite = written(folder="My Tools!", a=text("one"), b=text("two"))
    assert (catalog.suite, suite.umbrella, list(catalog.modules)) == ("my-tools", None, ["one", "two"])


def test_the_umbrella_depends_on_the_others_and_lends_its_version():
    needs = ["m-a==2.0.0", "m-b==2.0.0"]
    catalog, suite = written(p__a=text("m-a", "2.0.0"), p__b=text("m-b", "2.0.0"), p__all=text("m-all", "2.1.0", needs))
    assert (suite.umbrella.package, catalog.version) == ("m-all", "2.1.0")
    assert "all" not in catalog.modules
    assert {name: module.version for name, module in suite.modules.items()} == {
        "a": "2.0.0",
        "b": "2.0.0",
        "all": "2.1.0",
    }


def test_a_core_that_all_need_is_no_umbrella_though_it_is_called_so():
    catalog, suite = written(
        a=text("m-a", "0.3.0", ["m-core>=0.1"]), b=text("m-b", "0.2.0", ["m-core>=0.1"]), core=text("m-core", "0.1.0")
    )
    assert (suite.umbrella, catalog.suite) == (None, "m-suite")
    assert {module.package for module in suite.modules.values()} == {"m-a", "m-b", "m-core"}


def test_what_merely_needs_the_others_but_shares_neither_name_nor_version_is_no_umbrella():
    _, suite = written(folder="tools", a=text("one"), b=text("two"), c=text("top", "7.0", ["one", "two"]))
    assert suite.umbrella is None


def test_a_single_package_is_listed():
    catalog, suite = written(text("solo"))
    assert (catalog.suite, list(catalog.modules), suite.umbrella.package) == ("solo", ["solo"], "solo")


def test_modules_outside_the_workspace_have_their_paths_and_odd_names_their_packages():
    root = '[tool.uv.workspace]\nmembers = ["in"]\n'
    catalog, suite = written(root, **{"in": text("m-in")}, out=text("m-out"), odd=text("m-released"))
    assert (catalog.modules["in"].path, catalog.modules["out"].path) == (None, "out")
    assert catalog.modules["m-released"].path == "odd"


def test_a_name_that_leads_to_another_package_has_its_own():
    catalog, suite = written(suite="m", a=text("m-a"), b=text("a"))
    assert {name: module.package for name, module in suite.modules.items()} == {"m-a": "m-a", "a": "a"}
    assert catalog.modules["a"].package == "a"


def test_what_is_left_out_is_excluded_with_the_reason():
    adoption, _ = adopted(a=text("a"), **{f"examples__x{n}": text(f"x{n}") for n in range(5)})
    told = catalog_text(adoption)
    assert "  - examples  # an example: x0, x1, x2 and 2 more\n" in told
    assert read(told, "versions.yaml")[0].exclude == ("examples",)


def test_a_few_shared_versions_are_groups_and_many_are_independent():
    catalog, _ = written(a=text("m-a", "1.2.0"), b=text("m-b", "1.2.0"), c=text("m-c", "0.5b0"), d=text("m-d", "0.5b0"))
    assert (catalog.version, catalog.release.versioning) == ("1.2.0", "fixed")
    assert {group.name: (group.version, group.modules) for group in catalog.groups.values()} == {
        "beta": ("0.5b0", ("c", "d"))
    }
    catalog, _ = written(a=text("m-a", "1.2.0"), b=text("m-b", "1.1.0"), c=text("m-c", "0.5b0"))
    assert (catalog.release.versioning, catalog.groups) == ("independent", {})


@pytest.mark.parametrize(
    ("versions", "groups"),
    [
        ({"a": "1.0", "b": "1.0", "c": "0.5rc1", "d": "0.5rc1"}, ["candidate"]),
        ({"a": "1.0", "b": "1.0", "c": "0.5a1", "d": "0.5a1", "e": "0.4a1", "f": "0.4a1"}, ["alpha", "alpha-0-4a1"]),
        ({"a": "1.0", "b": "1.0", "c": "0.5", "d": "0.5"}, ["v0"]),
        ({**dict.fromkeys("abcdefgh", "1.0"), "z": "3.0"}, ["v3"]),
    ],
)
def test_groups_are_named_after_their_phase_or_first_number(versions, groups):
    assert list(linked("1.0", versions).groups) == groups
    assert linked("1.0", versions, sure=False).versioning == "independent"


@pytest.mark.parametrize(
    ("pins", "policy"),
    [
        (["m-a==1.0.0"], Pin.EXACT),
        (["m-a~=1.0.0"], Pin.COMPATIBLE),
        (["m-a>=1.0.0"], Pin.MINIMUM),
        (["m-a>=1.0.0,<2"], Pin.RANGE),
        (["m-a>=0.9"], Pin.KEEP),
        (["m-a==1.0.0", "m-b>=1.0.0"], Pin.KEEP),
        (["m-a"], Pin.KEEP),
        (["m-a @ https://index.example/a.whl"], Pin.KEEP),
    ],
)
def test_a_pin_policy_is_the_suites_only_where_it_would_change_no_pin(pins, policy):
    adoption, _ = adopted(a=text("m-a"), b=text("m-b"), c=text("m-c", needs=pins))
    assert adoption.pin is policy


def test_versions_that_only_tags_know_come_from_tags():
    folders = {"a": scm("m-a"), "b": scm("m-b", ["m-a>=1.5"])}
    catalog, _ = written(**folders, tags=["v1.9.0", "v1.10.0", "m-b-v3.0.0"], branch="trunk")
    assert {name: module.version for name, module in catalog.modules.items()} == {"a": "1.10.0", "b": "3.0.0"}
    assert (catalog.release.tag, catalog.release.module_tag) == ("v{version}", "{package}-v{version}")
    assert catalog.release.branches == ("trunk", "release/*")


def test_without_tags_the_pins_tell_the_least_that_a_version_can_be():
    adoption, _ = adopted(a=scm("m-a"), b=scm("m-b", ["m-a>=1.5"]), c=scm("m-c", ["m-a>=1.7,<2"]))
    assert {module.name: module.version for module in adoption.modules} == {"a": "1.7", "b": "1.7", "c": "1.7"}
    assert "# Neither a file nor a tag tells the version of m-a, m-b, m-c: correct it here." in catalog_text(adoption)


@pytest.mark.parametrize(
    ("specifiers", "version"),
    [
        ([">=1.0", ">=1.2,<2"], "1.2"),
        ([">=0.9.8.post19.dev0"], "0.9.8.post19"),
        (["==1.45.0.dev", "~=1.15"], "1.45.0.dev0"),
        (["==1.*"], None),
        (["<2"], None),
        ([">=2", "<1"], None),
        ([], None),
    ],
)
def test_the_least_version_that_all_pins_admit(specifiers, version):
    assert asked_for(specifiers) == version


def test_other_spellings_of_versions_are_written_canonically():
    catalog, _ = written(a=text("m-a", "v1.0"), b=text("m-b", "1.0.dev"))
    assert {name: module.version for name, module in catalog.modules.items()} == {"a": "1.0", "b": "1.0.dev0"}


def test_names_that_yaml_or_the_catalog_would_misread_are_quoted():
    catalog, suite = written(a=text("groups-on"), b=text("groups-1.0"), c=text("groups-x", needs=["groups-on"]))
    assert catalog.suite == "groups"
    assert {module.package for module in suite.modules.values()} == {"groups-on", "groups-1.0", "groups-x"}
    assert "suite:\n  name: groups\n" in catalog.text


def test_what_is_stable_names_the_release_and_the_betas_are_a_group():
    stated = {**{f"b{n}": "0.66b0.dev0" for n in range(13)}, **{f"s{n}": "1.45.0.dev0" for n in range(12)}}
    assert suite_version(stated.values(), None) == ("1.45.0.dev0", "that of 12 of 25 packages")
    assert set(linked("1.45.0.dev0", stated).groups) == {"beta"}
    few = [*["0.66b0"] * 13, *["1.0.0"] * 6]
    assert suite_version(few, None)[0] == "0.66b0"
