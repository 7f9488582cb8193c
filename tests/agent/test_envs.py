"""What an environment holds, compared with the wheels it was made from."""

from __future__ import annotations

import pytest

from kit.cells import cell, wheel
from trainer_release.agent.envs import ask, differences, same
from trainer_release.model.testing import TestSource
from trainer_release.world import artifacts
from trainer_release.world.venvs import interpreter


def facts(ref, version="1.0", **changed):
    files = artifacts.record_of(ref.path) | changed
    return {ref.package: {"version": version, "files": files}}


def test_only_the_wheel_s_own_version_and_bytes_are_no_difference(tmp_path):
    one, two = wheel(tmp_path, "kit-one"), wheel(tmp_path, "kit-two")
    given = cell(TestSource("module", "/tests"), (one,), siblings=(two,))
    assert differences(given, {"packages": facts(one)}) == ()
    assert differences(given, {"packages": facts(one) | facts(two)}) == ()
    assert differences(given, {"packages": facts(two)}) == ("kit-one is not installed",)
    assert differences(given, {"packages": facts(one, "1.1") | facts(two, "2")}) == (
        "kit-one 1.1 is installed, 1.0 was to be tested",
        "kit-two 2 is installed, 1.0 was to be tested",
    )
    other = {"kit_one/__init__.py": "sha256=other"}
    assert differences(given, {"packages": facts(one, **other)}) == ("kit-one: kit_one/__init__.py is not the wheel's",)


def test_what_installers_move_is_not_compared(tmp_path):
    one = wheel(tmp_path, "kit-one", **{"kit_one-1.0.data/scripts/kit": "#!python\n"})
    found = facts(one)
    del found["kit-one"]["files"]["kit_one-1.0.data/scripts/kit"]
    assert differences(cell(TestSource("module", "/tests"), (one,)), {"packages": found}) == ()


@pytest.mark.parametrize(
    ("one", "other", "equal"), [("1.0", "1.0.0", True), ("1.0", "1.1", False), ("odd", "odd", True)]
)
def test_spellings_of_one_version_are_the_same(one, other, equal):
    assert same(one, other) is equal


def test_a_probe_that_dies_has_no_answer(monkeypatch, tmp_path):
    assert ask(interpreter(), "import", "antigravity_that_is_not_there") != []
    assert ask(str(tmp_path / "none"), "import", "json") is None
