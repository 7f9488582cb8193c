"""The one loop: order, dependencies, parallelism, failures and crashes."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from kit.facts import world
from kit.steps import Made, Told, plan_of
from trainer_release.errors import ReleaseError, fail
from trainer_release.model.plan import Action
from trainer_release.release.engine.journal import Journal
from trainer_release.release.engine.runner import carry_out
from trainer_release.release.step import CLOCK
from trainer_release.world import process


def run(tmp_path, plan, *steps, jobs=2, told=None):
    journal = Journal(tmp_path / "j.jsonl", plan.id, resume=True)
    return carry_out(plan, steps, world(tmp_path, jobs=jobs), journal, told or Told(), CLOCK)


def failing(*names, code="build-failed"):
    def does(action):
        if action.subject in names:
            raise fail(code, f"{action.subject} broke")

    return does


def test_steps_run_in_order_and_later_ones_know_what_earlier_ones_found(tmp_path):
    one, two = Made("one"), Made("two")
    told = Told()
    outcomes = run(tmp_path, plan_of(("one", "ab"), ("two", "c")), one, two, told=told)
    assert set(outcomes) == {("one", "a"), ("one", "b"), ("two", "c")}
    assert set(two.so_far[0]) == {("one", "a"), ("one", "b")}
    assert all(not known for known in one.so_far), "actions of one step do not know each other"
    assert told.events[0] == ("planned", "p")
    assert [event[1] for event in told.events[1:]] == ["one"] * 4 + ["two"] * 2


def test_a_step_without_actions_is_passed_over(tmp_path):
    assert run(tmp_path, plan_of(("one", []), ("two", "a")), Made("one"), Made("two")).keys() == {("two", "a")}


def test_a_failure_ends_the_run_after_its_step(tmp_path):
    two = Made("two")
    with pytest.raises(ReleaseError):
        run(tmp_path, plan_of(("one", "ab"), ("two", "c")), Made("one", failing("a")), two)
    assert two.so_far == []


def test_every_failure_of_a_step_is_told_in_one_error_in_the_order_of_names(tmp_path):
    told = Told()
    with pytest.raises(ReleaseError) as caught:
        run(tmp_path, plan_of(("one", "dcba")), Made("one", failing("a", "c", "d")), told=told)
    assert [problem.message for problem in caught.value.problems] == [
        "one a: a broke",
        "one c: c broke",
        "one d: d broke",
    ]
    assert ("ended", "one", "b", "done") in told.events


def test_what_needs_a_failed_action_is_left_out_and_says_by_whom(tmp_path):
    told = Told()
    chain = [Action("c", ("b",)), Action("b", ("a",)), Action("a"), Action("x")]
    with pytest.raises(ReleaseError):
        run(tmp_path, plan_of(("one", chain)), Made("one", failing("a")), told=told)
    assert {event for event in told.events if event[0] == "blocked"} == {
        ("blocked", "one", "b", "a"),
        ("blocked", "one", "c", "b"),
    }
    assert ("ended", "one", "x", "done") in told.events


@pytest.mark.parametrize("jobs", [1, 3])
def test_no_more_run_at_once_than_there_are_jobs(tmp_path, jobs):
    lock, now, most = threading.Lock(), 0, 0

    def does(_action):
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.02)
        with lock:
            now -= 1

    run(tmp_path, plan_of(("one", "abcdefgh")), Made("one", does), jobs=jobs)
    assert most == jobs


def test_what_waits_for_nothing_runs_at_the_same_time(tmp_path):
    barrier = threading.Barrier(2, timeout=10)
    run(tmp_path, plan_of(("one", "ab")), Made("one", lambda _: barrier.wait() and None))


DAGS = some.integers(1, 7).flatmap(
    lambda size: some.tuples(
        some.tuples(*(some.sets(some.integers(0, max(0, n - 1))) if n else some.just(set()) for n in range(size))),
        some.sets(some.integers(0, size - 1)),
        some.permutations(range(size)),
        some.integers(1, 4),
    )
)


@settings(deadline=None, max_examples=60)
@given(DAGS)
def test_whatever_depends_on_whatever_nothing_starts_early_and_all_that_can_run_does(tmp_path_factory, drawn):
    needs, broken, order, jobs = drawn
    actions = [Action(str(n), tuple(str(need) for need in sorted(needs[n]))) for n in order]
    broken_names = {str(n) for n in broken}
    doomed = set(broken_names)
    for n, wanted in enumerate(needs):
        if {str(need) for need in wanted} & doomed:
            doomed.add(str(n))
    told, ended, early = Told(), set(), []

    def does(action):
        early.extend(name for name in action.after if name not in ended)
        failing(*broken_names)(action)
        ended.add(action.subject)

    try:
        run(tmp_path_factory.mktemp("dag"), plan_of(("one", actions)), Made("one", does), jobs=jobs, told=told)
        assert not broken
    except ReleaseError:
        assert broken
    everything = {action.subject for action in actions}
    started = {event[2] for event in told.events if event[0] == "started"}
    blocked = {event[2] for event in told.events if event[0] == "blocked"}
    assert early == []
    assert ended == everything - doomed
    assert started | blocked == everything
    assert started & blocked == set()
    assert blocked == {n for n in doomed if {str(need) for need in needs[int(n)]} & doomed}


def test_a_second_run_leaves_out_what_the_journal_knows(tmp_path):
    plan = plan_of(("one", "abc"))
    with pytest.raises(ReleaseError):
        run(tmp_path, plan, Made("one", failing("b"), sees=lambda _: None))
    again = []
    outcomes = run(tmp_path, plan, Made("one", lambda action: again.append(action.subject), sees=lambda _: None))
    assert again == ["b"]
    assert outcomes["one", "a"].evidence == {"did": "a"}


def test_what_the_world_no_longer_has_is_done_again_whatever_the_journal_says(tmp_path):
    plan = plan_of(("one", "a"))
    run(tmp_path, plan, Made("one"))
    again = []
    run(tmp_path, plan, Made("one", again.append, sees=lambda _: False))
    assert len(again) == 1


def test_a_fault_of_ours_ends_the_run_and_the_next_one_goes_on(tmp_path):
    def crash(action):
        if action.subject == "b":
            raise ZeroDivisionError

    plan = plan_of(("one", [Action("a"), Action("b", ("a",)), Action("c", ("b",))]))
    with pytest.raises(ZeroDivisionError):
        run(tmp_path, plan, Made("one", crash, sees=lambda _: None), jobs=1)
    again = []
    run(tmp_path, plan, Made("one", lambda action: again.append(action.subject), sees=lambda _: None), jobs=1)
    assert again == ["b", "c"]


def test_an_interrupt_ends_running_commands_starts_nothing_more_and_leaves_a_resumable_journal(tmp_path):
    begun = []

    def does(action):
        begun.append(action.subject)
        if action.subject == "a":
            return
        done = process.run([sys.executable, "-c", "import time; time.sleep(60)"])
        raise fail("build-failed", f"ended with {done.code}")

    plan = plan_of(("one", [Action("a"), *(Action(name, ("a",)) for name in "bcdef")]))
    timer = threading.Timer(0.7, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, plan, Made("one", does, sees=lambda _: None))
    timer.join()
    assert time.monotonic() - start < 10
    assert len(begun) == 3
    again = []
    run(tmp_path, plan, Made("one", lambda action: again.append(action.subject), sees=lambda _: None), jobs=1)
    assert again == list("bcdef")


def test_an_interrupt_ends_what_waits_and_the_next_run_may_wait_again(tmp_path):
    plan = plan_of(("one", "ab"))
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, plan, Made("one", lambda _: CLOCK.sleep(60), sees=lambda _: None))
    timer.join()
    assert time.monotonic() - start < 10
    run(tmp_path, plan, Made("one", lambda _: CLOCK.sleep(0.01), sees=lambda _: None))
