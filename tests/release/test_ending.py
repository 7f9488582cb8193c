"""How a run ends that could not publish everything: the gravest first, one note, one command."""

import pytest

from kit.steps import Told, plan_of
from trainer_release.errors import Problem, ReleaseError, Severity
from trainer_release.model.outcome import Outcome
from trainer_release.release.publishing.ending import STEP, Ledger, ended

COMMAND = "trainer-release execute 1.0.0 --index internal"


def ledger(published=(), unpublished=("a",), left_out=()):
    made = Ledger(Told())
    made.planned(plan_of((STEP, [*published, *unpublished, *(name for name, _ in left_out)])))
    for name in published:
        made.ended(STEP, name, Outcome(), 1.0)
    for name in unpublished:
        made.started(STEP, name)
    for name, by in left_out:
        made.blocked(STEP, name, by)
    return made


def told(*codes, live=False, **book):
    error = ReleaseError(*(Problem(code, "x") for code in codes))
    return ended(error, ledger(**book), live=live, command=COMMAND)


@pytest.mark.parametrize(
    ("codes", "exit_code"),
    [
        (("index-quota", "upload-failed", "outcome-unknown", "file-differs"), 10),
        (("index-quota", "upload-failed", "outcome-unknown"), 11),
        (("index-quota", "upload-failed"), 7),
        (("index-quota", "index-stale"), 7),
        (("index-quota", "upload-refused"), 6),
        (("index-quota",), 8),
    ],
)
def test_of_several_the_gravest_decides(codes, exit_code):
    assert told(*codes).exit == exit_code
    assert told(*reversed(codes)).exit == exit_code


@pytest.mark.parametrize("how", [{"live": True}, {"published": ["b"]}])
def test_a_refusal_where_anything_is_live_is_a_partial_release(how):
    assert told("upload-refused", **how).problems[0].code == "upload-failed"
    assert told("upload-refused").problems[0].code == "upload-refused"


def test_no_partial_release_ends_as_if_nothing_were_published():
    found = told("index-unreachable", "index-quota", live=True)
    assert (found.exit, [each.code for each in found.problems]) == (
        7,
        ["unfinished", "index-unreachable", "index-quota"],
    )
    assert told("index-unreachable").exit == 6
    assert told("index-quota", live=True).exit == 8


def test_one_note_says_who_waits_for_whom_and_how_to_go_on():
    note = told("upload-failed", published=["c", "b"], left_out=[("e", "a"), ("d", "a")]).problems[-1]
    assert note.severity is Severity.NOTE
    assert note.message == "published: b, c; not published: a; left alone: d (needs a), e (needs a)"
    assert COMMAND in note.hint


def test_a_run_that_failed_elsewhere_is_told_as_it_was():
    error = ReleaseError(Problem("push-refused", "x"))
    before = Ledger(Told())
    before.planned(plan_of((STEP, ["a"])))
    for made in (before, ledger(["a"], unpublished=())):
        assert ended(error, made, live=False, command=COMMAND).problems == error.problems


def test_who_listens_beside_hears_everything():
    beside = Told()
    made = Ledger(beside)
    made.started("push_refs", "tag")
    made.ended("push_refs", "tag", Outcome(), 0.0)
    made.blocked("push_refs", "tag", "branch")
    made.failed("push_refs", "tag", ReleaseError(), 0.0)
    made.started(STEP, "a")
    made.noted(STEP, "a", "index stale")
    assert [event[0] for event in beside.events] == ["started", "ended", "blocked", "failed", "started", "noted"]
    assert (made.began, made.published, made.left_out) == (True, [], {})
