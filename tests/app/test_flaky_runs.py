"""flaky: tests that pass and fail with the same files are found, with what makes them fail; clean ones never are."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

from kit.cells import write
from kit.index import make_wheel
from kit.repo import repository
from kit.versions import own_cache
from trainer_release.agent.flaky import DRAW, HASH, NEEDS, ORDER, UNKNOWN, ZONE
from trainer_release.app.flaky import run
from trainer_release.app.run_tests import Options
from trainer_release.cli.main import agent
from trainer_release.world.venvs import interpreter

EXAMPLE = Path(__file__).parents[2] / "examples/trainer"
PROJECT = '[project]\nname = "kit-flaky"\nversion = "1.0"\n'
HEAD = """\
import os
import random
import socket
import tempfile
import threading
import time
from pathlib import Path

LEFT = []
MARK = Path(tempfile.gettempdir()) / "mark"
"""
ORDER_TESTS = """
def test_leaves(): LEFT.append(1)
def test_order(): assert not LEFT
"""
PLANTED = """
def test_time(): assert time.time_ns() // 1000 % 2
def test_draw(): assert random.random() < 0.6
def bound():
    made = socket.socket()
    made.bind(("127.0.0.1", 17391))
    return made
def test_binds(): LEFT_OPEN.append(bound())
def test_port(): bound().close()
LEFT_OPEN = []
def test_writes(): MARK.write_text("x")
def test_file(): assert not MARK.exists()
def test_hash(): assert next(iter({"one", "two", "three"})) == "one"
def test_sets(): os.environ["PLANTED"] = "1"
def test_leak(): assert "PLANTED" not in os.environ
def test_zone(): assert time.localtime(0).tm_mday == 1
def test_race():
    done = []
    threading.Thread(target=lambda: (time.sleep(os.urandom(1)[0] / 25500), done.append(1))).start()
    time.sleep(0.005)
    assert done
def test_ttl():
    until = time.monotonic() + 0.005
    time.sleep(os.urandom(1)[0] / 25500)
    assert time.monotonic() < until
READY = []
def test_makes_ready(): READY.append(1)
def test_needs(): assert READY
"""
CLEAN = "".join(f"def test_clean_{number}(): assert {number} == {number}\n" for number in range(20))


@pytest.fixture(autouse=True)
def cache(tmp_path_factory, monkeypatch):
    for key, value in own_cache(tmp_path_factory.getbasetemp() / "cache").items():
        monkeypatch.setenv(key, value)


def planted(folder: Path, text: str) -> Options:
    """A module of one test file, with its wheel."""
    write(folder, {"pyproject.toml": PROJECT, "tests/test_it.py": text})
    make_wheel(folder / "wheels", "kit-flaky", "1.0")
    return Options(artifacts=folder / "wheels", start=folder, python=interpreter())


def name(test: str) -> str:
    return test.rpartition("::")[2]


@pytest.mark.full
def test_ten_kinds_are_found_in_50_runs_those_of_order_with_who_makes_them_fail(tmp_path):
    done = run(planted(tmp_path, HEAD + ORDER_TESTS + PLANTED + CLEAN), 1, 50)
    (one,) = done.found
    causes = {name(each.test): (each.cause.kind, tuple(map(name, each.cause.by))) for each in one.flaky}
    print(causes)
    assert done.exit == 6
    assert not {test for test in causes if "clean" in test}
    wanted = {"time", "draw", "port", "file", "hash", "leak", "zone", "race", "ttl", "order"}
    assert len(wanted & {test.removeprefix("test_") for test in causes}) >= 9
    assert {test: causes[f"test_{test}"] for test in ("order", "port", "file", "leak", "needs")} == {
        "order": (ORDER, ("test_leaves",)),
        "port": (ORDER, ("test_binds",)),
        "file": (ORDER, ("test_writes",)),
        "leak": (ORDER, ("test_sets",)),
        "needs": (NEEDS, ("test_makes_ready",)),
    }
    told = {"hash": (HASH, ()), "zone": (ZONE, ()), "draw": (DRAW, ()), "race": (UNKNOWN, ()), "ttl": (UNKNOWN, ())}
    assert sum(causes.get(f"test_{test}") == said for test, said in told.items()) >= 4


@pytest.mark.parametrize(
    ("modules", "mode", "runs"),
    [
        (("prompt-manager",), "isolated", 3),
        pytest.param((), "isolated", 50, marks=pytest.mark.full),
        pytest.param((), "integration", 50, marks=pytest.mark.full),
    ],
)
def test_the_example_shows_nothing_flaky(tmp_path, modules, mode, runs):
    shutil.copytree(EXAMPLE, tmp_path / "trainer")
    done = run(Options(mode, modules, start=tmp_path / "trainer", python=interpreter()), 2, runs)
    assert [(one.flaky, one.failing, one.broken) for one in done.found] == [((), (), None)] * len(done.found)
    assert (done.exit, {one.runs for one in done.found}) == (0, {runs})
    assert all(one.tests for one in done.found)


def test_a_test_that_fails_after_another_is_flaky_and_one_that_always_fails_is_not(tmp_path, monkeypatch):
    planted(tmp_path, HEAD + ORDER_TESTS + "def test_wrong(): assert 0\n")
    monkeypatch.chdir(tmp_path)
    words = ("flaky", "--runs", "6", "--seed", "1", "--artifacts", "wheels", "--python", interpreter())
    done = CliRunner().invoke(agent, [*words, "--json"])
    said = json.loads(done.stdout)
    assert (done.exit_code, said["seed"]) == (1, 1)
    (cell,) = said["cells"]
    assert (cell["tests"], cell["runs"], cell["failing"]) == (3, 6, ["tests/test_it.py::test_wrong"])
    (one,) = cell["flaky"]
    assert (one["test"], one["cause"], one["by"]) == (
        "tests/test_it.py::test_order",
        "order",
        ["tests/test_it.py::test_leaves"],
    )
    assert one["passed"] + one["failed"] == 6
    assert "assert not [1]" in one["text"]
    assert "error[test-flaky]" in done.stderr
    assert "error[tests-failed]" in done.stderr
    zone, _, command = one["command"].rpartition("test-agent ")
    monkeypatch.setenv("TZ", zone.strip().partition("=")[2] or "UTC")
    run_words, chosen = (shlex.split(part) for part in command.split(" -- "))
    again = [*run_words, "--artifacts", "wheels", "--python", interpreter(), "--report", "out", "--", *chosen]
    assert CliRunner().invoke(agent, again).exit_code == 1
    cases = {case.get("name"): case.find("failure") for case in ET.parse("out/junit.xml").iter("testcase")}
    assert {test: found is not None for test, found in cases.items()} == {"test_leaves": False, "test_order": True}


def test_only_what_has_changed_is_run_and_a_commit_must_be_known(tmp_path):
    options = planted(tmp_path / "work", HEAD)
    made = repository(tmp_path / "work", {})
    made.commit("All")
    assert run(options, 1, 2, "HEAD").found == ()
    with pytest.raises(Exception, match="revision-unknown"):
        run(options, 1, 2, "nowhere")
