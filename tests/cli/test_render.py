"""Values as text and JSON: the review, the result, the next move."""

from __future__ import annotations

import json
from pathlib import Path

from kit.facts import execute_facts, on_index, prepare_facts
from kit.repo import SPEECH
from kit.repo import suite as suite_files
from trainer_release.cli.render import executed_text, plan_document, plan_text, prepared_text, table, versions_text
from trainer_release.release import planner

ROW = '  "1.1.0":\n    words: "1.0.0"\n    speech: "1.1.0"\n'
TAGS = 'release:\n  module-tag: "{package}-v{version}"\n'


def plan(**facts):
    return planner.prepare(prepare_facts(**facts))


def test_columns_are_as_wide_as_their_widest_cell_and_lines_have_no_blanks_at_the_end():
    assert table(("a", "bb"), [("ccc", "d"), ("e", "")]) == "a    bb\nccc  d\ne"


def test_the_plan_as_json_has_the_contracts_names():
    document = plan_document(plan(files=suite_files(more=ROW + TAGS), listings=on_index("demo-words 1.0.0")))
    json.dumps(document)
    assert document["suite"] == "demo"
    assert document["version"] == "1.1.0"
    assert len(document["plan_id"]) == 16
    assert document["modules"]["words"] == {
        "package": "demo-words", "from": "1.0.0", "to": "1.0.0", "publish": False, "fate": "carry",
    }  # fmt: skip
    assert document["modules"]["core"]["publish"] is True
    assert document["waves"] == [["speech"], ["core"]]
    assert document["tags"] == ["v1.1.0", "demo-speech-v1.1.0", "demo-core-v1.1.0"]
    (edit,) = [edit for edit in document["edits"] if edit["path"] == SPEECH]
    assert '+version = "1.1.0"' in edit["diff"]


def test_the_review_shows_versions_diffs_gates_tags_pushes_waves_and_marks_what_cannot_be_taken_back():
    text = plan_text(plan())
    for title in ("prepare demo 1.1.0  (plan ", "Edits", "Gates", "Tags", "Pushes", "Waves", "Notes"):
        assert f"\n{title}" in f"\n{text}"
    assert "words   demo-words   1.0.0  1.1.0  build, test, publish" in text
    assert "Uploads to local  << the point of no return: what is uploaded stays" in text
    assert "  - origin: refs/heads/main, refs/trainer-release/demo/1.1.0\n  - origin: refs/tags/v1.1.0" in text
    assert "  1. words\n  2. speech\n  3. core" in text
    assert text.endswith("\n\nNothing was changed.")


def test_the_review_of_nothing_says_none_in_every_section():
    done = suite_files() | {edit.path: edit.after for edit in plan().edits}
    everything = on_index("demo-words 1.1.0", "demo-speech 1.1.0", "demo-core 1.1.0")
    text = plan_text(plan(files=done, listings=everything, remote=None))
    assert "Edits\n  none" in text
    assert "Gates\n  none" in text
    assert "Pushes\n  none: no remote" in text
    assert "\n  none: everything is published" in text


def test_every_fate_has_its_words():
    listed = 'demo:\n  version: "1.0.0"\nmodules:\n  words: {version: "1.0.0", publish: false}\n  speech: "1.0.0"\n'
    files = suite_files(**{"versions.yaml": listed, SPEECH: None})
    text = versions_text(plan(files=files, listings=on_index("demo-speech 1.1.0")).modules)
    assert "build, test (publish: false)" in text
    assert "taken from the index" in text
    carried = versions_text(plan(files=suite_files(more=ROW), listings=on_index("demo-words 1.0.0")).modules)
    assert "carried over, published already" in carried


def test_what_was_prepared_is_said_with_the_next_move_and_the_way_back():
    text = prepared_text(plan(files=suite_files(more=TAGS)), "a" * 40)
    assert text.startswith("Prepared demo 1.1.0 in commit aaaaaaaaaaaa, tagged v1.1.0, demo-words-v1.1.0,")
    assert "Next: git show v1.1.0\n      trainer-release execute 1.1.0" in text
    assert text.endswith("Undo: trainer-release abandon 1.1.0")


def test_a_proposed_release_is_pushed_and_tagged_after_the_merge():
    text = prepared_text(plan(files=suite_files(more="release:\n  push: pull-request\n")), "a" * 40)
    assert "tagged" not in text
    assert "trainer-release push 1.1.0, then merge release/1.1.0\n      trainer-release tag 1.1.0" in text


def test_what_was_released_is_said_with_the_words_that_install_it():
    done = planner.execute(execute_facts())
    words = ("pip", "install", "-c", "a b.txt", "demo-core==1.1.0")
    text = executed_text(done, ("x.whl",), Path("m.json"), "trainer-release index serve", words)
    assert "demo 1.1.0 is released. Published 1 files." in text
    assert "Manifest:  m.json" in text
    assert "Serve:     trainer-release index serve" in text
    assert "Install:   pip install -c 'a b.txt' demo-core==1.1.0" in text
    again = executed_text(done, (), Path("m.json"), None, words)
    assert "Nothing to upload: everything was published already" in again
    assert "Serve" not in again
