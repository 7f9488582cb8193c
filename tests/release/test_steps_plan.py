"""What each step plans from facts alone; the order of the steps; what they do that needs no build."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kit.facts import EPOCH, HEAD, RECORD, TAG, execute_facts, on_index, prepare_facts, record, world
from kit.repo import EMBEDDED, SPEECH, UMBRELLA, WORDS, project, repository, with_remote
from kit.repo import suite as suite_files
from trainer_release.errors import ReleaseError
from trainer_release.model.facts import RemoteFacts
from trainer_release.model.outcome import Outcome
from trainer_release.model.testing import CellReport
from trainer_release.release import change, gate, planner, steps
from trainer_release.release.steps import (
    bring_forward,
    build_dists,
    check_metadata,
    check_out,
    fetch_carried,
    point_refs,
    publish_dists,
    push_module_tags,
    push_refs,
    run_integration_tests,
    run_isolated_tests,
    verify_installed,
    write_commit,
    write_manifest,
)
from trainer_release.world.git import Git

ROW = '  "1.1.0":\n    words: "1.0.0"\n    speech: "1.1.0"\n'
CARRIED = {"files": suite_files(more=ROW), "listings": on_index("demo-words 1.0.0")}
HELD = {
    **suite_files(),
    "versions.yaml": 'demo:\n  version: "1.0.0"\nmodules:\n  words: "1.0.0"\n  speech: {version: "1.0.0", publish: false}\n',
    UMBRELLA: project("demo-core", "1.0.0", ["demo-words"]),
}
PROPOSED = suite_files(more="release:\n  push: pull-request\n")
MODULE_TAGS = suite_files("1.1.0", more='release:\n  module-tag: "{package}-v{version}"\n')


def one(actions):
    (action,) = actions
    return action


def subjects(actions):
    return [action.subject for action in actions]


def test_every_step_is_in_exactly_one_tuple_and_has_the_four_names():
    table = [*steps.PREPARE, *steps.EXECUTE]
    stems = {path.stem for path in Path(steps.__file__).parent.glob("*.py")} - {"__init__"}
    assert sorted(step.NAME for step in table) == sorted(stems)
    for step in table:
        assert step.__name__.endswith(f".{step.NAME}")
        assert all(callable(getattr(step, name)) for name in ("plan", "seen", "run"))


def test_nothing_of_a_release_exists_before_all_tests_passed():
    names = [step.NAME for step in steps.PREPARE]
    assert names.index("run_integration_tests") < names.index("point_refs") < names.index("bring_forward")
    executing = [step.NAME for step in steps.EXECUTE]
    assert executing.index("push_refs") < executing.index("publish_dists") < executing.index("write_manifest")


def test_the_commit_holds_the_edits_and_says_what_moves():
    action = one(write_commit.plan(prepare_facts(**CARRIED)))
    assert (action.parent, action.epoch) == (HEAD, EPOCH)
    assert set(action.files) == {"versions.yaml", SPEECH, UMBRELLA, "CHANGELOG.md"}
    assert action.message == "Release demo 1.1.0\n\nspeech: 1.0.0 -> 1.1.0\ncore: 1.0.0 -> 1.1.0\n"


def test_paths_in_the_commit_are_the_repositorys():
    action = one(write_commit.plan(prepare_facts(prefix="deep/er/")))
    assert all(path.startswith("deep/er/") for path in action.files)


def test_an_uncommitted_edit_of_the_catalog_joins_the_commit_even_where_nothing_else_changes():
    done = suite_files() | {edit.path: edit.after for edit in prepare_facts().change.edits}
    assert one(write_commit.plan(prepare_facts(files=done))).files == {}
    joined = one(write_commit.plan(prepare_facts(files=done, changed=("versions.yaml",))))
    assert joined.files == {"versions.yaml": done["versions.yaml"]}


def test_a_new_module_is_named_as_new():
    files = suite_files(**{WORDS: project("demo-words", "0.1.0")})
    assert "words: 0.1.0 -> 1.1.0" in one(write_commit.plan(prepare_facts(files=files))).message


def test_without_anything_to_build_there_is_no_tree_and_no_test():
    everything = on_index("demo-words 1.1.0", "demo-speech 1.1.0", "demo-core 1.1.0")
    facts = prepare_facts(listings=everything)
    for step in (check_out, build_dists, check_metadata, run_isolated_tests, run_integration_tests):
        assert step.plan(facts) == (), step.NAME
    assert subjects(fetch_carried.plan(facts)) == ["words", "speech", "core"]


def test_what_is_new_is_built_and_tested_and_what_is_published_is_fetched():
    facts = prepare_facts(**CARRIED)
    assert subjects(fetch_carried.plan(facts)) == ["words"]
    assert one(fetch_carried.plan(facts)).version == "1.0.0"
    for step in (build_dists, check_metadata, run_isolated_tests):
        assert subjects(step.plan(facts)) == ["speech", "core"], step.NAME
    assert [(each.path, each.epoch, each.wheel_from) for each in build_dists.plan(facts)] == [
        ("packages/speech", EPOCH, "sdist"),
        ("apps/core", EPOCH, "sdist"),
    ]
    assert one(check_out.plan(facts)).subject == one(run_integration_tests.plan(facts)).subject == ""


def test_metadata_is_held_against_the_pins_of_the_release_commit():
    checks = {check.subject: check for check in check_metadata.plan(prepare_facts())}
    assert checks["core"].requires == {"demo-speech": ("==1.1.0",), "demo-words": ("<2.0.0,>=1.0.0",)}
    assert (checks["words"].package, checks["words"].version, checks["words"].requires) == ("demo-words", "1.1.0", {})


def test_a_module_alone_may_use_what_it_needs_and_what_that_needs():
    cells = {action.subject: {m.name for m in action.siblings} for action in run_isolated_tests.plan(prepare_facts())}
    assert cells == {"words": set(), "speech": {"words"}, "core": {"speech", "words"}}


def test_the_record_is_complete_but_for_what_the_run_finds_out():
    action = one(point_refs.plan(prepare_facts(**CARRIED)))
    assert (action.tag, action.ref) == ("v1.1.0", "refs/trainer-release/demo/1.1.0")
    (place,) = action.places
    assert (place.branch, place.head, place.tags, action.bind) == (
        "refs/heads/main",
        HEAD,
        ("refs/tags/v1.1.0",),
        True,
    )
    made = action.record
    assert (made.suite, made.version, made.epoch, made.umbrella) == ("demo", "1.1.0", EPOCH, "demo-core")
    assert {name: (m.version, m.before, m.published) for name, m in made.modules.items()} == {
        "words": ("1.0.0", "1.0.0", False),
        "speech": ("1.1.0", "1.0.0", True),
        "core": ("1.1.0", "1.0.0", True),
    }
    assert made.waves == (("words",), ("speech",), ("core",))
    assert made.build["branch"] == "main"


def test_a_pull_request_gets_a_branch_and_no_tag():
    action = one(point_refs.plan(prepare_facts(files=PROPOSED)))
    (place,) = action.places
    assert (place.branch, place.head, place.tags) == ("refs/heads/release/1.1.0", None, ())


def test_a_detached_head_moves_no_branch():
    assert one(one(point_refs.plan(prepare_facts(branch=None))).places).branch == ""


def test_with_build_ci_no_bytes_are_bound():
    action = one(point_refs.plan(prepare_facts(files=suite_files(more="release:\n  build: ci\n"))))
    assert (action.bind, action.record.build["bytes"]) == (False, "ci")


def test_a_module_that_is_not_published_is_in_no_record_and_no_suite_file():
    facts = prepare_facts(files=HELD)
    made = one(point_refs.plan(facts)).record
    assert set(made.modules) == {"words", "core"}
    assert made.waves == (("words",), ("core",))
    text = change.embedded_text(facts.change.suite, "1.1.0", facts.change.targets)
    assert set(json.loads(text)["modules"]) == {"demo-words", "demo-core"}


def test_the_persons_files_are_brought_to_what_the_commit_says():
    facts = prepare_facts(prefix="deep/")
    action = one(bring_forward.plan(facts))
    assert action.files == {f"deep/{edit.path}": edit.after for edit in facts.change.edits}
    assert action.before == {f"deep/{edit.path}": edit.before for edit in facts.change.edits}
    assert action.head is None


def test_where_nothing_is_edited_nothing_is_brought_forward_but_the_catalogs_own_edit():
    done = suite_files() | {edit.path: edit.after for edit in prepare_facts().change.edits}
    assert bring_forward.plan(prepare_facts(files=done)) == ()
    action = one(bring_forward.plan(prepare_facts(files=done, changed=("versions.yaml",))))
    assert action.files == action.before == {"versions.yaml": done["versions.yaml"]}


def test_for_a_pull_request_the_tree_stays_but_the_catalogs_edit_goes_with_the_branch():
    assert bring_forward.plan(prepare_facts(files=PROPOSED)) == ()
    action = one(bring_forward.plan(prepare_facts(files=PROPOSED, changed=("versions.yaml",), catalog_at_head="old")))
    assert (action.files, action.head) == ({"versions.yaml": "old"}, HEAD)
    assert action.before == {"versions.yaml": PROPOSED["versions.yaml"]}
    assert bring_forward.plan(prepare_facts(files=PROPOSED, changed=("versions.yaml",), catalog_at_head=None)) == ()


def test_branch_and_record_are_pushed_before_the_tag_which_goes_alone():
    first, last = push_refs.plan(execute_facts())
    assert first.specs == ((RECORD, "refs/trainer-release/demo/1.1.0"),), "the remote has the branch already"
    assert (last.specs, last.after) == (((TAG, "refs/tags/v1.1.0"),), ("branch and record",))
    behind = push_refs.plan(execute_facts(remote=RemoteFacts("origin", {"refs/heads/main": "e" * 40})))
    assert behind[0].specs == ((HEAD, "refs/heads/main"), (RECORD, "refs/trainer-release/demo/1.1.0"))


def test_what_the_remote_has_is_not_pushed_again():
    there = {"refs/heads/main": HEAD, "refs/trainer-release/demo/1.1.0": RECORD}
    only_tag = one(push_refs.plan(execute_facts(remote=RemoteFacts("origin", there))))
    assert (only_tag.subject, only_tag.after) == ("suite tag", ())
    assert push_refs.plan(execute_facts(remote=RemoteFacts("origin", there | {"refs/tags/v1.1.0": TAG}))) == ()


def test_nothing_is_pushed_without_a_remote_or_with_push_none():
    assert push_refs.plan(execute_facts(remote=None)) == ()
    assert push_module_tags.plan(execute_facts(remote=None)) == ()
    alone = suite_files("1.1.0", more='release:\n  push: none\n  module-tag: "{package}-v{version}"\n')
    refs = {f"refs/tags/demo-{name}-v1.1.0": TAG for name in ("words", "speech", "core")}
    assert push_refs.plan(execute_facts(files=alone)) == ()
    assert push_module_tags.plan(execute_facts(files=alone, refs=refs)) == ()


def test_a_proposed_release_pushes_its_branch_until_it_is_tagged():
    proposed = suite_files("1.1.0", more="release:\n  push: pull-request\n")
    untagged = one(push_refs.plan(execute_facts(files=proposed, tag=None)))
    assert (HEAD, "refs/heads/release/1.1.0") in untagged.specs
    tagged = push_refs.plan(execute_facts(files=proposed))
    assert not any("refs/heads" in ref for action in tagged for _, ref in action.specs)


def test_a_module_is_published_after_everything_that_it_needs():
    actions = publish_dists.plan(execute_facts())
    assert [(action.subject, action.after) for action in actions] == [
        ("words", ()),
        ("speech", ("words",)),
        ("core", ("speech", "words")),
    ]
    assert [dist.name for dist in actions[0].files] == ["demo_words-1.1.0-py3-none-any.whl", "demo_words-1.1.0.tar.gz"]


def test_a_carried_module_is_not_published_but_what_it_needs_is_waited_for():
    actions = publish_dists.plan(execute_facts(record(carried=["speech"])))
    assert [(action.subject, action.after) for action in actions] == [("words", ()), ("core", ("words",))]


def test_the_whole_suite_is_verified_carried_modules_too():
    action = one(verify_installed.plan(execute_facts(record(carried=["words"]))))
    assert action.versions == {"demo-words": "1.0.0", "demo-speech": "1.1.0", "demo-core": "1.1.0"}
    assert verify_installed.seen(action, None) is None


@pytest.mark.row("E10")
def test_module_tags_go_three_at_a_time_and_only_those_that_are_missing():
    refs = {f"refs/tags/demo-{name}-v1.1.0": TAG for name in ("words", "speech", "core")}
    facts = execute_facts(files=MODULE_TAGS, refs=refs)
    assert one(push_module_tags.plan(facts)).tags == tuple(refs)
    assert push_module_tags.plan(execute_facts(refs=refs)) == (), "the catalog wants none"
    remote = RemoteFacts("origin", {"refs/tags/demo-words-v1.1.0": TAG})
    missing = one(push_module_tags.plan(execute_facts(files=MODULE_TAGS, refs=refs, remote=remote)))
    assert missing.tags == ("refs/tags/demo-speech-v1.1.0", "refs/tags/demo-core-v1.1.0")
    assert push_module_tags.AT_ONCE == 3


@pytest.mark.row("E10")
def test_more_than_three_module_tags_are_several_pushes():
    listed = "".join(f'  m{n}: "1.1.0"\n' for n in range(7))
    files = {
        "versions.yaml": f'demo:\n  version: "1.1.0"\nmodules:\n{listed}release:\n  module-tag: "{{package}}-v{{version}}"\n'
    }
    files |= {f"packages/m{n}/pyproject.toml": project(f"demo-m{n}", "1.1.0") for n in range(7)}
    modules = {f"m{n}": record().modules["words"] for n in range(7)}
    refs = {f"refs/tags/demo-m{n}-v1.1.0": TAG for n in range(7)}
    actions = push_module_tags.plan(execute_facts(record(modules=modules), files=files, refs=refs))
    assert [len(action.tags) for action in actions] == [3, 3, 1]
    assert subjects(actions) == ["tags 1", "tags 2", "tags 3"]


def test_the_manifest_is_made_from_the_record():
    action = one(write_manifest.plan(execute_facts()))
    assert (action.record, action.tag) == (record(), "v1.1.0")


def report(**changes):
    whole = {
        "name": "words alone", "mode": "isolated", "modules": ("words",), "status": "passed", "python": "3.11.7",
        "platform": "linux", "passed": 0, "failed": 0, "skipped": 0, "seconds": 1.0, "junit": "<testsuite/>",
    }  # fmt: skip
    return CellReport(**{**whole, **changes})


def test_a_cells_report_passes_the_gate_or_is_told_with_the_end_of_its_output():
    assert gate.judged(report(status="passed", passed=3)).note == "3 passed"
    assert gate.judged(report(status="passed", passed=3, skipped=1)).note == "3 passed, 1 skipped"
    assert gate.judged(report(status="empty")).note == "no tests"
    with pytest.raises(ReleaseError) as caught:
        gate.judged(report(status="failed", passed=2, failed=1, tail=("assert 1 == 2",)))
    (problem,) = caught.value.problems
    assert (problem.code, problem.exit, problem.context) == ("tests-failed", 5, ("assert 1 == 2",))
    assert problem.message == "words alone: 1 failed, 2 passed"
    assert "--mode isolated --modules words" in problem.hint
    with pytest.raises(ReleaseError) as caught:
        gate.judged(report(status="broken"))
    assert "broken" in caught.value.problems[0].message


def test_the_wheels_of_a_run_are_those_that_were_built_or_fetched(tmp_path):
    suite = prepare_facts().change.suite
    files = [{"name": "x.tar.gz", "sha256": "1"}, {"name": "x.whl", "sha256": "2"}]
    so_far = {
        ("fetch_carried", "words"): Outcome(evidence={"files": files}),
        ("build_dists", "speech"): Outcome(evidence={"files": files}),
    }
    wheels = gate.wheels_of([suite.modules["words"], suite.modules["speech"]], world(tmp_path), so_far)
    assert [(wheel.package, wheel.sha256) for wheel in wheels] == [("demo-words", "2"), ("demo-speech", "2")]
    assert wheels[0].path == str(tmp_path / "artifacts" / "words" / "x.whl")


@pytest.fixture
def made(tmp_path):
    home = repository(tmp_path / "repo", suite_files())
    with_remote(home, tmp_path / "remote")
    return home


def test_a_commit_without_files_is_the_head_itself(made, tmp_path):
    place = world(tmp_path, git=Git(made.root))
    action = write_commit.Commit(parent=made.head, message="x", epoch=EPOCH)
    outcome = write_commit.run(action, place, {})
    assert outcome.evidence == {"commit": made.head, "tree": made.git("rev-parse", "HEAD^{tree}")}
    written = write_commit.run(
        write_commit.Commit(parent=made.head, message="x", epoch=EPOCH, files={WORDS: "x"}), place, {}
    )
    assert made.git("rev-parse", f"{written.evidence['commit']}^") == made.head
    assert write_commit.seen(action, place) is None


def test_a_push_step_is_done_when_the_remote_says_so(made, tmp_path):
    place = world(tmp_path, git=Git(made.root))
    made.git("tag", "--annotate", "--message", "x", "v1.1.0")
    tag, commit = made.refs["refs/tags/v1.1.0"], made.commit()
    action = push_refs.PushRefs("x", (), "origin", ((commit, "refs/heads/main"), (tag, "refs/tags/v1.1.0")))
    assert push_refs.seen(action, place) is False
    push_refs.run(action, place, {})
    assert push_refs.seen(action, place) is True
    made.git("push", "--quiet", "origin", f"{made.commit()}:main")
    assert push_refs.seen(action, place) is True, "the branch has gone on"
    made.git("tag", "demo-words-v1.1.0")
    tags = push_module_tags.PushTags("tags 1", remote="origin", tags=("refs/tags/demo-words-v1.1.0",))
    for _ in range(2):
        assert push_module_tags.seen(tags, place) is False
        push_module_tags.run(tags, place, {})
        assert "refs/tags/demo-words-v1.1.0" in made.git("ls-remote", "origin"), "a second push changes nothing"


def test_the_plan_of_a_suite_with_an_embedded_file_edits_it_in_the_commit():
    facts = prepare_facts(files=suite_files(more="release:\n  embed: src/demo_core/suite.json\n"))
    assert EMBEDDED in one(write_commit.plan(facts)).files
    assert EMBEDDED in {edit.path for edit in planner.prepare(facts).edits}
