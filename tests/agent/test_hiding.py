"""What tests must not see is covered, and what they need is not."""

from __future__ import annotations

from pathlib import Path

from kit.cells import cell, wheel, write
from trainer_release.agent.environments.making import Environment
from trainer_release.agent.hiding import hidden, tried
from trainer_release.model.testing import Attempt, Conduct, TestResult, TestSource


def test_the_repository_and_the_cache_are_covered_but_for_what_is_needed(tmp_path):
    base = tmp_path.resolve()
    write(base, {"ws/versions.yaml": "", "ws/packages/one/tests/t.py": "", "ws/.venv/pyvenv.cfg": "", "ws/docs/a": ""})
    write(base, {"ws/.venv/lib/inject/a.py": "", "cache/test-agent/environments/k/env-1/bin/python": ""})
    write(base, {"cache/test-agent/environments/other/x": "", "cache/test-agent/wheels/x": ""})
    one = wheel(base / "dist", "kit-one")
    given = cell(TestSource("module", str(base / "ws/packages/one/tests"), str(base / "ws/packages/one")), (one,))
    made = Environment(str(base / "cache/test-agent/environments/k/env-1/bin/python"))
    found = hidden(given, made, base / "cache", [base / "ws/.venv/lib/inject"])
    assert [Path(each).relative_to(base).as_posix() for each in found] == [
        "cache/test-agent/environments/other",
        "cache/test-agent/wheels",
        "dist",
        "ws/docs",
        "ws/packages",
    ]
    assert hidden(cell(given.tests[0], existing="/python"), made, base / "cache", []) == ()


def test_an_attempt_that_only_an_error_tells_is_told_once():
    given = cell(TestSource("module", "/t"), absent={"kit_three": "three"}, conduct=Conduct(hidden=("/ws",)))
    tests = [
        TestResult("a", "module", "failed", text="No such file or directory: '/ws/src/kit_three/__init__.py'"),
        TestResult("b", "module", "failed", text="E   ModuleNotFoundError: No module named 'kit_three'"),
        TestResult("c", "module", "failed", text="No module named 'kit_three_more' in /ws/kit_threes/x.py"),
        TestResult("d", "module", "failed", text="No module named 'kit_three'"),
    ]
    found = tried(given, tests, [Attempt("kit_three", "three", "d.py:1", "", "d")])
    assert [(each.test, each.where) for each in found] == [("a", "/ws/src/kit_three/__init__.py"), ("b", "")]
