"""Why a test fails now and then: found by runs that differ in one thing, in worlds whose rules are known."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random

import pytest

from trainer_release.agent.flaky import (
    DRAW,
    HASH,
    NEEDS,
    ORDER,
    UNKNOWN,
    ZONE,
    ZONES,
    Cause,
    Flaky,
    Run,
    Trial,
    command,
    counted,
    explained,
    told,
    trial,
    trials,
)
from trainer_release.model.testing import Conduct, TestResult

TESTS = tuple(f"tests/test_all.py::test_{name}" for name in "abcdefghij")
VICTIM = TESTS[4]


@dataclass
class World:
    """Ten tests; one of them passes by a rule over the trial and the tests before it."""

    rule: Callable[[Trial, Iterable[str]], bool]
    runs: int = 0
    orders: list[tuple[str, ...]] = field(default_factory=list)

    def __call__(self, one: Trial) -> Run:
        self.runs += 1
        order = one.order or tuple(Random(one.seed).sample(TESTS, len(TESTS)))
        before = order[: order.index(VICTIM)] if VICTIM in order else ()
        passes = self.rule(one, before)
        shown = [TestResult(name, "module", "passed", text="") for name in order if name != VICTIM]
        outcome = TestResult(VICTIM, "module", "passed" if passes else "failed", text="" if passes else "E  wrong")
        return Run(one, (*shown[: len(before)], *([outcome] if VICTIM in order else []), *shown[len(before) :]))


def after(*names):
    return lambda _, before: not {*names} <= {*before}


def found(rule, count=20):
    world = World(rule)
    shown = [world(each) for each in trials(7, count)]
    passed, failed = counted(shown)[VICTIM]
    assert passed, failed
    return explained(VICTIM, shown, world), world


def test_a_polluter_is_named():
    shown, world = found(after(TESTS[8]))
    assert (shown.cause.kind, shown.cause.by) == (ORDER, (TESTS[8],))
    assert shown.cause.trial.order == (TESTS[8], VICTIM)
    assert world.runs <= 20 + 14


def test_two_polluters_that_only_work_together_are_named_in_their_order():
    shown, _ = found(after(TESTS[0], TESTS[9]))
    assert (shown.cause.kind, {*shown.cause.by}) == (ORDER, {TESTS[0], TESTS[9]})


def test_what_a_test_needs_before_it_is_named():
    shown, _ = found(lambda _, before: TESTS[2] in before)
    assert (shown.cause.kind, shown.cause.by) == (NEEDS, (TESTS[2],))
    assert shown.cause.trial.order == (VICTIM,), "alone it fails"


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        (HASH, lambda one, _: one.hashing % 3),
        (ZONE, lambda one, _: one.zone != "America/Los_Angeles"),
        (DRAW, lambda one, _: one.seed % 3),
    ],
)
def test_what_a_failure_hangs_on_is_told_apart(kind, rule):
    shown, _ = found(rule)
    assert (shown.cause.kind, shown.cause.by) == (kind, ())
    assert not rule(shown.cause.trial, ())


def test_what_hangs_on_nothing_that_runs_differ_in_is_unknown():
    chance = Random(3)
    shown, _ = found(lambda *_: chance.random() < 0.5)
    assert shown.cause.kind == UNKNOWN


def test_a_failure_is_never_counted_away():
    shown, _ = found(after(TESTS[8]))
    assert shown.failed > 0
    assert shown.text == "E  wrong"
    runs = [Run(trial(1), (TestResult("x", "m", outcome),)) for outcome in ("passed", "skipped", "leaked", "xfailed")]
    assert counted(runs) == {"x": (1, 1)}


def test_a_seed_decides_all_that_varies_and_everything_does_vary():
    assert trials(5, 50) == trials(5, 50) != trials(6, 50)
    made = trials(5, 50)
    assert len({one.seed for one in made}) == 50
    assert {one.zone for one in made} == {*ZONES}
    assert all(one.hashing == one.seed for one in made), "as `test-agent run --seed` has it"
    assert all(trial(one.seed) == one for one in made)


def test_a_trial_is_run_with_its_seeds_zone_and_order_and_what_is_left_behind_stays():
    how = Trial(3, 4, "UTC", ("b", "a")).conduct(Conduct(env={"X": "1"}, leaks="fail"))
    assert (how.seed, how.select, how.ordered, how.leaks) == (3, ("b", "a"), True, "off")
    assert how.env == {"X": "1", "PYTHONHASHSEED": "4", "TZ": "UTC"}
    assert Trial(3, 3, "UTC").conduct(Conduct()).select is None


def test_the_command_shows_the_failure():
    cause = Cause(
        ORDER, Trial(3, 3, "Asia/Kathmandu", ("t.py::test_b[1-x]", "t.py::C::test_a")), ("t.py::test_b[1-x]",)
    )
    said = "TZ=Asia/Kathmandu test-agent run --module m --seed 3 -- -k 'test_b or test_a'"
    assert command(cause, ("--module", "m")) == said
    assert told(Flaky("t", 1, 1, "", cause), ())[0] == "it fails after t.py::test_b[1-x]"
    assert command(Cause(UNKNOWN, Trial(3, 3, "UTC")), ()) == "test-agent run --seed 3"
    assert told(Flaky("t", 1, 1, "", Cause(HASH, Trial(3, 3, "UTC"))), ())[0] == "it hangs on hashes"
