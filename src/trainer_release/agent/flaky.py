"""Which tests pass and fail with the same code, and what it hangs on: the order, hashes, the zone, draws. Pure.

A test is run again to learn why it fails, never to see it pass: one failure is enough for a verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from trainer_release.agent.ddmin import smallest
from trainer_release.model.testing import Conduct, TestResult

ZONES = ("UTC", "Asia/Kathmandu", "America/Los_Angeles", "Pacific/Kiritimati")
"""Time zones with which runs vary: a day before and after UTC, and one that is no whole hours away."""
ORDER, NEEDS, HASH, ZONE, DRAW, UNKNOWN = "order", "needs", "hashes", "the time zone", "draws", "unknown"
FACTORS = (HASH, ZONE, DRAW)
_PASSED = {"passed", "xpassed"}
_FAILED = {"failed", "error", "timeout", "crashed", "leaked"}
_STEADY = 2
"""How often a run must show the same for it to be held for caused."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One run. `seed` orders the tests, unless `order` names them, and seeds what is drawn; `hashing` is Python's hash
    seed, `zone` the time zone."""

    seed: int
    hashing: int
    zone: str
    order: tuple[str, ...] | None = None

    def conduct(self, base: Conduct) -> Conduct:
        """How tests are run in it. What a test leaves behind stays for those after it."""
        env = {**base.env, "PYTHONHASHSEED": str(self.hashing), "TZ": self.zone}
        return replace(base, seed=self.seed, select=self.order, ordered=self.order is not None, env=env, leaks="off")

    def taking(self, factors: Sequence[str], other: Trial) -> Trial:
        """The same with these factors of another trial."""
        return replace(
            self,
            hashing=other.hashing if HASH in factors else self.hashing,
            zone=other.zone if ZONE in factors else self.zone,
            seed=other.seed if DRAW in factors else self.seed,
        )


@dataclass(frozen=True, slots=True)
class Run:
    """What one trial showed, in the order in which it ran."""

    trial: Trial
    tests: tuple[TestResult, ...]

    def fails(self, test: str) -> bool | None:
        """Whether a test failed in it; None where it showed nothing."""
        found = {each.outcome for each in self.tests if each.test == test}
        return True if found & _FAILED else False if found & _PASSED else None

    def before(self, test: str) -> tuple[str, ...]:
        """The tests that ran before it."""
        names = [each.test for each in self.tests]
        return tuple(dict.fromkeys(names[: names.index(test)]))


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a test passes and fails. `kind` is order, needs, unknown, or the factors that it hangs on; `by` are the tests
    after which it fails (order), or without which it does (needs); `trial` shows the failure."""

    kind: str
    trial: Trial
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flaky:
    """A test that passed and failed: how often, the last failure's text, and why."""

    test: str
    passed: int
    failed: int
    text: str
    cause: Cause


def trials(seed: int, count: int) -> tuple[Trial, ...]:
    """So many runs that differ in order, draws, hashes and time zone; the seed alone decides how."""
    return tuple(trial(_number(seed, each) % 2**31) for each in range(count))


def trial(seed: int) -> Trial:
    """The run that a seed stands for. Its hash seed is the one that `test-agent run --seed` takes."""
    return Trial(seed, seed, ZONES[_number(seed, "zone") % len(ZONES)])


def _number(*parts: object) -> int:
    return int.from_bytes(sha256("\0".join(map(str, parts)).encode()).digest()[:8], "big")


def counted(runs: Sequence[Run]) -> dict[str, tuple[int, int]]:
    """How often every test passed and failed."""
    names = dict.fromkeys(each.test for run in runs for each in run.tests)
    answers = {name: [run.fails(name) for run in runs] for name in names}
    return {name: (found.count(False), found.count(True)) for name, found in answers.items()}


def explained(test: str, runs: Sequence[Run], again: Callable[[Trial], Run]) -> Flaky:
    """A test that passed and failed in these runs, with what makes it fail, which further runs tell (`again`)."""
    failing = min((run for run in runs if run.fails(test)), key=lambda run: len(run.before(test)))
    passing = min((run for run in runs if run.fails(test) is False), key=lambda run: len(run.before(test)))
    passed, failed = counted(runs)[test]
    text = next(each.text for each in failing.tests if each.test == test and each.outcome in _FAILED)
    return Flaky(test, passed, failed, text, _Search(test, failing, passing, again).cause())


@dataclass(frozen=True, slots=True)
class _Search:
    """The way to a cause, from one run that failed and one that passed."""

    test: str
    failing: Run
    passing: Run
    again: Callable[[Trial], Run]

    def cause(self) -> Cause:
        trial, other = self.failing.trial, self.passing.trial
        prefix = self.failing.before(self.test)
        if not self._steady(trial, prefix, fails=True):
            return Cause(UNKNOWN, trial)
        if prefix and self._steady(trial, (), fails=False):
            return self._after(ORDER, trial, prefix, fails=True)
        if self._steady(other, (), fails=False):
            factors = smallest(FACTORS, lambda some: self._shows(other.taking(some, trial), (), fails=True))
            steady = self._steady(other.taking(factors, trial), (), fails=True)
            return Cause(" and ".join(factors), self._at(trial, ())) if steady else Cause(UNKNOWN, trial)
        needed = self.passing.before(self.test)
        if needed and self._steady(other, needed, fails=False) and self._steady(other, (), fails=True):
            return self._after(NEEDS, other, needed, fails=False)
        return Cause(UNKNOWN, trial)

    def _after(self, kind: str, trial: Trial, prefix: tuple[str, ...], *, fails: bool) -> Cause:
        """Of the tests before it, the fewest that make the difference."""
        by = smallest(prefix, lambda some: self._shows(trial, some, fails=fails))
        if not self._steady(trial, by, fails=fails):
            return Cause(UNKNOWN, self.failing.trial)
        return Cause(kind, self._at(trial, by if kind == ORDER else ()), by)

    def _at(self, trial: Trial, before: tuple[str, ...]) -> Trial:
        return replace(trial, order=(*before, self.test))

    def _shows(self, trial: Trial, before: tuple[str, ...], *, fails: bool) -> bool:
        return self.again(self._at(trial, before)).fails(self.test) is fails

    def _steady(self, trial: Trial, before: tuple[str, ...], *, fails: bool) -> bool:
        return all(self._shows(trial, before, fails=fails) for _ in range(_STEADY))


def told(found: Flaky, words: Sequence[str]) -> tuple[str, str]:
    """Why a test is flaky, in words, and the command that shows the failure; `words` choose its tests."""
    kind, by = found.cause.kind, ", ".join(found.cause.by)
    why = {
        ORDER: f"it fails after {by}",
        NEEDS: f"it passes only after {by}",
        UNKNOWN: "not the order, hashes, the time zone or a seeded draw: time, a race, or what lies outside",
    }.get(kind, f"it hangs on {kind}")
    return why, command(found.cause, words)


def command(cause: Cause, words: Sequence[str]) -> str:
    """The command line that shows a failure."""
    made = cause.trial
    names = dict.fromkeys(test.rpartition("::")[2].partition("[")[0] for test in made.order or ())
    zone = [f"TZ={made.zone}"] if made.zone != "UTC" else []
    only = ["--", "-k", f"'{' or '.join(names)}'"] if names else []
    return " ".join([*zone, "test-agent run", *words, f"--seed {made.seed}", *only])
