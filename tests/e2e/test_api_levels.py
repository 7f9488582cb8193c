"""What a release does to public APIs, told before it is made: against the wheels that the embedded index serves."""

from __future__ import annotations

import pytest

from kit.suite import Workspace, tiny

KEPT = '"""A part."""\n\n\ndef name():\n    return "a"\n'


def targets(done):
    return {name: module["to"] for name, module in done.json["modules"].items()}


def warned(done):
    return [(p["code"], p["severity"], p["path"], p["line"]) for p in done.json["problems"]]


@pytest.fixture(params=["independent", "fixed"])
def released(request, once, home, tmp_path) -> Workspace:
    """Two modules that share nothing, and their umbrella, 1.0.0 published; `a` has one more function than its test needs."""

    def make(folder):
        work = tiny(folder, home, {"a": (), "b": ()}, release=f"{{index: local, versioning: {request.param}}}")
        work.write("packages/a/mill_a.py", KEPT + "\n\ndef more():\n    return 1\n")
        work.commit("One more")
        work.run("prepare", "1.0.0")
        work.run("execute")
        return work

    work = once(f"api-{request.param}", make).copy(tmp_path / "released")
    work.write("packages/a/mill_a.py", KEPT)
    work.commit("fix: tidy")
    return work


@pytest.mark.parametrize("released", ["independent"], indirect=True)
def test_a_removed_function_asks_for_major_and_a_smaller_bump_is_warned_of(released):
    before = released.state()
    review = released.run("prepare", "1.0.1", "--dry-run", "--json")
    assert targets(review) == {"a": "2.0.0", "b": "1.0.0", "core": "1.0.1"}
    notes = "\n".join(review.json["notes"])
    assert "a 1.0.0 → 2.0.0: major, changed since v1.0.0: public API since 1.0.0: mill_a.more" in notes
    assert warned(review) == []
    small = released.run("prepare", "1.0.1", "--bump", "a=patch", "--dry-run", "--json")
    assert targets(small)["a"] == "1.0.1"
    assert warned(small) == [("bump-too-small", "warning", "packages/a/mill_a.py", 8)]
    said = released.run("prepare", "1.0.1", "--bump", "a=patch", "--dry-run").err
    assert "warning[bump-too-small]: a 1.0.1 is a patch after 1.0.0, its public API asks for major" in said
    assert "mill_a.more: Public object was removed, packages/a/mill_a.py:8" in said
    assert "`--bump a=major`" in said
    assert released.state() == before
    assert released.run("check").err.count("bump-too-small") == 0


@pytest.mark.full
@pytest.mark.parametrize("released", ["fixed"], indirect=True)
def test_the_version_of_a_fixed_suite_is_held_against_the_largest_level(released):
    small = released.run("prepare", "1.1.0", "--dry-run", "--json")
    assert targets(small)["a"] == "1.1.0"
    assert [code for code, *_ in warned(small)] == ["bump-too-small"]
    assert "`prepare --bump major`" in small.json["problems"][0]["hint"]
    assert warned(released.run("prepare", "2.0.0", "--dry-run", "--json")) == []
    released.write("packages/a/mill_a.py", "def name(:\n")
    released.commit("No Python")
    broken = released.run("prepare", "1.1.0", "--dry-run", "--json").json
    assert broken["problems"] == []
    assert [note for note in broken["notes"] if "not compared: a (SyntaxError" in note]
