"""test-agent's exit codes: one of a cell, and one of a run whose cells ended in several ways. Pure.

0 done; 1 tests failed; 2 usage or settings; 3 an environment cannot be built or is not what the catalog says; 4 tests
left something behind; 5 no test ran; 6 flaky; 7 drift: of contracts, of generated files; 8 a budget; 9 a secret; 124
the wall-time limit; 130 interrupted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from trainer_release.model.testing import CellReport

DONE, FAILED, USAGE, ENVIRONMENT, LEAKED, EMPTY, FLAKY, DRIFT, BUDGET, SECRET = range(10)
TIMEOUT, INTERRUPTED = 124, 130
ORDER = (INTERRUPTED, USAGE, ENVIRONMENT, TIMEOUT, SECRET, FAILED, BUDGET, DRIFT, LEAKED, FLAKY, EMPTY)
"""Which of several goes first."""

_OF_STATUS = {"passed": DONE, "failed": FAILED, "leaked": LEAKED, "empty": EMPTY}
_OF_CODE = {
    "tests-failed": FAILED,
    "tests-broken": FAILED,
    "tests-leaked": LEAKED,
    "tests-empty": EMPTY,
    "tests-timeout": TIMEOUT,
    "tests-interrupted": INTERRUPTED,
}


def of_cell(report: CellReport) -> int:
    """The code that a cell alone would cause. An error code that is none of the tests' own is the environment's."""
    if report.code:
        return _OF_CODE.get(report.code, ENVIRONMENT)
    return _OF_STATUS.get(report.status, FAILED)


def of_run(reports: Sequence[CellReport]) -> int:
    """The code of a run. A cell without tests counts only where none of the others ran one."""
    codes = [of_cell(report) for report in reports]
    return first(codes if all(code == EMPTY for code in codes) else [code for code in codes if code != EMPTY])


def first(codes: Iterable[int]) -> int:
    """The gravest of several codes; 0 where there is none but that."""
    found = set(codes)
    return next((code for code in ORDER if code in found), DONE)
