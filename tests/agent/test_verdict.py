"""What was tested, by file hash."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from trainer_release.agent.verdict import covers, join, read, shown, verdict
from trainer_release.errors import Exit, ReleaseError
from trainer_release.model.testing import CellReport, Leak, TestResult

A, B = "a" * 64, "b" * 64


def report(status: str = "passed", **files: str) -> CellReport:
    named = {f"{name}.whl": digest for name, digest in files.items()}
    return CellReport("one alone", "isolated", ("one",), status, "3.12.1", "linux", 3, 0, 1, 0.5, named)


def test_a_verdict_names_cells_and_the_files_that_passed():
    said = verdict([report(one=A), report("failed", two=B)])
    assert (said["ok"], said["files"]) == (False, {"one.whl": A})
    assert said["cells"][1] == {
        "name": "one alone",
        "mode": "isolated",
        "modules": ["one"],
        "python": "3.12.1",
        "platform": "linux",
        "status": "failed",
        "passed": 3,
        "failed": 0,
        "skipped": 1,
        "seconds": 0.5,
        "code": None,
        "layer": None,
        "seed": None,
        "confinement": "",
        "environment": "",
        "freeze": "",
        "siblings": {},
        "files": {"two.whl": B},
    }


@pytest.mark.parametrize(
    ("statuses", "ok"),
    [
        (["passed"], True),
        (["passed", "empty"], True),
        (["empty"], False),
        (["passed", "broken"], False),
        (["passed", "leaked"], False),
        ([], False),
    ],
)
def test_a_verdict_is_good_when_something_passed_and_nothing_went_wrong(statuses, ok):
    assert verdict([report(status) for status in statuses])["ok"] is ok


def test_a_file_is_covered_by_its_hash_alone():
    said = verdict([report(one=A), report("empty", two=B)])
    assert covers(said, {"one.whl": A}) == ()
    assert covers(said, {"one.whl": B, "two.whl": B, "three.whl": A}) == ("one.whl", "two.whl", "three.whl")


def test_verdicts_of_a_matrix_are_joined():
    joined = join([verdict([report(one=A)]), verdict([report(one=A, two=B)])])
    assert (joined["ok"], len(joined["cells"]), joined["files"]) == (True, 2, {"one.whl": A, "two.whl": B})
    assert not join([verdict([report(one=A)]), verdict([report("failed")])])["ok"]


def test_verdicts_about_different_bytes_are_not_joined():
    with pytest.raises(ReleaseError, match="different bytes for one.whl"):
        join([verdict([report(one=A)]), verdict([report(one=B)])])


def test_what_was_written_is_read():
    said = verdict([report(one=A)])
    assert read(json.dumps(said | {"exit": 0})) == said | {"exit": 0}


def spoiled(**changes):
    return json.dumps(verdict([report(one=A)]) | changes)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"schema": "other"}',
        spoiled(cells=None),
        spoiled(cells=[1]),
        spoiled(cells=[{"name": "one"}]),
        spoiled(cells=[verdict([report()])["cells"][0] | {"modules": [1]}]),
        spoiled(ok=False),
        spoiled(files={"two.whl": B}),
    ],
)
def test_what_is_no_verdict_is_refused(text):
    with pytest.raises(ReleaseError) as caught:
        read(text)
    assert [problem.code for problem in caught.value.problems] == ["verdict-invalid"]
    assert caught.value.exit is Exit.INVALID


def test_what_is_wrong_with_a_cell_is_told_test_by_test_before_the_first_failure_itself():
    stack = 'not done after 2 s\nCurrent thread:\n  File "/x/stage/0/tests/test_a.py", line 11 in test_hang\n'
    tests = (
        TestResult("a::good", "module", "passed"),
        TestResult("a::bad", "module", "failed", text="def test():\n>  assert 0\nE  assert 0"),
        TestResult("a::hangs", "module", "timeout", text=stack),
        TestResult("a::leaks", "module", "leaked", leaks=(Leak("port", "127.0.0.1:4711"),)),
    )
    given = replace(report("failed"), tests=tests, tail=("the end",), leaks=(Leak("process", "sleep 9"),))
    assert shown(given) == (
        "failed a::bad: assert 0",
        "timeout a::hangs: not done after 2 s: tests/test_a.py, line 11 in test_hang",
        "a::leaks left a port: 127.0.0.1:4711",
        "left behind at the end, a process: sleep 9",
        *("def test():", ">  assert 0", "E  assert 0"),
    )
    assert shown(replace(given, status="broken", tests=(), leaks=())) == ("the end",)
