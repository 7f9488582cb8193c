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
    found, shown = hidden(given, made, base / "cache", [base / "ws/.venv/lib/inject"])
    assert [Path(each).relative_to(base).as_posix() for each in found] == ["cache", "dist", "ws"]
    assert shown[0] == str(made.prefix)
    assert shown[2] == str(base / "ws/.venv/lib/inject")
    assert hidden(cell(given.tests[0], existing="/python"), made, base / "cache", []) == ((), ())


def test_where_programs_write_stays_as_it_is_but_for_the_folders_in_it(tmp_path, monkeypatch):
    base = tmp_path.resolve()
    write(base, {"home/.git/HEAD": "", "home/work/a": "", "home/.config/b": "", "home/t.py": ""})
    monkeypatch.setenv("HOME", str(base / "home"))
    given = cell(TestSource("module", str(base / "home/work")))
    found, _ = hidden(given, Environment(str(base / "env/bin/python")), None, [])
    assert [Path(each).relative_to(base).as_posix() for each in found] == [
        "home/.config",
        "home/.git",
        "home/work",
    ]


def test_an_attempt_that_only_an_error_tells_is_told_once():
    given = cell(
        TestSource("module", "/t"), absent={"kit_three": "three"}, conduct=Conduct(hidden=("/ws",), shown=("/ws/env",))
    )
    tests = [
        TestResult("a", "module", "failed", text="No such file or directory: '/ws/src/kit_three/__init__.py'"),
        TestResult("b", "module", "failed", text="E   ModuleNotFoundError: No module named 'kit_three'"),
        TestResult("c", "module", "failed", text="No module named 'kit_three_more' in /ws/kit_threes/x.py"),
        TestResult("d", "module", "failed", text="No module named 'kit_three'"),
        TestResult("e", "module", "failed", text="File '/ws/env/lib/other/kit_three.py', line 3"),
        TestResult("f", "module", "failed", text="File '/ws/env/lib/kit_three.py', then '/ws/kit_three.py'"),
    ]
    found = tried(given, tests, [Attempt("kit_three", "three", "d.py:1", "", "d")])
    assert [(each.test, each.where) for each in found] == [
        ("a", "/ws/src/kit_three/__init__.py"),
        ("b", ""),
        ("f", "/ws/kit_three.py"),
    ]
