"""What orders a release: run-time needs, build needs, and the extras that somebody asks for."""

import pytest

from trainer_release.errors import ReleaseError
from trainer_release.model.catalog import Catalog, Listed, Mark
from trainer_release.suite.workspace import find, join


def text(name, *needs, extras=None, build=(), groups=None):
    tables = "".join(f"{key} = {value}\n" for key, value in (extras or {}).items())
    groups = "".join(f"{key} = {value}\n" for key, value in (groups or {}).items())
    return (
        f'[build-system]\nrequires = {list(build)}\nbuild-backend = "x"\n[project]\nname = "{name}"\nversion = "1.0.0"\n'
        f"dependencies = {list(needs)}\n[project.optional-dependencies]\n{tables}[dependency-groups]\n{groups}"
    )


def suite(**projects):
    files = {f"{name}/pyproject.toml": told for name, told in projects.items()}
    listed = {name: Listed(name, "1.0.0", Mark(2, 1)) for name in projects}
    return join(Catalog("versions.yaml", "", "s", "1.0.0", listed, Mark(1, 1)), find(files, files.get, ()))


def graph(**projects):
    return suite(**projects)[0].graph


def test_an_extra_that_somebody_asks_for_orders_and_is_no_need_of_its_own():
    found = graph(
        top=text("top", "core[all]>=1"), core=text("core", extras={"all": ["part"]}), part=text("part", "core")
    )
    assert found.waves == (("core",), ("part",), ("top",))
    assert found.depends["top"] == ("core", "part")
    assert found.runtime["top"] == ("core",)


def test_extras_that_nobody_asks_for_and_groups_never_make_a_circle():
    found = graph(
        a=text("a", extras={"all": ["b"]}, groups={"dev": ["b"]}),
        b=text("b", "a", extras={"test": ["b[more]"], "more": ["a[all]"]}),
    )
    assert found.waves == (("a",), ("b",))


def test_an_extra_may_ask_for_another_one_of_its_own_package():
    found = graph(
        top=text("top", "core[all]"), core=text("core", extras={"all": ["core[x]"], "x": ["part"]}), part=text("part")
    )
    assert found.depends["top"] == ("core", "part")
    assert found.depends["core"] == ()


def test_what_a_build_requires_orders_and_is_told_apart():
    found = graph(a=text("a", build=["hook>=1"]), hook=text("hook"))
    assert (found.waves, found.runtime["a"], found.builds["a"]) == ((("hook",), ("a",)), (), ("hook",))


def test_a_circle_through_a_requested_extra_names_the_extra_and_both_places():
    with pytest.raises(ReleaseError) as caught:
        graph(a=text("a", "core[all]"), core=text("core", extras={"all": ["b"]}), b=text("b", "a"))
    (problem,) = caught.value.problems
    assert (problem.code, problem.message) == ("dependency-cycle", "a → b → a")
    (reason,) = problem.context
    assert reason == (
        "a → b: a requires `core[all]` (a/pyproject.toml:7); the extra `all` requires `b` (core/pyproject.toml:9)"
    )


def test_a_version_that_cannot_be_told_is_a_complaint_and_no_end_of_the_suite():
    dynamic = (
        '[build-system]\nrequires = []\nbuild-backend = "hatchling.build"\n[project]\nname = "b"\ndynamic = ["version"]\n'
        'dependencies = ["a>=1"]\n[tool.hatch.version]\npath = "gone.py"\n'
    )
    found, problems = suite(a=text("a"), b=dynamic)
    assert [problem.code for problem in problems] == ["version-file-missing"]
    assert found.graph.waves == (("a",), ("b",))
    assert found.modules["b"].project.layout == "unstated"
