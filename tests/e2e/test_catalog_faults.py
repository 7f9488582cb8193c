"""A catalog, a workspace or a graph that is wrong: exit 3, every fault at once, with its place and the next move."""

from __future__ import annotations

import re

import pytest

WRONG = """\
mill:
  version: "1.0.0"
modules:
  a: "1.0.0"
  b: 1.0
  A: "1.0.0"
  c: {version: "1.0.0", path: packages/nowhere}
  d: {version: "1.0.0", path: ../elsewhere}
  e: {version: "1.0.0", publsh: false}
release: {index: local, psh: none}
"""


def pages(text: str) -> dict[int, str]:
    """The error pages of a text by the line of versions.yaml that they name; each has a hint."""
    found = {}
    for page in re.split(r"(?m)^(?=error\[|warning\[)", text):
        place = re.search(r"--> versions\.yaml:(\d+):\d+\n", page)
        if place:
            assert "\n   = " in page, page
            found[int(place[1])] = page
    return found


@pytest.fixture
def wrong(fresh):
    work = fresh({"a": (), "b": ("a",)}, umbrella=False)
    work.write("versions.yaml", WRONG)
    return work


def test_every_fault_of_a_catalog_is_told_in_one_run_with_line_and_next_move(wrong):
    found = pages(wrong.run("check", code=3).err)
    expected = {5: "1.0", 6: "A", 7: "packages/nowhere", 8: "../elsewhere", 9: "publsh", 10: "psh"}
    assert {line: words in found.get(line, "") for line, words in expected.items()} == dict.fromkeys(expected, True)


def test_the_same_faults_as_json_have_place_and_hint_and_refuse_every_command(wrong):
    listed = wrong.run("check", "--json", code=3).json["problems"]
    assert {(p["path"], p["line"]) for p in listed} >= {("versions.yaml", line) for line in (5, 6, 7, 8, 9, 10)}
    assert [p for p in listed if not (p["hint"] and p["column"] and p["severity"] and p["code"])] == []
    for words in (["prepare", "1.0.0", "--dry-run"], ["sync", "--check"], ["status"], ["graph"]):
        assert len(pages(wrong.run(*words, code=3).err)) >= 6


def test_a_cycle_is_named_as_a_path_with_the_lines_that_make_it(fresh):
    work = fresh({"a": ("c",), "b": ("a",), "c": ("b",)}, umbrella=False)
    told = work.run("check", code=3).err
    assert re.search(r"a\b.*\bc\b.*\bb\b.*\ba|b\b.*\ba\b.*\bc\b.*\bb|c\b.*\bb\b.*\ba\b.*\bc", told)
    assert re.search(r"--> packages/[abc]/pyproject\.toml:\d+", told)
    assert "\n   = " in told


def test_a_file_that_is_no_yaml_is_told_with_its_line(fresh):
    work = fresh({"a": ()}, umbrella=False)
    work.write("versions.yaml", 'mill:\n  version: "1.0.0"\nmodules: [\n')
    assert re.search(r"error\[.*\n  --> versions\.yaml:\d+", work.run("check", code=3).err)


def test_drift_alone_is_exit_4_for_check_and_sync_and_sync_takes_it_away(fresh):
    work = fresh({"a": (), "b": ("a",)}, umbrella=False)
    work.replace("packages/a/pyproject.toml", 'version = "1.0.0"', 'version = "0.9.0"  # of last year')
    work.replace("packages/b/pyproject.toml", "mill-a>=1.0.0,<2", "mill-a>=0.5,<1")
    before = work.state()

    told = work.run("check", code=4).err
    changes = work.run("sync", "--check", code=4).out

    assert work.state() == before
    for code, path in (("drift", "packages/a/pyproject.toml"), ("pin-excludes", "packages/b/pyproject.toml")):
        assert re.search(rf"error\[{code}\].*\n  --> {path}:\d+", told)
        assert f"+++ b/{path}" in changes
    work.run("sync")
    work.run("check")
    work.run("sync", "--check")
    assert 'version = "1.0.0"  # of last year' in work.read("packages/a/pyproject.toml")
    assert "mill-a>=1.0.0,<2" in work.read("packages/b/pyproject.toml")


def test_drift_beside_a_fault_of_the_catalog_is_exit_3(fresh):
    work = fresh({"a": ()}, umbrella=False)
    work.replace("packages/a/pyproject.toml", 'version = "1.0.0"', 'version = "0.9.0"')
    work.replace("versions.yaml", "release:", "relase:")
    assert "relase" in work.run("check", code=3).err


def test_a_fault_of_the_catalog_and_one_of_a_project_are_told_in_one_run(fresh):
    work = fresh({"a": ()}, umbrella=False)
    work.write("packages/a/pyproject.toml", "[project\n")
    work.replace("versions.yaml", "release:", "relase:")
    told = work.run("check", code=3).err
    assert "--> versions.yaml:5:1" in told
    assert "--> packages/a/pyproject.toml:1" in told
