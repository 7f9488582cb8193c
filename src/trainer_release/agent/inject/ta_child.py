"""`isolated(level="full")`: the test runs in a forked child, which tells how it went and is gone with its changes."""

import json
import os
import sys
from types import SimpleNamespace
from typing import Any, Dict, List, Optional, Tuple

import pytest
import ta_namespace
from _pytest.runner import runtestprotocol


class Children:
    """Forks for the tests that ask for it. Fixtures of higher scope that the parent has are the child's as they are,
    and are not ended by it; those that it sets up itself it ends itself."""

    def __init__(self) -> None:
        self.own: List[Tuple[Any, Any]] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: Optional[pytest.Item]) -> Optional[bool]:
        if not hasattr(os, "fork") or ta_namespace.level_of(item, "") != "full":
            return None
        hook, place = item.ihook, item.location
        hook.pytest_runtest_logstart(nodeid=item.nodeid, location=place)
        for data in self.run(item):
            report = item.config.hook.pytest_report_from_serializable(config=item.config, data=data)
            hook.pytest_runtest_logreport(report=report)
        if nextitem is None or nextitem.parent is not item.parent:  # what the parent holds for tests before this one
            self.leave(item, nextitem)
        hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=place)
        return True

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        level = ta_namespace.level_of(item, "full")
        if level not in ta_namespace.LEVELS:
            pytest.fail("isolated(level={!r}): full, namespace or session".format(level), pytrace=False)

    def leave(self, item: pytest.Item, nextitem: Optional[pytest.Item]) -> None:
        """End what the next test does not share; a report where that fails."""
        state: Any = item.session._setupstate
        call = pytest.CallInfo.from_call(lambda: state.teardown_exact(nextitem), "teardown")
        if call.excinfo is not None:
            item.ihook.pytest_runtest_logreport(report=item.ihook.pytest_runtest_makereport(item=item, call=call))

    def pytest_fixture_setup(self, fixturedef: Any, request: Any) -> None:
        if fixturedef.scope != "function":
            self.own.append((fixturedef, request))

    def run(self, item: pytest.Item) -> List[Dict[str, Any]]:
        """The test's reports, as data; a child that dies is a failed call."""
        reading, writing = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        child = os.fork()
        if child == 0:
            os.close(reading)
            self.in_child(item, writing)
        os.close(writing)
        with os.fdopen(reading, encoding="utf-8") as stream:
            text = stream.read()
        status = os.waitpid(child, 0)[1]
        reports: List[Dict[str, Any]] = json.loads(text) if text else []
        return reports or [self.died(item, status)]

    def in_child(self, item: pytest.Item, writing: int) -> None:
        """Run the test here, tell, and end without a return to pytest."""
        try:
            self.own = []
            beside = SimpleNamespace(listchain=lambda: item.listchain()[:-1], parent=item.parent)
            reports = runtestprotocol(item, log=False, nextitem=beside)  # type: ignore[arg-type]
            for fixture, request in reversed(self.own):
                fixture.finish(request)
            ask = item.config.hook.pytest_report_to_serializable
            data = [ask(config=item.config, report=each) for each in reports]
            with os.fdopen(writing, "w", encoding="utf-8") as stream:
                json.dump(data, stream)
        except BaseException as error:  # noqa: BLE001 (an interrupted test, a report that is no data)
            sys.stderr.write("{}: {}\n".format(type(error).__name__, error))
            os._exit(1)
        os._exit(0)

    def died(self, item: pytest.Item, status: int) -> Dict[str, Any]:
        """A report in the place of those that the child did not give."""
        end = "by signal {}".format(os.WTERMSIG(status)) if os.WIFSIGNALED(status) else "before it had told"
        report = pytest.TestReport(
            nodeid=item.nodeid,
            location=item.location,
            keywords={},
            outcome="failed",
            longrepr="the child that this test ran in ended " + end,
            when="call",
        )
        data: Dict[str, Any] = item.config.hook.pytest_report_to_serializable(config=item.config, report=report)
        return data
