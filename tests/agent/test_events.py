"""Events folded into results, and results written as JUnit: text in, values out."""

from __future__ import annotations

import json
import subprocess
import sys
from xml.etree import ElementTree as ET

from trainer_release.agent.events import fold
from trainer_release.agent.instructions import INJECT
from trainer_release.agent.junit import suite_of
from trainer_release.agent.supervise import Ran, together
from trainer_release.model.testing import Attempt, Leak, TestResult


def phase(test: str, when: str, outcome: str = "passed", text: str = "", xfail: bool = False, seconds: float = 0.5):
    return {"event": "phase", "test": test, "when": when, "outcome": outcome, "seconds": seconds, "text": text} | {
        "xfail": xfail
    }


def one(test: str, *phases: dict, leaks: tuple = ()) -> list[dict]:
    return [{"event": "begin", "test": test}, *phases, {"event": "done", "test": test, "leaks": list(leaks)}]


def folded(*events: dict, **how):
    return fold([json.dumps(event) for event in events], "module", **how)


LEFT = {"kind": "port", "what": "127.0.0.1:80", "dead": True}


def test_phases_make_outcomes():
    told = folded(
        *one("passes", phase("passes", "setup"), phase("passes", "call"), phase("passes", "teardown")),
        *one("fails", phase("fails", "setup"), phase("fails", "call", "failed", "no"), phase("fails", "teardown")),
        *one("errs", phase("errs", "setup", "failed", "no")),
        *one("errs-late", phase("errs-late", "call"), phase("errs-late", "teardown", "failed", "late")),
        *one("both", phase("both", "call", "failed", "one"), phase("both", "teardown", "failed", "two")),
        *one("skips", phase("skips", "setup", "skipped", "why")),
        *one("xfails", phase("xfails", "call", "skipped", "known", xfail=True)),
        *one("xpasses", phase("xpasses", "call", "passed", "known", xfail=True)),
        *one("leaks", phase("leaks", "call"), leaks=(LEFT,)),
        *one("fails-leaks", phase("fails-leaks", "call", "failed", "no"), leaks=(LEFT,)),
    )
    assert [(result.test, result.outcome) for result in told.results] == [
        ("passes", "passed"),
        ("fails", "failed"),
        ("errs", "error"),
        ("errs-late", "error"),
        ("both", "failed"),
        ("skips", "skipped"),
        ("xfails", "xfailed"),
        ("xpasses", "xpassed"),
        ("leaks", "leaked"),
        ("fails-leaks", "failed"),
    ]
    assert (told.results[0].seconds, told.results[4].text) == (1.5, "one\ntwo")
    assert told.results[8].leaks == (Leak("port", "127.0.0.1:80", True),)


def test_a_leak_that_is_only_to_be_reported_is_no_fault_and_one_that_is_allowed_none():
    events = one("one", phase("one", "call"), leaks=(LEFT,))
    assert [(r.outcome, len(r.leaks)) for r in folded(*events, leaks_fail=False).results] == [("passed", 1)]
    assert [(r.outcome, r.leaks) for r in folded(*events, allowed=("127.*",)).results] == [("passed", ())]


def test_a_timeout_and_a_crash_close_the_running_test_and_what_had_begun_begins_anew():
    told = folded(
        {"event": "begin", "test": "one"},
        phase("one", "setup", seconds=3.0),
        {"event": "timeout", "test": "one", "seconds": 2.0, "stacks": "here"},
        {"event": "begin", "test": "two"},
        {"event": "crash", "test": "two", "signal": 11, "exit": None, "tail": "last words"},
        *one("three", phase("three", "call")),
        {"event": "begin", "test": "four"},
        {"event": "timeout", "test": "three", "seconds": 0.1, "stacks": ""},
        *one("four", phase("four", "call")),
        {"event": "crash", "test": None, "signal": None, "exit": 3, "tail": ""},
    )
    assert [(result.test, result.outcome) for result in told.results] == [
        ("one", "timeout"),
        ("two", "crashed"),
        ("three", "timeout"),
        ("four", "passed"),
        ("(collection)", "crashed"),
    ]
    assert told.results[0].text == "not done after 2 s\nhere"
    assert told.results[0].seconds == 3.0
    assert told.results[1].text == "the process that ran the tests ended with signal 11\nlast words"


def test_a_line_that_a_kill_cut_off_counts_as_none():
    lines = ['{"event":"begin","te', "", "[]", *map(json.dumps, one("one", phase("one", "call")))]
    assert [result.outcome for result in fold(lines, "module").results] == ["passed"]


def test_attempts_foreign_modules_and_late_leaks_are_told_once():
    attempt = {"event": "attempt", "name": "kit_two", "module": "two", "by": "a.py:1", "where": None, "test": None}
    told = folded(
        {"event": "confined", "level": "group", "network": "host"},
        attempt,
        attempt,
        {"event": "foreign", "name": "kit_one", "file": "/src/kit_one/__init__.py"},
        {"event": "late", "leaks": [LEFT], "test": "one"},
        {"event": "late", "leaks": [LEFT], "test": None},
        {"event": "end", "reason": "foreign", "exit": None},
    )
    assert told.attempts == (Attempt("kit_two", "two", "a.py:1", "", ""),)
    assert told.foreign == ("kit_one is /src/kit_one/__init__.py",)
    assert [leak.what for leak in told.leaks] == ["127.0.0.1:80 (the last test was one)", "127.0.0.1:80"]
    assert (told.level, told.network, told.reason, told.collected) == ("group", "host", "foreign", None)


def test_several_runs_are_one_with_the_gravest_code():
    fine = Ran((TestResult("a", "module", "passed"),), ("fine",), None, "namespaces")
    leaky = Ran((TestResult("b", "x", "leaked"),), ("leaky",), "tests-leaked", "namespaces")
    over = Ran((), ("over",), "tests-timeout", "namespaces")
    assert (together([fine, leaky, fine]).status, together([fine, leaky]).code) == ("leaked", "tests-leaked")
    assert (together([leaky, over, fine]).code, together([leaky, over, fine]).tail) == ("tests-timeout", ("over",))


def test_junit_has_the_shape_that_readers_know_and_no_character_that_xml_has_not():
    results = (
        TestResult("tests/a/test_it.py::TestA::test_x[1::2/b.py]", "module", "passed", 0.25),
        TestResult(
            "tests/test_it.py::test_f", "module", "failed", 0.5, "assert \x1b[31m\x00 <&> \ud800 \ufffe \U0001f600"
        ),
        TestResult("tests/test_it.py::test_t", "module", "timeout", 1.0, "not done after 1 s\nstacks"),
        TestResult("tests/test_it.py::test_c", "module", "crashed"),
        TestResult("tests/test_it.py::test_s", "module", "skipped", 0.0, "why"),
        TestResult("tests/test_it.py::test_l", "module", "leaked", 0.0, "", (Leak("file", "/tmp/x", False),)),
    )
    suite = ET.fromstring(suite_of("one \x07", 2.0, results, (Leak("process", "sleep 5"),)))
    assert dict(suite.attrib) == {
        "name": "one #x07",
        "tests": "7",
        "failures": "3",
        "errors": "2",
        "skipped": "1",
        "time": "2.000",
    }
    cases = list(suite)
    assert (cases[0].get("classname"), cases[0].get("name")) == ("tests.a.test_it.TestA", "test_x[1::2/b.py]")
    assert cases[1][0].text == "assert #x1B[31m#x00 <&> #xD800 #xFFFE \U0001f600"
    assert (cases[2][0].tag, cases[2][0].get("message"), cases[2][0].get("type")) == (
        "error",
        "not done after 1 s",
        "timeout",
    )
    assert (cases[3][0].tag, cases[3][0].get("message")) == ("error", "crashed")
    assert (cases[5][0].tag, cases[5][0].text) == ("failure", "file: /tmp/x (still there)")
    assert [case.get("classname") for case in cases[6:]] == [""]


def test_the_supervisors_own_json_is_json():
    """It reads what json writes, and the other way round; what is no JSON is a ValueError."""
    value = {"a": [1, 2.5, None, True, False, 'x\n"\ud800\u00e9\U0001f600', {"b": []}], "one": 1, "zero": 0, "none": {}}
    code = "import sys, ta_json; sys.stdout.write(ta_json.written(ta_json.read(sys.stdin.read())))"
    words = [sys.executable, "-S", "-c", f"import sys; sys.path.insert(0, {str(INJECT)!r}); {code}"]
    done = subprocess.run(words, input=json.dumps(value), capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == value
    assert done.stdout.count("true") == 1
    for text in ("", " ", '{"event": "be', "[1,", "nul"):
        refused = subprocess.run(words, input=text.encode(), capture_output=True, check=False).stderr
        assert refused.splitlines()[-1].startswith((b"ValueError", b"json.decoder.JSONDecodeError")), refused
