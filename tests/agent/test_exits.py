"""test-agent's exit codes: of each way in which a cell can end, and of several together."""

from __future__ import annotations

import pytest

from trainer_release.agent import exits
from trainer_release.model.testing import CellReport


def report(status: str, code: str | None = None) -> CellReport:
    return CellReport("one alone", "isolated", ("one",), status, "3.12.1", "linux", 0, 0, 0, 0.5, code=code)


@pytest.mark.parametrize(
    ("status", "code", "ends"),
    [
        ("passed", None, 0),
        ("failed", None, 1),
        ("broken", "tests-broken", 1),
        ("broken", "tests-timeout", 124),
        ("failed", "tests-timeout", 124),
        ("leaked", "tests-leaked", 4),
        ("leaked", None, 4),
        ("empty", None, 5),
        ("empty", "tests-empty", 5),
        ("broken", "tests-interrupted", 130),
        ("broken", "environment-broken", 3),
        ("broken", "environment-differs", 3),
        ("broken", "pytest-missing", 3),
        ("broken", "undeclared-dependency", 3),
        ("broken", "confinement-missing", 3),
    ],
)
def test_a_cell_has_the_code_of_how_it_ended(status, code, ends):
    assert exits.of_cell(report(status, code)) == ends
    assert exits.of_run([report(status, code)]) == ends


@pytest.mark.parametrize(
    ("ends", "wanted"),
    [
        ([], 0),
        (["passed", "empty"], 0),
        (["empty", "empty"], 5),
        (["failed", "empty"], 1),
        (["leaked", "failed"], 1),
        (["leaked", "passed"], 4),
        (["failed", "broken tests-timeout"], 124),
        (["broken tests-timeout", "broken environment-broken", "failed"], 3),
        (["broken tests-interrupted", "broken environment-broken"], 130),
    ],
)
def test_of_several_cells_the_gravest_decides(ends, wanted):
    assert exits.of_run([report(*end.split()) for end in ends]) == wanted


def test_the_order_is_that_of_the_contract():
    given = [9, 3, 6, 4, 7, 8, 1, 124]
    order = []
    while given:
        order.append(exits.first(given))
        given.remove(order[-1])
    assert order == [3, 124, 9, 1, 8, 7, 4, 6]
    assert exits.first([0, 0]) == exits.first([]) == 0
