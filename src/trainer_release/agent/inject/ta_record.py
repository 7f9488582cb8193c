"""What happens in the worker, told as it happens: collected, begin, phase, done, finish."""

import os
from typing import Any, Generator, Optional

import pytest
from ta_config import Events
from ta_leaks import Leaks

_OUTCOMES = ("passed", "failed", "skipped")
_MOST = 100_000
"""Characters of a phase's text: whoever prints more is shown from both ends."""


class Recorder:
    """Writes the plugin's events; a process that a test forks and that comes back here writes none.

    `leaks`, where they are looked for, is told of each test's begin and end; a leaked thread ends this worker.
    """

    def __init__(self, events: Events, leaks: Optional[Leaks] = None) -> None:
        self.events = events
        self.leaks = leaks
        self.owner = os.getpid()
        self.failed = False

    def write(self, event: str, **values: Any) -> None:
        if os.getpid() == self.owner:
            self.events.write(event, **values)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.write("collected", tests=[item.nodeid for item in session.items])

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.write("collect-error", place=report.nodeid or ".", text=report.longreprtext)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: Any) -> Generator[None, Any, None]:
        self.write("begin", test=item.nodeid)
        self.failed = False
        if self.leaks:
            self.leaks.begin()
        outcome = yield
        if outcome.excinfo is None and os.getpid() == self.owner:  # neither interrupted nor ended from within
            self.write("done", test=item.nodeid, leaks=self.leaks.end(item, self.failed) if self.leaks else [])
            if self.leaks and self.leaks.replace and nextitem is not None:
                item.session.shouldstop = "a thread has been left running: the next worker goes on"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed = self.failed or report.failed
        if "subtest" in type(report).__name__.lower() and not report.failed:
            return  # one part of a test that is told of as a whole
        self.write(
            "phase",
            test=report.nodeid,
            when=report.when,
            outcome=report.outcome if report.outcome in _OUTCOMES else "failed",  # a rerun was a failure
            seconds=round(report.duration, 6),
            text=text_of(report),
            xfail=hasattr(report, "wasxfail"),
        )

    def pytest_internalerror(self, excrepr: object) -> None:
        self.write("collect-error", place="pytest", text=str(excrepr))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        self.write("finish", exit=int(session.exitstatus))


def text_of(report: Any) -> str:
    """What there is to read of a phase: a reason, or a traceback and what was captured beside it."""
    reason = getattr(report, "wasxfail", None)
    if reason is not None and not report.failed:
        return str(reason)
    if report.skipped and isinstance(report.longrepr, tuple):
        return str(report.longrepr[2])
    if report.outcome == "passed":
        return ""
    captured = ["----- {} -----\n{}".format(title, text.rstrip()) for title, text in report.sections]
    whole = "\n".join([report.longreprtext.rstrip(), *captured])
    return whole if len(whole) <= _MOST else "{}\n[...]\n{}".format(whole[: _MOST // 2], whole[-_MOST // 2 :])
