"""Which environments a suite is tested in."""

from __future__ import annotations

import pytest

from kit.cells import module, suite
from trainer_release.agent import cells
from trainer_release.model.testing import TestSource, WheelRef

TESTS = (TestSource("module", "/tests"),)
RUN, EXTRA, GROUP = "project.dependencies", "project.optional-dependencies", "dependency-groups"


def wheel(name: str) -> WheelRef:
    return WheelRef(f"kit-{name}", "1.0", f"/dist/kit_{name}.whl", "0" * 64)


def test_alone_means_one_wheel_and_no_sibling_that_is_itself():
    cell = cells.alone(module("one"), wheel("one"), (wheel("one"), wheel("two")), TESTS, "/python")
    assert (cell.mode, cell.modules, cell.wheels, cell.siblings) == (
        "isolated",
        ("one",),
        (wheel("one"),),
        (wheel("two"),),
    )
    assert (cell.requires, cell.extras, cell.tests, cell.python) == (("pytest>=8",), {}, TESTS, "/python")


@pytest.mark.parametrize(
    ("extras", "groups", "chosen", "requires"),
    [
        (("dev", "Test"), ("test",), ("Test",), ()),
        (("dev", "docs"), (), ("dev",), ()),
        (("docs",), ("dev", "testing"), None, ("b>=2",)),
        ((), ("dev",), None, ("a", "c")),
        ((), ("docs",), None, ()),
    ],
)
def test_the_extra_or_group_for_tests_is_found_by_its_name(extras, groups, chosen, requires):
    needs = [(f"{GROUP}.dev", "a"), (f"{GROUP}.testing", "b>=2"), (f"{GROUP}.dev", "c")]
    one = module("one", *needs, extras=extras, groups=groups)
    cell = cells.alone(one, wheel("one"), (), (), "/python")
    assert cell.extras == ({"kit-one": chosen} if chosen else {})
    assert cell.requires == ("pytest>=8", *requires)


def test_together_takes_the_umbrella_s_test_requirements_and_pins_what_has_no_wheel():
    one = module("one", extras=("test",))
    core = module("core", umbrella=True, extras=("dev",))
    cell = cells.together([one, core, module("far", project=False)], (wheel("one"), wheel("core")), (), "/python")
    assert (cell.modules, cell.siblings) == (("one", "core", "far"), ())
    assert cell.extras == {"kit-core": ("dev",)}
    assert cell.requires == ("pytest>=8", "kit-far==1.0")
    assert cell.pins == ("kit-far==1.0",)


def test_together_without_an_umbrella_takes_every_module_s():
    one, two = module("one", extras=("test",)), module("two", (f"{GROUP}.dev", "b"), groups=("dev",))
    cell = cells.together([one, two], (wheel("one"), wheel("two")), (), "/python")
    assert (cell.extras, cell.requires) == ({"kit-one": ("test",)}, ("pytest>=8", "b"))


def test_what_is_needed_follows_runtime_and_test_requirements():
    known = suite(
        module(
            "one",
            (RUN, "kit-two>=1"),
            (f"{EXTRA}.test", "kit-four"),
            (f"{EXTRA}.docs", "kit-five"),
            extras=("test", "docs"),
        ),
        module("two", (RUN, "kit-three")),
        module("three", (RUN, "kit-one")),
        module("four"),
        module("five"),
    )
    assert [each.name for each in cells.needed(known, known.modules["one"])] == ["four", "three", "two"]
    assert cells.needed(suite(module("far", project=False)), module("far", project=False)) == ()


def test_a_standing_environment_gets_nothing_installed():
    cell = cells.standing(("one",), TESTS, "/env/bin/python", "integration")
    assert (cell.existing, cell.wheels, cell.modules) == ("/env/bin/python", (), ("one",))
