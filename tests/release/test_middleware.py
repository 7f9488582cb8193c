"""What wraps an action: the world's word, the journal's, announcement, time, and the step's name in every problem."""

from __future__ import annotations

import itertools
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from kit.facts import world
from kit.steps import Made, Told
from trainer_release.errors import Problem, ReleaseError
from trainer_release.model.outcome import Outcome, Status
from trainer_release.model.plan import Action
from trainer_release.release.engine.journal import Journal
from trainer_release.release.engine.middleware import announced, wrapped
from trainer_release.release.engine.reporter import Reporter
from trainer_release.release.step import CLOCK, Clock

ACTION = Action("words")


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "j.jsonl", "p", resume=True)


def call(step, tmp_path, journal, reporter=None):
    return wrapped(step, world(tmp_path), {}, journal, reporter or Told(), CLOCK)(ACTION)


def refuse(_action):
    raise ReleaseError(Problem("upload-failed", "no room", hint="make room"), Problem("file-differs", "another file"))


@pytest.mark.parametrize(
    ("seen", "noted", "runs"),
    [
        (True, False, False),
        (True, True, False),
        (False, False, True),
        (False, True, True),
        (None, False, True),
        (None, True, False),
    ],
)
def test_the_worlds_word_beats_the_journals_which_decides_where_the_world_cannot_tell(
    tmp_path, journal, seen, noted, runs
):
    if noted:
        journal.note("done", "publish", "words", "now", {"files": ["x"]})
    done = []
    step = Made("publish", does=done.append, sees=lambda _: seen)
    told = Told()
    outcome = call(step, tmp_path, Journal(tmp_path / "j.jsonl", "p", resume=True), told)
    assert bool(done) is runs
    assert outcome.status is (Status.DONE if runs else Status.SKIPPED)
    if not runs:
        assert outcome.evidence == ({"files": ["x"]} if noted else {})
        assert told.events == [("ended", "publish", "words", "skipped")]


def test_an_action_is_announced_carried_out_and_written_down(tmp_path, journal):
    told = Told()
    outcome = call(Made("publish", does=lambda _: Outcome(evidence={"n": 1}, note="x")), tmp_path, journal, told)
    assert outcome == Outcome(Status.DONE, {"n": 1}, "x")
    assert told.events == [("started", "publish", "words"), ("ended", "publish", "words", "done")]
    assert Journal(tmp_path / "j.jsonl", "p", resume=True).done("publish", "words").evidence == {"n": 1}


def test_every_problem_says_which_step_and_module_it_came_from(tmp_path, journal):
    told = Told()
    with pytest.raises(ReleaseError) as caught:
        call(Made("publish", does=refuse), tmp_path, journal, told)
    assert [problem.message for problem in caught.value.problems] == [
        "publish words: no room",
        "publish words: another file",
    ]
    assert [problem.code for problem in caught.value.problems] == ["upload-failed", "file-differs"]
    assert caught.value.problems[0].hint == "make room"
    assert told.events[-1] == ("failed", "publish", "words")
    text = (tmp_path / "j.jsonl").read_text()
    assert '"codes": ["upload-failed", "file-differs"]' in text
    assert Journal(tmp_path / "j.jsonl", "p", resume=True).done("publish", "words") is None


def test_a_fault_of_ours_leaves_the_action_begun_and_not_done(tmp_path, journal):
    def crash(_action):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        call(Made("publish", does=crash), tmp_path, journal)
    assert [line.split('"event": "')[1].split('"')[0] for line in (tmp_path / "j.jsonl").read_text().splitlines()] == [
        "started"
    ]
    assert Journal(tmp_path / "j.jsonl", "p", resume=True).done("publish", "words") is None


def test_a_step_of_the_whole_suite_is_named_without_a_module(tmp_path, journal):
    with pytest.raises(ReleaseError) as caught:
        wrapped(Made("verify", does=refuse), world(tmp_path), {}, journal, Told(), CLOCK)(Action())
    assert caught.value.problems[0].message == "verify: no room"


def test_a_question_to_the_world_that_fails_is_a_refusal_like_any_other(tmp_path, journal):
    told = Told()
    with pytest.raises(ReleaseError) as caught:
        call(Made("publish", sees=refuse), tmp_path, journal, told)
    assert caught.value.exit == 7


@pytest.mark.parametrize("does", [lambda _: Outcome(), refuse])
def test_the_seconds_are_those_between_start_and_end(does):
    ticks = itertools.count(10.0, 2.5)
    heard = []

    class Listening(Reporter):
        def ended(self, step, subject, outcome, seconds):
            heard.append(seconds)

        def failed(self, step, subject, error, seconds):
            heard.append(seconds)

    fixed = Clock(lambda: datetime(2026, 11, 22, tzinfo=UTC), lambda: next(ticks))
    with suppress(ReleaseError):
        announced(Made("publish"), does, Listening(), fixed)(ACTION)
    assert heard == [2.5]
