"""A release whose version is a smaller step than its public API asks for; and what that is held against."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from kit.facts import listed, names, on_index, prepare_facts, suite_of
from kit.repo import suite as suite_files
from trainer_release.errors import Severity
from trainer_release.model.contracts import Breakage, Contract
from trainer_release.release import planner
from trainer_release.release.contracts import contracts, last_published
from trainer_release.release.preflight.rules.big_enough import check
from trainer_release.suite.draft import History

GONE = Breakage("Public object was removed", "words.f", "", "", "packages/words/words.py", 7)
BROKEN = Contract("1.0.0", (GONE,), ("words.g",))
MORE = Contract("1.0.0", (), ("words.g",))
FREE = "release:\n  versioning: independent\n"


def facts(version, found, more="", **how):
    """Preparing a version of the suite `demo` where these became of the public APIs."""
    return replace(prepare_facts(version, suite_files(more=more), **how), contracts=found)


def told(version, found, more="", **how):
    return [*check(facts(version, found, more, **how))]


def test_a_smaller_step_is_warned_of_with_every_breakage_and_what_to_do():
    (problem,) = told("1.1.0", {"words": BROKEN})
    assert (problem.code, problem.severity) == ("bump-too-small", Severity.WARNING)
    assert problem.message == "words 1.1.0 is a minor after 1.0.0, its public API asks for major"
    assert (problem.path, problem.line) == ("packages/words/words.py", 7)
    assert problem.context == (
        "words.f: Public object was removed, packages/words/words.py:7",
        "words.g is new",
    )
    assert problem.hint.startswith("`prepare --bump major`")


def test_only_the_first_of_many_are_shown():
    many = Contract("1.0.0", tuple(replace(GONE, line=n) for n in range(1, 15)))
    (problem,) = told("1.1.0", {"words": many})
    assert (len(problem.context), problem.context[-1]) == (11, "… and 4 more")


@pytest.mark.parametrize(("version", "found"), [("2.0.0", BROKEN), ("1.1.0", MORE), ("1.0.1", Contract("1.0.0"))])
def test_a_step_that_is_large_enough_says_nothing(version, found):
    assert told(version, {"words": found}) == []


def test_what_could_not_be_compared_and_what_is_carried_over_say_nothing():
    assert told("1.0.1", {"words": Contract("", fault="no earlier wheel on the index")}) == []
    row = '  "1.0.1": {words: "1.0.0", speech: "1.0.1"}\n'
    assert told("1.0.1", {"words": BROKEN}, row, listings=on_index("demo-words 1.0.0")) == []


def test_the_move_fits_how_the_version_came_about():
    row = '  "1.0.1": {words: "1.0.1", speech: "1.0.1"}\n'
    group = 'groups: {beta: {version: "1.0.0", modules: [words]}}\n'
    (problem,) = told("1.0.1", {"words": MORE}, row)
    assert (problem.path, problem.line) == ("versions.yaml", None)
    assert problem.hint.startswith('give it a minor version in row "1.0.1"')
    assert told("1.0.1", {"words": BROKEN}, group)[0].hint.startswith("`--group beta=2.0.0`")
    assert told("1.0.1", {"words": replace(BROKEN, base="0.9.0")}, group) == []
    staged = facts("1.0.1", {"words": replace(BROKEN, base="1.0.0b1")}, group)
    change = replace(staged.change, targets={**staged.change.targets, "words": "1.0.1b1"})
    (stays,) = check(replace(staged, change=change))
    assert stays.hint.startswith("`--group beta=2.0.0b1`"), "a group of pre-releases stays one"
    (first, second) = told("1.0.1", {"words": MORE, "core": BROKEN})
    assert first.hint.startswith("`prepare --bump major`"), "one move for all of them"
    assert second.hint.startswith("`prepare --bump major`")


def test_an_independent_module_is_moved_alone_and_its_umbrella_by_the_suite():
    row = '  "1.0.1": {words: "1.0.1", speech: "1.0.1"}\n' + FREE
    assert [problem.hint.partition(";")[0] for problem in told("1.0.1", {"words": MORE, "core": MORE}, row)] == [
        'give it a minor version in row "1.0.1"',
        "`prepare --bump minor`",
    ]


def test_the_plan_notes_what_became_of_apis_and_where_nobody_could_tell():
    none = Contract("", fault="no earlier wheel on the index")
    notes = planner.prepare(facts("2.0.0", {"words": BROKEN, "speech": none, "core": Contract("1.0.0")})).notes
    assert notes[:2] == (
        "words: public API since 1.0.0: words.f: Public object was removed, packages/words/words.py:7: at least major",
        "public API not compared: speech (no earlier wheel on the index)",
    )


def test_the_last_published_version_is_the_newest_final_one_up_to_now_with_wheels():
    there = on_index(*(f"x {version}" for version in ("0.9.0", "1.0.0", "1.1.0rc1", "1.2.0")))["x"]
    assert last_published(there, "1.1.0rc2")[0] == "1.0.0"
    assert last_published(there, "1.0.0")[0] == "1.0.0"
    assert [file.name for file in last_published(there, "0.9.5")[1]] == [names("x", "0.9.0")[0]]
    assert last_published(there, "0.1.0") is None
    assert last_published(on_index("x 0.66b0", "x 0.65b0")["x"], "0.66b0")[0] == "0.66b0"


def test_sdists_and_yanked_wheels_are_nothing_to_compare_with():
    wheel, sdist = listed(*names("x", "1.0.0"))
    assert last_published({"1.0.0": (sdist,)}, "1.0.0") is None
    assert last_published({"1.0.0": (replace(wheel, yanked=True),)}, "1.0.0") is None


def test_nothing_is_asked_of_git_or_index_where_nothing_changed_or_nothing_was_published(tmp_path):
    suite = suite_of(suite_files())
    nobody = SimpleNamespace()  # neither git nor a download is there
    past = History("v1.0.0", "1.0.0", {}, frozenset({"words"}))
    assert contracts(nobody, "", tmp_path, suite, History(), on_index("demo-words 1.0.0"), 2) == {}
    found = contracts(nobody, "", tmp_path, suite, past, {}, 2)
    assert {name: each.fault for name, each in found.items()} == {"words": "no earlier wheel on the index"}


def test_modules_that_are_not_published_have_no_published_api(tmp_path):
    text = suite_files()
    listed_as = '  words: {version: "1.0.0", publish: false}\n'
    text["versions.yaml"] = text["versions.yaml"].replace('  words: "1.0.0"\n', listed_as, 1)
    past = History("v1.0.0", "1.0.0", {}, frozenset({"words"}))
    assert contracts(SimpleNamespace(), "", tmp_path, suite_of(text), past, on_index("demo-words 1.0.0"), 2) == {}
