"""Every rule with a fact that trips it and one that does not; all problems at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kit.facts import HEAD, RECORD, TAG, execute_facts, listed, on_index, prepare_facts, record, sha, verdict
from kit.repo import SPEECH, UMBRELLA, project
from kit.repo import suite as suite_files
from trainer_release.errors import Problem, ReleaseError, Severity
from trainer_release.model.catalog import IndexAddress
from trainer_release.model.facts import RemoteFacts
from trainer_release.model.index import IndexFile, Page
from trainer_release.release import preflight
from trainer_release.release.preflight import rules

HERE = Path(rules.__file__).parent


def problems(**facts):
    """What all rules of `prepare` say, as (code, severity)."""
    return found(preflight.PREPARE, prepare_facts(**facts))


def executing(made=None, **facts):
    return found(preflight.EXECUTE, execute_facts(made, **facts))


def found(table, facts):
    return [problem for rule in table for problem in rule.check(facts)]


def codes(found):
    return [problem.code for problem in found]


def only(found):
    (problem,) = found
    assert problem.hint, "every refusal has a next move"
    return problem


def test_every_rule_is_in_exactly_one_tuple_and_names_its_file():
    tables = [*preflight.PREPARE, *preflight.EXECUTE]
    stems = {path.stem for path in HERE.glob("*.py")} - {"__init__"}
    assert {rule.NAME for rule in tables} == stems
    assert len(tables) == len(stems)
    assert all(rule.__name__.endswith(f".{rule.NAME}") for rule in tables)


def test_a_repository_in_order_trips_no_rule():
    assert problems() == []
    assert executing() == []


def test_all_problems_are_told_at_once():
    facts = prepare_facts(changed=("a.txt",), branch="feature", identity=False)
    with pytest.raises(ReleaseError) as caught:
        preflight.check(preflight.PREPARE, facts)
    assert codes(caught.value.problems) == ["no-identity", "dirty-tree", "wrong-branch"]
    assert caught.value.exit == 6


def test_warnings_alone_do_not_stop_a_run_and_go_along_with_errors():
    warned = preflight.check(preflight.PREPARE, prepare_facts(untracked=("notes.txt",)))
    assert [(problem.code, problem.severity) for problem in warned] == [("dirty-tree", Severity.WARNING)]
    with pytest.raises(ReleaseError) as caught:
        preflight.check(preflight.PREPARE, prepare_facts(untracked=("notes.txt",), identity=False))
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize(
    ("fact", "code"),
    [
        ({"head": None}, "not-a-repository"),
        ({"operation": "rebase"}, "operation-in-progress"),
        ({"sparse": True}, "sparse-checkout"),
        ({"identity": False}, "no-identity"),
    ],
)
def test_git_must_be_able_to_make_a_commit_and_a_tag(fact, code):
    assert only(problems(**fact)).code == code


def test_an_operation_is_named():
    assert "rebase" in only(problems(operation="rebase")).message


def test_uncommitted_changes_are_refused_and_listed():
    problem = only(problems(changed=("b.txt", "a.txt")))
    assert (problem.code, problem.context) == ("dirty-tree", ("a.txt", "b.txt"))


def test_a_long_list_of_changes_is_cut():
    problem = only(problems(changed=tuple(f"{n:02}.txt" for n in range(25))))
    assert problem.context[-1] == "… and 15 more"
    assert len(problem.context) == 11


def test_an_edit_of_the_catalog_alone_joins_the_release():
    assert problems(changed=("versions.yaml",)) == []
    assert problems(changed=("deep/versions.yaml",), prefix="deep/") == []
    assert only(problems(changed=("versions.yaml",), prefix="deep/")).code == "dirty-tree"


def test_files_inside_a_module_that_git_does_not_know_are_refused_and_others_are_warned_of():
    inside = only(problems(untracked=("packages/words/src/demo_words/new.py",)))
    assert inside.severity is Severity.ERROR
    assert "missing from the release" in inside.message
    outside = only(problems(untracked=("packages/words.txt",)))
    assert outside.severity is Severity.WARNING
    both = problems(untracked=("x", "deep/packages/words/y"), prefix="deep/")
    assert [problem.severity for problem in both] == [Severity.ERROR, Severity.WARNING]


def test_in_a_project_at_the_root_every_unknown_file_is_inside():
    files = suite_files(**{UMBRELLA: None, "pyproject.toml": project("demo-core", "1.0.0")})
    assert only(problems(files=files, untracked=("notes.txt",))).severity is Severity.ERROR


@pytest.mark.parametrize("branch", ["main", "release/1.x"])
def test_the_usual_branches_are_release_branches(branch):
    assert problems(branch=branch) == []


@pytest.mark.parametrize("branch", ["feature", "mainline", "Main", None])
def test_other_branches_and_a_detached_head_are_refused(branch):
    problem = only(problems(branch=branch))
    assert problem.code == "wrong-branch"
    assert problem.hint == "git switch main"


def test_the_catalog_names_the_branches():
    named = suite_files(more='release:\n  branches: ["stable-*"]\n')
    assert problems(files=named, branch="stable-2") == []
    assert "stable-*" in only(problems(files=named)).message


def test_a_remote_that_is_ahead_is_refused_with_the_pull_to_make():
    problem = only(problems(behind=True))
    assert (problem.code, problem.hint) == ("behind-remote", "git pull --rebase origin main")


def test_a_remote_that_does_not_answer_is_refused_unless_nothing_is_pushed():
    silent = RemoteFacts("origin", problem=Problem("remote-unreachable", "no answer", hint="mend it"))
    assert only(problems(remote=silent)).code == "remote-unreachable"
    alone = suite_files(more="release:\n  push: none\n")
    assert problems(remote=silent, files=alone, behind=True) == []
    assert problems(remote=None, behind=False) == []


TAKEN = ["refs/tags/v1.1.0", "refs/trainer-release/demo/1.1.0", "refs/tags/demo-words-v1.1.0"]
TAGGED = suite_files(more='release:\n  module-tag: "{package}-v{version}"\n')


@pytest.mark.parametrize("name", TAKEN)
def test_a_name_that_is_taken_here_or_on_the_remote_is_refused(name):
    here = only(problems(files=TAGGED, refs={name: HEAD}))
    assert (here.code, here.message) == ("tag-taken", f"{name} exists here")
    there = only(problems(files=TAGGED, remote=RemoteFacts("origin", {name: HEAD})))
    assert there.message == f"{name} exists on origin"
    assert "abandon 1.1.0" in there.hint


def test_for_a_pull_request_the_release_branch_must_be_free():
    proposed = suite_files(more="release:\n  push: pull-request\n")
    assert only(problems(files=proposed, refs={"refs/heads/release/1.1.0": HEAD})).code == "tag-taken"
    assert problems(refs={"refs/heads/release/1.1.0": HEAD}) == []


def test_a_version_that_the_index_has_is_taken():
    files = suite_files(**{UMBRELLA: project("demo-core", "1.0.0", ["demo-words"])})
    problem = only(problems(files=files, listings=on_index("demo-core 1.1.0")))
    assert (problem.code, problem.exit) == ("version-taken", 6)
    assert "demo-core 1.1.0" in problem.message
    assert problems(listings=on_index("demo-words 1.1.0")) == [], "one module may be carried over"


def test_without_an_umbrella_a_version_is_taken_when_every_module_is_published():
    lone = suite_files(**{UMBRELLA: None})
    assert problems(files=lone, listings=on_index("demo-words 1.1.0")) == []
    problem = only(problems(files=lone, listings=on_index("demo-words 1.1.0", "demo-speech 1.1.0")))
    assert "every module of 1.1.0" in problem.message


def test_a_version_below_a_released_one_is_refused_by_the_numbers_not_the_letters():
    problem = only(problems(merged_tags=("refs/tags/v1.9.0", "refs/tags/v1.10.0")))
    assert (problem.code, "1.10.0" in problem.message) == ("version-not-newer", True)
    assert problems(merged_tags=("refs/tags/v1.0.0", "refs/tags/v1.1.0rc1")) == []


def test_tags_of_another_kind_say_nothing_about_the_suites_version():
    others = ("refs/tags/v", "refs/tags/vision", "refs/tags/demo-words-v9.0.0", "refs/tags/9.0.0", "refs/tags/v9.0.0-x")
    assert problems(merged_tags=others) == []


def test_a_pattern_with_words_on_both_sides_is_understood():
    files = suite_files(more='release:\n  tag: "demo-{version}-final"\n')
    assert codes(problems(files=files, merged_tags=("refs/tags/demo-2.0.0-final",))) == ["version-not-newer"]
    assert problems(files=files, merged_tags=("refs/tags/demo-2.0.0",)) == []


def test_a_suite_that_would_not_be_sound_is_refused():
    row = '  "1.1.0":\n    words: "1.1.0"\n    speech: "1.0.0"\n'
    pinned = project("demo-speech", "1.0.0", ["demo-words==1.0.0"])
    files = suite_files(more=row, **{SPEECH: pinned})
    assert codes(problems(files=files, listings=on_index("demo-speech 1.0.0"))) == ["carried-excludes"]


def test_what_is_published_must_not_need_what_is_not():
    text = 'demo:\n  version: "1.0.0"\nmodules:\n  words: {version: "1.0.0", publish: false}\n  speech: "1.0.0"\n'
    found = problems(files=suite_files(**{"versions.yaml": text}))
    assert codes(found) == ["needs-unpublished"] * 2
    assert [problem.line for problem in found] == [4, 4]
    lone = text.replace("publish: false", "publish: true").replace(
        'speech: "1.0.0"', 'speech: {version: "1.0.0", publish: false}'
    )
    free = suite_files(**{"versions.yaml": lone, UMBRELLA: project("demo-core", "1.0.0", ["demo-words"])})
    assert problems(files=free) == []


def unmoved(more="", version="1.1.0", **names):
    facts = prepare_facts(version, suite_files(more=more))
    return only(
        found(preflight.PREPARE, replace(facts, unmoved={"words": ("v1.0.0", tuple(names.get("files", ("a.py",))))}))
    )


def test_a_carried_module_that_changed_is_refused_with_the_files_and_the_tag():
    problem = unmoved(files=[f"{n}.py" for n in range(8)])
    assert (problem.code, problem.exit, problem.line) == ("changed-not-moved", 3, 4)
    assert "demo-words 1.1.0 is published, but 8 of its files differ from v1.0.0" in problem.message
    assert problem.context == ("0.py", "1.py", "2.py", "3.py", "4.py", "… and 3 more")


def test_the_next_move_for_a_changed_module_fits_the_catalog():
    assert unmoved().hint.startswith("add `--only words`")
    row = '  "1.1.0":\n    words: "1.1.0"\n    speech: "1.1.0"\n'
    assert unmoved(row).hint.startswith('give it a new version in row "1.1.0"')
    assert "row" in unmoved(row + "release:\n  versioning: independent\n").hint


def test_what_waits_in_another_prepared_release_is_not_built_a_second_time():
    facts = replace(prepare_facts(), bound={("demo-words", "1.1.0"): "1.0.9", ("demo-speech", "9.9"): "1.0.9"})
    problem = only(found(preflight.PREPARE, facts))
    assert (problem.code, problem.exit) == ("bound-elsewhere", 6)
    assert "demo-words 1.1.0 is built already, in 1.0.9" in problem.message
    assert "execute 1.0.9" in problem.hint


def test_a_release_is_executed_when_it_is_tagged():
    problem = only(executing(tag=None))
    assert problem.code == "not-tagged"
    assert "trainer-release tag 1.1.0" in problem.hint


@pytest.mark.row("E5-same-or-other")
def test_what_the_remote_calls_by_our_names_must_be_the_same_object():
    same = {"refs/tags/v1.1.0": TAG, "refs/trainer-release/demo/1.1.0": RECORD}
    assert executing(remote=RemoteFacts("origin", same)) == []
    for name in same:
        other = only(executing(remote=RemoteFacts("origin", same | {name: "e" * 40})))
        assert other.code == "tag-taken"
        assert name in other.message
    alone = suite_files("1.1.0", more="release:\n  push: none\n")
    assert executing(files=alone, remote=RemoteFacts("origin", dict.fromkeys(same, "e" * 40))) == []


def test_a_remote_that_does_not_answer_stops_execute_before_anything_is_uploaded():
    silent = RemoteFacts("origin", problem=Problem("remote-unreachable", "no answer", hint="mend it"))
    assert only(executing(remote=silent)).code == "remote-unreachable"
    assert executing(remote=None) == []


WHEEL = "demo_words-1.1.0-py3-none-any.whl"


@pytest.mark.parametrize("digest", [sha("other"), None])
def test_another_file_under_our_name_on_the_index_stops_everything(digest):
    there = listed(WHEEL, digest=digest)
    there = there if digest else tuple(type(file)(file.name, file.url, None) for file in there)
    problem = only(executing(listings={"demo-words": {"1.1.0": there}}))
    assert (problem.code, problem.exit) == ("file-differs", 10)
    assert WHEEL in problem.message
    assert sha(WHEEL) in problem.message


def test_a_carried_module_has_no_bytes_to_compare():
    made = record(carried=["words"])
    assert executing(made, listings={"demo-words": {"1.0.0": listed(WHEEL, digest=sha("other"))}}) == []


def test_a_file_at_hand_with_other_bytes_is_never_uploaded():
    made = record()
    local = {dist.name: dist.sha256 for dist in made.files().values()} | {WHEEL: sha("other")}
    assert only(executing(made, local=local)).code == "file-differs"


def test_a_record_that_binds_no_file_of_a_module_is_told_for_each():
    assert codes(executing(record(files=False))) == ["nothing-built"] * 3


def test_without_credentials_nothing_is_begun_unless_there_is_nothing_to_upload():
    problem = only(executing(credentials=False))
    assert (problem.code, problem.exit) == ("no-credentials", 6)
    everything = on_index("demo-words 1.1.0", "demo-speech 1.1.0", "demo-core 1.1.0")
    assert executing(credentials=False, listings=everything) == []


def covering(made):
    return {dist.name: dist.sha256 for dist in made.files().values() if dist.name.endswith(".whl")}


def test_where_a_run_binds_its_own_bytes_a_green_verdict_must_cover_them():
    made = record()
    assert executing(made, given=verdict(files=covering(made))) == []
    assert codes(executing(made, given={})) == ["not-covered"]
    assert codes(executing(made, given=verdict(ok=False, files=covering(made)))) == ["not-covered"]
    other = covering(made) | {WHEEL: sha("other")}
    problem = only(executing(made, given=verdict(files=other)))
    assert (problem.code, WHEEL in problem.message) == ("not-covered", True)


# --- what an index takes ---------------------------------------------------------------------------------------------

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
STRICT = IndexAddress("strict", new_projects=2, window=14)


def page(package, *files, version="1.1.0", **said):
    """What an index says of a package whose files of one version are these."""
    return {package: Page({version: files} if files else {}, **said)}


def file_of(dist, days=0, *, yanked=False):
    return IndexFile(dist.name, "http://index.example/x", dist.sha256, 10, yanked, NOW - timedelta(days=days))


def taking(listings=None, **changes):
    """What the rules say of an index with limits; the files of the suite as `listings` have them."""
    facts = replace(execute_facts(listings=listings), index="strict", address=STRICT, now=NOW, **changes)
    return found(preflight.EXECUTE, facts)


WORDS_FILES = record().modules["words"].files
KNOWN = {**page("demo-words", known=True), **page("demo-speech", known=True), **page("demo-core", known=True)}


def test_more_new_projects_than_a_day_takes_are_refused_with_a_schedule_unless_spread():
    problem = only(taking())
    assert problem.code == "too-many-projects"
    assert problem.context == ("day 1: words, speech", "day 2: core")
    assert "--spread" in problem.hint
    assert taking(spread=True) == []
    assert taking(page("demo-core", known=True)) == []


def test_a_release_that_was_begun_long_ago_is_warned_of_and_then_refused():
    begun = lambda days: {**KNOWN, **page("demo-words", file_of(WORDS_FILES[0], days))}  # noqa: E731
    assert taking(begun(9)) == []
    (warning,) = taking(begun(11))
    assert (warning.code, warning.severity) == ("window-closing", Severity.WARNING)
    assert "2026-11-25 12:00Z" in warning.message
    assert only(taking(begun(15))).code == "window-closed"
    whole = {**KNOWN, **page("demo-words", *(file_of(dist, 400) for dist in WORDS_FILES))}
    assert taking(whole) == []


@pytest.mark.parametrize("status", ["quarantined", "archived"])
def test_a_closed_project_is_refused_where_something_is_missing(status):
    assert only(taking({**KNOWN, **page("demo-words", status=status)})).code == "project-closed"
    whole = page("demo-words", *map(file_of, WORDS_FILES), status=status)
    assert taking({**KNOWN, **whole}) == []
    assert taking({**KNOWN, **page("demo-words", status="deprecated")}) == []


def test_a_yanked_version_is_refused_where_something_is_missing_and_else_a_warning():
    part = page("demo-words", file_of(WORDS_FILES[0], yanked=True))
    assert only(taking({**KNOWN, **part})).code == "release-yanked"
    whole = page("demo-words", *(file_of(dist, yanked=True) for dist in WORDS_FILES))
    (warning,) = taking({**KNOWN, **whole})
    assert (warning.code, warning.severity) == ("release-yanked", Severity.WARNING)


def test_a_version_that_the_index_knows_without_files_is_used_up():
    assert only(taking({**KNOWN, **page("demo-words", versions=["1.0.0", "1.1.0"])})).code == "name-burnt"
    assert taking({**KNOWN, **page("demo-words", versions=["1.0.0"])}) == []


@pytest.mark.row("F-over-100-MiB")
def test_a_file_that_is_larger_than_the_index_takes_is_refused_unless_it_is_there():
    made = record()
    large = replace(made.modules["words"].files[0], size=(100 << 20) + 1)
    words = replace(made.modules["words"], files=(large, *made.modules["words"].files[1:]))
    made = replace(made, modules={**made.modules, "words": words})
    limited = replace(STRICT, new_projects=None, file_size=100)

    def said(listings, address):
        facts = replace(execute_facts(made, listings=listings), index="strict", address=address, now=NOW)
        return found(preflight.EXECUTE, facts)

    problem = only(said(KNOWN, limited))
    assert (problem.code, problem.exit, large.name in problem.message) == ("file-too-large", 6, True)
    assert said(KNOWN, replace(limited, file_size=101)) == []
    assert said(KNOWN, replace(limited, file_size=None)) == []
    assert said({**KNOWN, **page("demo-words", file_of(large))}, limited) == []
