"""The record in a tag's annotation: readable above, complete below."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kit.facts import record, sha
from trainer_release.errors import ReleaseError
from trainer_release.release.record import annotation, from_json, parse, to_json


def test_a_record_comes_back_from_its_annotation_as_it_was():
    made = record(carried=["words"])
    assert parse(annotation(made), "v1.1.0") == made


@given(some.text(), some.text(), some.dictionaries(some.text(), some.integers() | some.text() | some.none()))
def test_whatever_its_texts_hold_a_record_comes_back(suite, branch, build):
    made = record(suite=suite, build=build | {"branch": branch})
    assert parse(annotation(made), "v1.1.0") == made


@given(some.integers(min_value=0, max_value=4_000_000_000))
def test_every_second_comes_back(epoch):
    assert from_json(json.loads(json.dumps(to_json(record(epoch=epoch))))).epoch == epoch


def test_a_person_reads_title_versions_and_hashes_first():
    text = annotation(record(carried=["words"]))
    head, table, files, _ = text.split("\n\n", 3)
    assert head == "demo 1.1.0"
    rows = [line.split() for line in table.splitlines()]
    assert rows[1] == ["words", "demo-words", "1.0.0", "1.0.0", "carried", "over"]
    assert rows[3] == ["core", "demo-core", "1.0.0", "1.1.0", "published", "by", "this", "release"]
    name = "demo_core-1.1.0.tar.gz"
    assert files.splitlines()[1] == f"{sha(name)}  {name}"
    assert not any(line.endswith(" ") for line in text.splitlines())


def test_a_new_module_has_no_version_before():
    made = record()
    made = replace(made, modules={name: replace(each, before=None) for name, each in made.modules.items()})
    assert "words   demo-words   -     1.1.0" in annotation(made)
    assert parse(annotation(made), "v1") == made


def test_a_record_without_files_is_a_record():
    made = record(files=False, verdict={})
    assert made.files() == {}
    assert parse(annotation(made), "v1.1.0") == made


def test_a_signature_below_the_record_does_no_harm():
    made = record()
    assert parse(annotation(made) + "-----BEGIN SSH SIGNATURE-----\nabc\n-----END SSH SIGNATURE-----\n", "v1") == made


def test_the_same_record_gives_the_same_text():
    assert annotation(record()) == annotation(record())


def test_the_names_of_a_record_are_those_that_are_written_down():
    document = to_json(record())
    assert document["schema"] == "trainer-release/record/v1"
    assert set(document) == {
        "schema", "plan_id", "suite", "version", "timestamp", "umbrella", "repositories", "modules", "waves", "verdict", "build",
    }  # fmt: skip
    assert document["timestamp"] == "2023-11-14T22:13:20+00:00"
    assert document["repositories"] == {".": {"commit": "a" * 40, "tree": "b" * 40}}


def test_a_tag_made_by_hand_holds_no_record():
    assert parse("Version 1.1.0\n", "v1.1.0") is None


BROKEN = {
    "not json": lambda text: text.replace('"plan_id"', "plan_id"),
    "cut off": lambda text: text[: len(text) // 2],
    "another schema": lambda text: text.replace("record/v1", "record/v9"),
    "no modules": lambda text: text.replace('"modules"', '"module"'),
    "a list": lambda text: text.partition("-----\n")[0] + "-----\n[]\n-----END TRAINER-RELEASE RECORD-----",
    "modules as a list": lambda text: text.replace('"modules": {', '"modules": [], "x": {'),
    "an unknown key of a file": lambda text: text.replace('"size"', '"bytes"'),
    "no timestamp": lambda text: text.replace("2023-11-14T", "14.11.2023 "),
}


@pytest.mark.parametrize("damage", BROKEN.values(), ids=BROKEN)
def test_a_broken_record_is_named_with_the_tag_that_holds_it(damage):
    text = annotation(record())
    assert damage(text) != text
    with pytest.raises(ReleaseError) as caught:
        parse(damage(text), "refs/tags/v1.1.0")
    (problem,) = caught.value.problems
    assert (problem.code, problem.exit) == ("record-invalid", 6)
    assert "refs/tags/v1.1.0" in problem.message
    assert "abandon" in problem.hint
