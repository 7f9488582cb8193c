"""log, show and diff: rows, tags, records and manifests tell one history, and without git the catalog does."""

from __future__ import annotations

import json

import pytest

from kit.facts import record as made_record
from kit.facts import verdict
from kit.repo import repository, suite
from trainer_release.app.history import Difference, diff, log, show
from trainer_release.errors import ReleaseError
from trainer_release.model.catalog import Tested
from trainer_release.release.record import annotation

ROWS = '  "0.9.0": {released: 2023-01-05, modules: {words: "0.9.0", old: "0.3.0"}}\n'
MORE = ROWS + 'retired: {old: {since: "1.0.0", replaced-by: speech}}\n'


def in_folder(folder, more=MORE, version="1.0.0"):
    for path, text in suite(version, more=more).items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return folder


def test_the_catalog_alone_tells_a_history_without_git(tmp_path):
    found = log(in_folder(tmp_path))
    assert (found.suite, found.current) == ("demo", "1.0.0")
    assert [(e.version, e.date, e.known_by) for e in found.entries] == [
        ("1.0.0", None, ("row",)),
        ("0.9.0", "2023-01-05", ("row",)),
    ]
    assert found.retired == {"old": {"since": "1.0.0", "replaced-by": "speech"}}


def test_a_broken_workspace_has_a_history_still(tmp_path):
    in_folder(tmp_path)
    (tmp_path / "packages/words/pyproject.toml").write_text("[")
    assert len(log(tmp_path).entries) == 2


def test_versions_differ_module_by_module(tmp_path):
    assert diff(in_folder(tmp_path), "0.9.0", "1.0.0")[1] == (
        Difference("old", "0.3.0", None, "removed"),
        Difference("speech", None, "1.0.0", "added"),
        Difference("words", "0.9.0", "1.0.0", "moved"),
    )
    assert {each.change for each in diff(tmp_path, "1.0.0", "1.0.0")[1]} == {"same"}


@pytest.mark.parametrize(("version", "near"), [("1.0", "1.0.0"), ("v0.9.0", "0.9.0"), ("7", "1.0.0")])
def test_an_unknown_version_is_refused_with_those_that_are_near(tmp_path, version, near):
    with pytest.raises(ReleaseError) as caught:
        show(in_folder(tmp_path), version)
    (problem,) = caught.value.problems
    assert (problem.code, caught.value.exit) == ("version-unknown", 2)
    assert near in problem.hint


def test_a_catalog_without_rows_has_no_version_yet(tmp_path):
    (tmp_path / "versions.yaml").write_text('demo: {version: "1.0.0"}\nmodules: {words: "1.0.0"}\n')
    assert log(tmp_path).entries == ()
    with pytest.raises(ReleaseError, match="version-unknown"):
        show(tmp_path, "1.0.0")


def test_a_tag_made_by_hand_is_read_by_the_catalog_in_it(tmp_path):
    made = repository(tmp_path / "work", suite("0.8.0"))
    made.git("tag", "v0.8.0")
    made.git("tag", "vanilla")
    made.git("tag", "v0.7.0", made.commit("No catalog", **{"versions.yaml": "["}))
    in_folder(made.root)
    made.commit("Another catalog")
    found = {entry.version: entry for entry in log(made.root).entries}
    assert list(found) == ["1.0.0", "0.9.0", "0.8.0", "0.7.0"]
    assert (found["0.8.0"].modules, found["0.8.0"].known_by) == ({"words": "0.8.0", "speech": "0.8.0"}, ("tag",))
    assert found["0.8.0"].commit == made.git("rev-parse", "v0.8.0^{commit}")
    assert found["0.8.0"].date is not None
    assert found["0.7.0"].modules == {}


def test_records_say_what_belonged_together_before_rows_do(tmp_path):
    made = repository(tmp_path / "work", suite(more=MORE))
    text = annotation(made_record("1.1.0", carried=["words"]))
    made.git("tag", "--annotate", "--cleanup=verbatim", "--file=-", "v1.1.0", stdin=text)
    made.git("tag", "--annotate", "--cleanup=verbatim", "--file=-", "x", stdin=annotation(made_record("1.2.0")))
    made.git("update-ref", "refs/trainer-release/demo/1.2.0", made.git("rev-parse", "x"))
    found = {entry.version: entry for entry in log(made.root).entries}
    assert found["1.1.0"].modules == {"words": "1.0.0", "speech": "1.1.0"}, "the umbrella is implied"
    assert (found["1.1.0"].known_by, found["1.1.0"].tag) == (("record", "tag"), "v1.1.0")
    assert found["1.1.0"].commit == made.head
    assert (found["1.2.0"].known_by, found["1.2.0"].tag) == (("record",), None)


def test_manifests_tell_the_day_and_their_place(tmp_path):
    made = repository(tmp_path / "work", suite(more=MORE))
    folder = made.root / ".git/trainer-release/demo/data/manifests"
    folder.mkdir(parents=True)
    modules = {name: {"version": "0.9.5"} for name in ("demo-words", "demo-core", "elsewhere")}
    document = {"suite_version": "0.9.5", "released_at": "2024-05-06T07:08:09Z", "umbrella": "demo-core"}
    (folder / "demo-core-0.9.5-manifest.json").write_text(json.dumps(document | {"modules": modules}))
    (folder / "odd-manifest.json").write_text("{}")
    history, entry = show(made.root, "0.9.5")
    assert history.suite == "demo"
    assert entry.modules == {"words": "0.9.5", "elsewhere": "0.9.5"}
    assert (entry.date, entry.known_by) == ("2024-05-06", ("manifest",))
    assert entry.manifest == str(folder / "demo-core-0.9.5-manifest.json")


def test_versions_that_nobody_tested_together_are_unknown_and_the_last_test_counts(tmp_path):
    mark = 'tested: {date: "2020-01-01", result: failed}'
    rows = ROWS.replace("modules:", f"{mark}, modules:").replace(', old: "0.3.0"', "")
    made = repository(tmp_path / "work", suite(more=rows + f'  "1.1.0": {{words: "1.0.0", speech: "1.1.0", {mark}}}\n'))
    shown = made_record("1.1.0", verdict=verdict())
    made.git("tag", "--annotate", "--cleanup=verbatim", "--file=-", "v1.1.0", stdin=annotation(shown))
    folder = made.root / ".git/trainer-release/demo/data/manifests"
    folder.mkdir(parents=True)
    tested = {"python": "3.9.1", "platforms": ["macos"], "cells": [{"mode": "integration", "status": "passed"}]}
    document = {
        "suite_version": "0.9.5",
        "released_at": "2024-05-06T07:08:09Z",
        "umbrella": None,
        "tested_with": tested,
    }
    (folder / "demo-core-0.9.5-manifest.json").write_text(json.dumps(document))
    found = {entry.version: entry.tested for entry in log(made.root).entries}
    day = log(made.root).entries[0].date
    assert found == {
        "1.1.0": Tested(day, "passed", "3.11.7", "linux-x86_64", "trainer-release prepare"),
        "1.0.0": None,
        "0.9.5": Tested("2024-05-06", "passed", "3.9.1", "macos", "trainer-release prepare"),
        "0.9.0": Tested("2020-01-01", "failed"),
    }


def test_what_several_places_know_is_one_entry(tmp_path):
    made = repository(tmp_path / "work", suite(more=MORE))
    made.git("tag", "v1.0.0")
    first = log(made.root).entries[0]
    assert (first.version, first.known_by, first.tag) == ("1.0.0", ("row", "tag"), "v1.0.0")
    assert first.modules == {"words": "1.0.0", "speech": "1.0.0"}
