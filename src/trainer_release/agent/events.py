"""What the events of a run amount to: results, leaks, attempts, and how it ended. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

from trainer_release.model.testing import Attempt, Leak, TestResult

BAD = ("failed", "error", "timeout", "crashed")
"""Outcomes that are a fault whatever is asked; `leaked` is one of its own."""


@dataclass(frozen=True, slots=True)
class Told:
    """All that was told. `reason` is done, wall, interrupted, failures, foreign, unconfined, lost, or None where the
    supervisor itself came to an end before it could say; `exit` the last worker's exit code; `refused` why the kernel
    gave no namespaces; `foreign` the modules that did not come from the environment; `collected` None where nothing
    was."""

    level: str = ""
    network: str = ""
    refused: str = ""
    collected: tuple[str, ...] | None = None
    results: tuple[TestResult, ...] = ()
    leaks: tuple[Leak, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    foreign: tuple[str, ...] = ()
    reason: str | None = None
    exit: int | None = None


@dataclass(slots=True)
class _Open:
    """A test that has begun."""

    test: str
    outcome: str = ""
    seconds: float = 0.0
    texts: list[str] = field(default_factory=list)


class _Fold:
    """Takes one event after the other."""

    def __init__(self, origin: str, leaks_fail: bool, allowed: tuple[str, ...]) -> None:
        self.origin, self.leaks_fail, self.allowed = origin, leaks_fail, allowed
        self.told = Told()
        self.results: list[TestResult] = []
        self.leaks: list[Leak] = []
        self.attempts: dict[Attempt, None] = {}
        self.foreign: list[str] = []
        self.open: _Open | None = None
        self.takes: dict[str, Callable[[Mapping[str, Any]], None]] = {
            "begin": self._begin,
            "phase": self._phase,
            "done": self._done,
            "timeout": self._timeout,
            "crash": self._crash,
            "collect-error": self._collect_error,
            "late": self._late,
        }

    def take(self, event: Mapping[str, Any]) -> None:
        kind = event["event"]
        if kind in self.takes:
            self.takes[kind](event)
        elif kind == "confined":
            self.told = replace(self.told, level=event["level"], network=event["network"])
        elif kind == "unconfined":
            self.told = replace(self.told, refused=event["why"])
        elif kind == "collected" and self.told.collected is None:
            self.told = replace(self.told, collected=tuple(event["tests"]))
        elif kind == "attempt":
            words = (event["name"], event["module"], event["by"], event.get("where") or "", event.get("test") or "")
            self.attempts[Attempt(*words)] = None
        elif kind == "foreign":
            self.foreign.append(f"{event['name']} is {event['file']}")
        elif kind == "end":
            self.told = replace(self.told, reason=event["reason"], exit=event["exit"])

    def _begin(self, event: Mapping[str, Any]) -> None:
        self.open = _Open(event["test"])

    def _phase(self, event: Mapping[str, Any]) -> None:
        if self.open is None or self.open.test != event["test"]:
            self.open = _Open(event["test"])
        test = self.open
        test.seconds += event["seconds"]
        if outcome := outcome_of(event):
            test.outcome = test.outcome or outcome  # the first fault counts, later ones are told beside it
            test.texts += [event["text"]] if event["text"] else []

    def _done(self, event: Mapping[str, Any]) -> None:
        leaks = tuple(self._leaks(event["leaks"]))
        test = self.open or _Open(event["test"])
        outcome = test.outcome or "passed"
        if leaks and self.leaks_fail and outcome not in BAD:
            outcome = "leaked"
        self._close(test, outcome, "\n".join(test.texts), leaks)

    def _timeout(self, event: Mapping[str, Any]) -> None:
        test = self.open or _Open(event["test"])
        if test.test != event["test"] or self.open is None:  # it came to an end when the signal woke it
            places = [at for at, result in enumerate(self.results) if result.test == event["test"]]
            test = _Open(event["test"], seconds=self.results.pop(places[-1]).seconds if places else 0.0)
        seconds = max(test.seconds, event["seconds"])
        text = f"not done after {event['seconds']:g} s\n{event['stacks']}".rstrip()
        self._close(replace(test, seconds=seconds), "timeout", text)

    def _crash(self, event: Mapping[str, Any]) -> None:
        how = f"signal {event['signal']}" if event["signal"] else f"exit code {event['exit']}"
        text = f"the process that ran the tests ended with {how}\n{event['tail']}".rstrip()
        where = "(collection)" if self.told.collected is None else "(between tests)"
        self._close(self.open or _Open(event["test"] or where), "crashed", text)

    def _collect_error(self, event: Mapping[str, Any]) -> None:
        self.results.append(TestResult(event["place"], self.origin, "error", 0.0, event["text"]))

    def _late(self, event: Mapping[str, Any]) -> None:
        after = f" (the last test was {event['test']})" if event["test"] else ""
        self.leaks += [replace(leak, what=f"{leak.what}{after}") for leak in self._leaks(event["leaks"])]

    def _leaks(self, found: Iterable[Mapping[str, Any]]) -> Iterable[Leak]:
        for each in found:
            if not any(fnmatchcase(each["what"], pattern) for pattern in self.allowed):
                yield Leak(each["kind"], each["what"], bool(each["dead"]))

    def _close(self, test: _Open, outcome: str, text: str, leaks: tuple[Leak, ...] = ()) -> None:
        self.results.append(TestResult(test.test, self.origin, outcome, round(test.seconds, 6), text, leaks))
        self.open = None


def fold(lines: Iterable[str], origin: str, *, leaks_fail: bool = True, allowed: tuple[str, ...] = ()) -> Told:
    """The events of one run, as lines of JSON; a line that a kill cut off counts as none. `allowed` are patterns of
    leaks that are none."""
    folded = _Fold(origin, leaks_fail, allowed)
    for line in lines:
        try:
            event = json.loads(line) if line.strip() else {}
        except ValueError:
            continue
        if "event" in event:
            folded.take(event)
    return replace(
        folded.told,
        results=tuple(folded.results),
        leaks=tuple(folded.leaks),
        attempts=tuple(folded.attempts),
        foreign=tuple(dict.fromkeys(folded.foreign)),
    )


def outcome_of(event: Mapping[str, Any]) -> str:
    """What a phase makes of its test; empty where it passed as it should."""
    if event["outcome"] == "failed":
        return "failed" if event["when"] == "call" else "error"
    if event["xfail"]:
        return "xfailed" if event["outcome"] == "skipped" else "xpassed"
    return "skipped" if event["outcome"] == "skipped" else ""
