"""The review changes nothing, and what scripts read has the shape that the contract gives."""

from __future__ import annotations

import pytest


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line]


@pytest.mark.parametrize("words", [["--dry-run"], ["--dry-run", "--json"]])
def test_prepare_as_a_review_changes_nothing(executed, words):
    executed.row("1.1.0", '{a: "1.1.0", b: "1.0.0", c: "1.0.0"}')
    executed.write("packages/a/mill_a.py", executed.read("packages/a/mill_a.py"))
    before = executed.state()

    executed.run("prepare", "1.1.0", *words)

    assert executed.state() == before


def test_prepare_as_a_review_of_a_suite_that_was_never_released_makes_no_folder(fresh):
    work = fresh({"a": (), "b": ("a",)})
    before = work.state()
    shown = work.run("prepare", "1.2.0", "--dry-run").out
    assert work.state() == before
    assert not (work.root / ".git" / "trainer-release").exists()
    for words in (
        '+version = "1.2.0"',
        "v1.2.0",
        "1. a",
        "2. b",
        "3. core",
        "mill-core 1.2.0",
        "point of no return",
        "alone",
    ):
        assert words in shown


def test_execute_as_a_review_changes_nothing_and_lists_what_is_left_to_upload(prepared):
    before = prepared.state()
    shown = prepared.run("execute", "--dry-run").out
    document = prepared.run("execute", "--dry-run", "--json").json
    assert prepared.state() == before
    assert document["schema"] == "trainer-release/plan/v1"
    assert len(document["uploads"]) == 8
    assert [name for name in document["uploads"] if name not in shown] == []


def test_execute_as_a_review_of_a_published_release_has_nothing_to_upload(executed):
    before = executed.state()
    assert executed.run("execute", "--dry-run", "--json").json["uploads"] == []
    assert executed.state() == before


def test_a_real_run_carries_out_the_plan_that_the_review_showed(fresh):
    work = fresh({"a": ()}, umbrella=False)
    shown = work.run("prepare", "1.2.0", "--dry-run", "--json").json
    work.run("prepare", "1.2.0")
    record = work.record("v1.2.0")
    assert record["plan_id"] == shown["plan_id"]
    assert work.git("tag").split() == shown["tags"]
    assert {edit["path"] for edit in shown["edits"]} == set(work.git("diff", "--name-only", "HEAD~1").split())
    assert {name: m["version"] for name, m in record["modules"].items()} == {
        name: m["to"] for name, m in shown["modules"].items()
    }


def test_prepare_as_a_review_in_json(executed):
    executed.row("1.1.0", '{a: "1.0.0", b: "1.1.0", c: "1.0.0"}')
    document = executed.run("prepare", "1.1.0", "--dry-run", "--json").json
    modules = document["modules"]
    assert document["schema"] == "trainer-release/plan/v1"
    assert (document["suite"], document["version"], document["tags"]) == ("mill", "1.1.0", ["v1.1.0"])
    assert document["plan_id"]
    assert {name: (m["package"], m["from"], m["to"], m["publish"]) for name, m in modules.items()} == {
        "a": ("mill-a", "1.0.0", "1.0.0", False),
        "b": ("mill-b", "1.0.0", "1.1.0", True),
        "c": ("mill-c", "1.0.0", "1.0.0", False),
        "core": ("mill-core", "1.0.0", "1.1.0", True),
    }
    assert document["waves"] == [["b"], ["core"]]
    edits = {edit["path"]: edit["diff"] for edit in document["edits"]}
    assert '+version = "1.1.0"' in edits["packages/b/pyproject.toml"]
    assert "packages/a/pyproject.toml" not in edits


def test_the_graph_in_json(fresh):
    work = fresh({"a": (), "b": ("a",), "c": ("a",)})
    document = work.run("graph", "--format", "json").json
    assert document["modules"]["b"] == {
        "package": "mill-b",
        "path": "packages/b",
        "version": "1.0.0",
        "layout": "pep621",
        "depends": ["a"],
        "builds_with": [],
        "after": ["a"],
    }
    assert list(document["modules"]) == ["a", "b", "c", "core"]
    assert document["waves"] == [["a"], ["b", "c"], ["core"]]


def test_the_status_in_json_before_during_and_after(prepared, executed):
    document = prepared.run("status", "--json").json
    assert document["modules"]["a"] == {"catalog": "1.0.0", "project": "1.0.0", "index": None, "changed": False}
    (release,) = document["releases"]
    assert (release["version"], release["state"], len(release["missing"])) == ("1.0.0", "prepared", 8)
    executed.write("packages/b/mill_b.py", "")
    document = executed.run("status", "--json").json
    assert document["modules"]["b"] == {"catalog": "1.0.0", "project": "1.0.0", "index": "1.0.0", "changed": True}
    (release,) = document["releases"]
    assert (release["version"], release["state"], release["missing"]) == ("1.0.0", "published", [])


def test_the_check_in_json(fresh):
    work = fresh({"a": ()}, umbrella=False)
    assert work.run("check", "--json").json["problems"] == []
    work.replace("packages/a/pyproject.toml", 'version = "1.0.0"', 'version = "0.9.0"')
    (problem,) = work.run("check", "--json", code=4).json["problems"]
    assert {"severity", "code", "message", "path", "line", "column", "hint"} <= set(problem)
    assert (problem["code"], problem["path"], problem["line"]) == ("drift", "packages/a/pyproject.toml", 7)


def test_where_ci_is_set_the_embedded_index_must_be_asked_for(prepared):
    refused = prepared.run("execute", code=6, CI="true").err
    assert "--index local" in refused
    assert prepared.uploads() == []
    assert prepared.run("execute", "--dry-run", "--index", "local", "--json", CI="true").json["index"] == "local"
