"""What a version means: the row decides, edits follow from it, and done once they are done."""

from __future__ import annotations

import json

import pytest

from kit.facts import EPOCH, on_index, suite_of
from kit.repo import EMBEDDED, SPEECH, UMBRELLA, WORDS, catalog, project
from kit.repo import suite as suite_files
from trainer_release.errors import ReleaseError
from trainer_release.release.change import compute, embed_path, sync_edits, targets

ROW = '  "1.1.0":\n    words: "1.0.5"\n    speech: "1.1.0"\n'
EMBED = "release:\n  embed: src/demo_core/suite.json\n"


def computed(files, version="1.1.0", listings=None, epoch=EPOCH):
    return compute(suite_of(files), version, listings or {}, files, epoch)


def edited(files, change):
    return files | {edit.path: edit.after for edit in change.edits}


def test_the_row_decides_every_version_and_the_umbrella_takes_the_suites():
    change = computed(suite_files(more=ROW))
    assert change.targets == {"words": "1.0.5", "speech": "1.1.0", "core": "1.1.0"}
    assert {name: module.version for name, module in change.suite.modules.items()} == change.targets


def test_without_a_row_every_module_takes_the_suites_version_and_a_row_is_written():
    files = suite_files()
    change = computed(files)
    assert set(change.targets.values()) == {"1.1.0"}
    row = suite_of(edited(files, change)).catalog.rows["1.1.0"]
    assert row.modules == {"words": "1.1.0", "speech": "1.1.0"}


def test_without_a_row_independent_versions_are_refused_with_the_row_to_write():
    with pytest.raises(ReleaseError) as caught:
        computed(suite_files(more="release:\n  versioning: independent\n"))
    (problem,) = caught.value.problems
    assert (problem.code, problem.exit) == ("row-missing", 3)
    assert '"1.1.0":' in problem.hint


def test_versions_pins_catalog_and_changelog_are_edited_and_nothing_around_them():
    files = suite_files()
    change = computed(files)
    after = {edit.path: edit for edit in change.edits}
    assert set(after) == {"versions.yaml", WORDS, SPEECH, UMBRELLA, "CHANGELOG.md"}
    assert after[WORDS].after == files[WORDS].replace('"1.0.0"', '"1.1.0"')
    assert after[SPEECH].after == files[SPEECH].replace('version = "1.0.0"', 'version = "1.1.0"')
    assert '"demo-speech==1.1.0"' in after[UMBRELLA].after
    assert '"demo-words>=1.0.0,<2.0.0"' in after[UMBRELLA].after, "a pin that admits the version is kept"
    assert 'version: "1.1.0"  # the suite' in after["versions.yaml"].after
    assert "## 1.1.0 - 2023-11-14\n\n- a change" in after["CHANGELOG.md"].after
    assert all(edit.before == files[edit.path] for edit in change.edits)


def test_edits_once_made_leave_nothing_to_edit():
    files = suite_files(more=EMBED)
    first = computed(files)
    again = edited(files, first)
    second = computed(again)
    assert second.edits == ()
    assert second.targets == first.targets
    assert computed(again, epoch=EPOCH + 86_400).edits == (), "another day is no reason to edit a dated section"


def test_tables_for_versions_are_kept_up_where_a_project_has_them():
    table = '[tool.demo.versions]\nwords = "0.9.0"\n'
    files = suite_files(**{UMBRELLA: project("demo-core", "1.0.0", ["demo-words"], table)})
    change = computed(files)
    after = next(edit.after for edit in change.edits if edit.path == UMBRELLA)
    assert 'words = "1.1.0"' in after
    assert 'speech = "1.1.0"' in after
    assert "core" not in after.partition("[tool.demo.versions]")[2], "the umbrella is implied"


def test_the_suite_file_is_embedded_in_the_umbrella_with_names_and_versions_alone():
    files = suite_files(more=EMBED)
    change = computed(files)
    (edit,) = [edit for edit in change.edits if edit.path == EMBEDDED]
    assert edit.before is None
    assert json.loads(edit.after) == {
        "schema": "trainer-release/suite/v1",
        "suite": "demo",
        "version": "1.1.0",
        "modules": {"demo-core": "1.1.0", "demo-speech": "1.1.0", "demo-words": "1.1.0"},
    }


def test_nothing_is_embedded_without_a_place_or_an_umbrella():
    assert embed_path(suite_of(suite_files())) is None
    lone = suite_files(more=EMBED, **{UMBRELLA: None})
    assert embed_path(suite_of(lone)) is None
    assert [edit for edit in computed(lone).edits if edit.path.endswith(".json")] == []


def test_an_umbrella_at_the_root_embeds_below_the_root():
    files = suite_files(more=EMBED, **{UMBRELLA: None, "pyproject.toml": project("demo-core", "1.0.0", ["demo-words"])})
    assert embed_path(suite_of(files)) == "src/demo_core/suite.json"


def test_modules_whose_version_the_index_has_are_carried_and_the_rest_is_built():
    change = computed(suite_files(more=ROW), listings=on_index("demo-words 1.0.5", "demo-speech 1.0.0"))
    assert (change.carried, change.built, change.taken) == (("words",), ("speech", "core"), ())
    assert change.published == ("speech", "core")


def test_a_module_that_lives_on_the_index_alone_is_taken_and_never_built():
    files = suite_files(**{SPEECH: None, UMBRELLA: project("demo-core", "1.0.0", ["demo-words"])})
    change = computed(files, listings=on_index("demo-speech 1.1.0"))
    assert (change.taken, change.carried, change.built) == (("speech",), (), ("words", "core"))


def test_a_module_that_is_not_published_is_built_and_not_uploaded():
    listed = 'demo:\n  version: "1.0.0"\nmodules:\n  words: "1.0.0"\n  speech: {version: "1.0.0", publish: false}\n'
    change = computed(suite_files(**{"versions.yaml": listed}), listings=on_index("demo-speech 1.1.0"))
    assert set(change.built) == {"words", "speech", "core"}
    assert set(change.published) == {"words", "core"}


def test_the_pins_of_a_carried_module_are_not_edited_and_its_version_is_put_right():
    pinned = project("demo-speech", "0.9.0", ["demo-words~=1.0"])
    row = '  "1.1.0":\n    words: "1.2.0"\n    speech: "1.0.0"\n'
    files = suite_files(more=row, **{SPEECH: pinned, UMBRELLA: project("demo-core", "1.0.0", ["demo-speech"])})
    change = computed(files, listings=on_index("demo-speech 1.0.0"))
    after = {edit.path: edit.after for edit in change.edits}[SPEECH]
    assert after == pinned.replace("0.9.0", "1.0.0")
    assert change.problems == ()


def test_published_pins_that_exclude_the_rows_version_are_an_error_that_names_the_edge():
    row = '  "1.1.0":\n    words: "1.1.0"\n    speech: "1.0.0"\n'
    pinned = project("demo-speech", "1.0.0", ["demo-words==1.0.0"])
    files = suite_files(more=row, **{SPEECH: pinned, UMBRELLA: project("demo-core", "1.0.0", ["demo-words"])})
    change = computed(files, listings=on_index("demo-speech 1.0.0"))
    (problem,) = change.problems
    assert (problem.path, problem.line, problem.exit) == (SPEECH, 6, 3)
    assert "demo-speech 1.0.0" in problem.message
    assert "`demo-words==1.0.0`" in problem.message
    assert "demo-words 1.1.0" in problem.message
    assert SPEECH not in {edit.path for edit in change.edits}


def test_the_changelog_is_dated_only_where_something_is_built():
    files = suite_files()
    everything = on_index("demo-words 1.1.0", "demo-speech 1.1.0", "demo-core 1.1.0")
    assert "CHANGELOG.md" not in {edit.path for edit in computed(files, listings=everything).edits}
    without = {path: text for path, text in files.items() if path != "CHANGELOG.md"}
    assert "CHANGELOG.md" not in {edit.path for edit in computed(without).edits}


def test_line_ends_of_every_edited_file_are_kept():
    files = {path: text.replace("\n", "\r\n") for path, text in suite_files().items()}
    for edit in computed(files).edits:
        assert edit.after.count("\r\n") == edit.after.count("\n"), edit.path


def test_a_suite_without_an_umbrella_is_a_suite():
    change = computed(suite_files(**{UMBRELLA: None}))
    assert change.targets == {"words": "1.1.0", "speech": "1.1.0"}
    assert change.suite.umbrella is None


def test_a_pin_policy_rewrites_every_pin_in_its_form():
    suite = suite_of(suite_files(more="release:\n  pin: compatible\n"))
    edits = {edit.path: edit.after for edit in sync_edits(suite, targets(suite, "1.1.0"))}
    assert '"demo-words~=1.1.0"' in edits[SPEECH]
    assert '"demo-speech~=1.1.0"' in edits[UMBRELLA]


def test_frozen_projects_keep_their_pins():
    suite = suite_of(suite_files(more="release:\n  pin: exact\n"))
    edits = {edit.path: edit.after for edit in sync_edits(suite, targets(suite, "1.1.0"), frozen=["speech"])}
    assert '"demo-words>=1.0.0,<2.0.0"' in edits[SPEECH]
    assert '"demo-words==1.1.0"' in edits[UMBRELLA]


def test_a_group_keeps_its_own_version_without_a_row():
    grouped = catalog(speech="1.0.0") + 'groups:\n  beta: {version: "0.5b0", modules: [words]}\n'
    grouped = grouped.replace(
        '  "1.0.0":\n    speech: "1.0.0"\n', '  "1.0.0":\n    speech: "1.0.0"\n    words: "0.5b0"\n'
    )
    files = suite_files(
        **{
            "versions.yaml": grouped,
            WORDS: project("demo-words", "0.5b0"),
            SPEECH: project("demo-speech", "1.0.0", ["demo-words>=0.5b0"]),
            UMBRELLA: project("demo-core", "1.0.0", ["demo-words>=0.5b0"]),
        }
    )
    assert computed(files).targets == {"words": "0.5b0", "speech": "1.1.0", "core": "1.1.0"}
