"""The plan: everything that a run would do, as a value whose id is the intent alone."""

from __future__ import annotations

from kit.facts import HEAD, RECORD, TAG, execute_facts, on_index, prepare_facts, record
from kit.repo import SPEECH, UMBRELLA, project
from kit.repo import suite as suite_files
from trainer_release.model.facts import RemoteFacts
from trainer_release.release import planner, steps

ROW = '  "1.1.0":\n    words: "1.0.0"\n    speech: "1.1.0"\n'


def prepared(version="1.1.0", **facts):
    return planner.prepare(prepare_facts(version, **facts))


def test_the_plan_says_for_every_module_where_it_comes_from_and_what_becomes_of_it():
    plan = prepared(files=suite_files(more=ROW), listings=on_index("demo-words 1.0.0"))
    lines = [(line.name, line.package, line.old, line.new, line.fate, line.publish) for line in plan.modules]
    assert lines == [
        ("words", "demo-words", "1.0.0", "1.0.0", "carry", False),
        ("speech", "demo-speech", "1.0.0", "1.1.0", "build", True),
        ("core", "demo-core", "1.0.0", "1.1.0", "build", True),
    ]
    assert plan.waves == (("speech",), ("core",))
    assert plan.uploads == ("demo-speech 1.1.0 (sdist, wheel)", "demo-core 1.1.0 (sdist, wheel)")


def test_modules_of_the_index_alone_and_modules_that_are_not_published_are_told_apart():
    listed = 'demo:\n  version: "1.0.0"\nmodules:\n  words: {version: "1.0.0", publish: false}\n  speech: "1.0.0"\n'
    files = suite_files(**{"versions.yaml": listed, SPEECH: None, UMBRELLA: project("demo-core", "1.0.0")})
    plan = prepared(files=files, listings=on_index("demo-speech 1.1.0"))
    assert {line.name: line.fate for line in plan.modules} == {"words": "hold", "speech": "take", "core": "build"}
    assert plan.waves == (("core",),)


def test_the_steps_of_a_plan_are_the_table_of_contents():
    plan = prepared()
    assert [step.name for step in plan.steps] == [step.NAME for step in steps.PREPARE]
    carried_out = planner.execute(execute_facts())
    assert [step.name for step in carried_out.steps] == [step.NAME for step in steps.EXECUTE]


def test_subjects_are_unique_within_a_step_and_wait_for_subjects_of_their_own_step():
    for plan in (prepared(), planner.execute(execute_facts())):
        for step in plan.steps:
            subjects = [action.subject for action in step.actions]
            assert len(subjects) == len(set(subjects)), step.name
            assert {name for action in step.actions for name in action.after} <= set(subjects), step.name


def test_tags_pushes_and_gates_are_named():
    plan = prepared(files=suite_files(more='release:\n  module-tag: "{package}-v{version}"\n'))
    assert plan.tags == (
        "refs/tags/v1.1.0", "refs/tags/demo-words-v1.1.0", "refs/tags/demo-speech-v1.1.0", "refs/tags/demo-core-v1.1.0",
    )  # fmt: skip
    assert [(push.remote, push.refs) for push in plan.pushes] == [
        ("origin", ("refs/heads/main", "refs/trainer-release/demo/1.1.0")),
        ("origin", ("refs/tags/v1.1.0",)),
    ]
    assert "words: its own tests, alone" in plan.gates
    assert plan.gates[-1] == "tests/integration, all wheels together"


def test_a_pull_request_has_no_tag_yet():
    plan = prepared(files=suite_files(more="release:\n  push: pull-request\n"))
    assert plan.tags == ()
    assert plan.pushes[0].refs == ("refs/trainer-release/demo/1.1.0",)


def test_without_a_remote_or_with_push_none_nothing_is_pushed():
    assert prepared(remote=None).pushes == ()
    assert prepared(files=suite_files(more="release:\n  push: none\n")).pushes == ()


def test_a_plan_where_everything_is_published_has_no_gates_and_no_uploads():
    everything = on_index("demo-words 1.1.0", "demo-speech 1.1.0", "demo-core 1.1.0")
    plan = prepared(listings=everything)
    assert (plan.gates, plan.uploads, plan.waves) == ((), (), ())


def test_notes_say_what_a_person_might_wonder_at():
    first = prepared()
    assert first.notes == ("commit hooks are not run; push hooks are",)
    done = suite_files() | {edit.path: edit.after for edit in first.edits}
    assert any("HEAD is built and tagged" in note for note in prepared(files=done).notes)
    assert any("joins the release commit" in note for note in prepared(changed=("versions.yaml",)).notes)
    carried = prepared(files=suite_files(more=ROW), listings=on_index("demo-words 1.0.0"))
    assert "carried over, published already: words" in carried.notes


def test_the_same_intent_has_the_same_id_at_another_time():
    assert prepared().id == prepared(epoch=1_800_000_000).id
    assert len(prepared().id) == 16


def test_another_intent_has_another_id():
    ids = [
        prepared().id,
        prepared("1.2.0").id,
        prepared(head="e" * 40).id,
        prepared(files=suite_files(more=ROW)).id,
        prepared(listings=on_index("demo-words 1.1.0")).id,
        prepared(files=suite_files(more="release:\n  pin: exact\n")).id,
    ]
    assert len(set(ids)) == len(ids)


def test_the_plan_of_execute_is_the_records_intent_against_what_the_index_lists():
    facts = execute_facts(listings=on_index("demo-words 1.1.0"))
    plan = planner.execute(facts)
    assert plan.waves == (("words",), ("speech",), ("core",))
    assert plan.uploads == (
        "demo_speech-1.1.0-py3-none-any.whl", "demo_speech-1.1.0.tar.gz",
        "demo_core-1.1.0-py3-none-any.whl", "demo_core-1.1.0.tar.gz",
    )  # fmt: skip
    assert plan.id == planner.execute(execute_facts()).id, "what is done already is no other plan"
    assert plan.tags == ("refs/tags/v1.1.0",)


def test_execute_on_another_index_or_of_other_files_is_another_plan():
    one = planner.execute(execute_facts())
    assert planner.execute(execute_facts(record(carried=["words"]))).id != one.id
    assert planner.execute(execute_facts(record(tree="e" * 40))).id != one.id


def test_once_everything_is_pushed_and_published_nothing_is_left_but_to_look():
    there = {"refs/heads/main": HEAD, "refs/tags/v1.1.0": TAG, "refs/trainer-release/demo/1.1.0": RECORD}
    published = on_index("demo-words 1.1.0", "demo-speech 1.1.0", "demo-core 1.1.0")
    plan = planner.execute(execute_facts(listings=published, remote=RemoteFacts("origin", there)))
    assert plan.uploads == ()
    assert {step.name: len(step.actions) for step in plan.steps}["push_refs"] == 0


def test_an_edits_diff_is_as_git_would_show_it():
    (edit,) = [edit for edit in prepared().edits if edit.path == SPEECH]
    assert edit.diff.splitlines()[:2] == [f"--- a/{SPEECH}", f"+++ b/{SPEECH}"]
    assert '-version = "1.0.0"' in edit.diff
    assert '+version = "1.1.0"' in edit.diff
