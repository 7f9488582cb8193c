"""Supervision of tests: hanging, crashing, left over, interrupted; at every level of confinement."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from threading import Thread

import pytest

from kit.watching import LIMITS, commands, outcomes, until, watched
from trainer_release.model.testing import Limits
from trainer_release.world import process

NAMES = ("namespaces", "subreaper", "group")
LEVELS = (NAMES[0], *(pytest.param(name, marks=pytest.mark.full) for name in NAMES[1:]))
SHORT = Limits(test=0.6, wall=120.0, grace=0.2)
HANGING = """
    import ctypes, os, signal, subprocess, time, pytest

    def asleep(): time.sleep(1000)

    def in_c(): ctypes.PyDLL(None).sleep(1000)  # holds the interpreter's lock

    def deaf():
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while True: time.sleep(1000)

    def with_child(): subprocess.run(["sleep", "1000"])

    @pytest.fixture
    def before(): time.sleep(1000)

    @pytest.fixture
    def after():
        yield
        time.sleep(1000)

    WAYS = [asleep, in_c, deaf, with_child]
"""


@pytest.mark.parametrize("level", LEVELS)
def test_a_crash_is_the_running_tests_and_the_others_go_on(tmp_path, level):
    ran = watched(
        tmp_path,
        """
        import ctypes, os, signal
        def test_one(): pass
        def test_exits(): os._exit(0)
        def test_faults(): ctypes.string_at(0)
        def test_two(): pass
        def test_killed(): os.kill(os.getpid(), signal.SIGKILL)
        def test_three(): pass
        """,
        confinement=level,
    )
    wanted = {"exits": "crashed", "faults": "crashed", "killed": "crashed"}
    assert outcomes(ran) == {"one": "passed", "two": "passed", "three": "passed"} | wanted
    assert (ran.level, ran.status, ran.failed, ran.passed) == (level, "failed", 3, 3)
    texts = {test.test.rpartition("_")[2]: test.text for test in ran.tests}
    assert "exit code 0" in texts["exits"]
    assert "signal 11" in texts["faults"]
    assert "test_faults" in texts["faults"]
    assert "signal 9" in texts["killed"]


def test_a_test_that_hangs_is_ended_with_its_stacks_and_the_others_go_on(tmp_path):
    ran = watched(
        tmp_path,
        HANGING
        + """
    def test_one(): pass
    def test_deaf_in_its_call(): deaf()
    def test_two(): pass
    def test_asleep_after(after): pass
    def test_three(): pass
    """,
        limits=SHORT,
    )
    wanted = {"deaf_in_its_call": "timeout", "asleep_after": "timeout"}
    assert outcomes(ran) == {"one": "passed", "two": "passed", "three": "passed"} | wanted
    texts = {test.test.rpartition("::")[2]: test.text for test in ran.tests}
    assert "in deaf" in texts["test_deaf_in_its_call"]
    assert "in after" in texts["test_asleep_after"]


def test_a_test_that_the_signal_wakes_is_over_its_time_all_the_same(tmp_path):
    """The call of the C library comes back when a signal arrives."""
    text = "import ctypes\ndef test_one(): ctypes.CDLL(None).sleep(1000)\ndef test_two(): pass\n"
    assert outcomes(watched(tmp_path, text, limits=SHORT)) == {"one": "timeout", "two": "passed"}


@pytest.mark.full
@pytest.mark.parametrize("level", NAMES)
def test_ten_of_a_hundred_hang_ten_run_out_of_time_and_ninety_have_a_result(tmp_path, level):
    hanging = "".join(
        f"    def test_hangs_{number}({fixture}): {body}\n"
        for number, (fixture, body) in enumerate(
            [("", f"WAYS[{way}]()") for way in (0, 1, 2, 3, 1, 2)] + 2 * [("before", "pass"), ("after", "pass")]
        )
    )
    fine = "".join(f"    def test_fine_{number}(): assert {number} % 9\n" for number in range(1, 91))
    ran = watched(tmp_path / "all", HANGING + hanging + fine, limits=SHORT, confinement=level)
    assert (ran.count("timeout"), ran.count("passed"), ran.count("failed")) == (10, 80, 10)
    assert all(test.outcome == "timeout" for test in ran.tests if "hangs" in test.test)
    assert all("most recent call first" in test.text for test in ran.tests if test.outcome == "timeout"), ran.tests
    assert until(lambda: commands(str(tmp_path / "all")) == [], 2.0)


@pytest.mark.parametrize("level", NAMES)
def test_what_outlives_its_worker_is_told_with_the_last_test_and_ended(tmp_path, level):
    """It starts when pytest is through with its tests, where no look after a test can find it."""
    mark = f"9876{os.getpid()}.{NAMES.index(level)}"
    text = f"""
        import atexit, subprocess
        def late(): subprocess.Popen(["sleep", "{mark}"], env={{}}, start_new_session=True)
        def test_one(): atexit.register(late)
        """
    ran = watched(tmp_path, text, confinement=level)
    assert [(leak.kind, leak.dead) for leak in ran.leaks] == [("process", True)]
    assert f"sleep {mark} (the last test was tests/test_it.py::test_one)" in ran.leaks[0].what
    assert (ran.status, ran.code) == ("leaked", "tests-leaked")
    assert commands(f"sleep\0{mark}") == []


def test_a_leak_that_is_allowed_is_none(tmp_path):
    text = """
        import atexit, subprocess
        def test_one(): atexit.register(subprocess.Popen, ["sleep", "98765"])
        """
    assert watched(tmp_path, text, allowed_leaks=("sleep *",)).status == "passed"


@pytest.mark.full
def test_a_thread_that_keeps_the_process_from_ending_is_told(tmp_path):
    text = """
        import threading, time
        def test_one(): threading.Thread(target=time.sleep, args=(1000,)).start()
        """
    ran = watched(tmp_path, text, leaks="off")
    assert (ran.status, [leak.kind for leak in ran.leaks]) == ("passed", ["thread"])
    assert "did not end" in ran.leaks[0].what


def test_after_the_maximum_of_failures_no_further_test_begins(tmp_path):
    text = """
        import os
        def test_one(): assert 0
        def test_two(): os._exit(1)
        def test_three(): assert 0
        def test_four(): pass
        """
    ran = watched(tmp_path, text, limits=Limits(max_failures=2))
    assert outcomes(ran) == {"one": "failed", "two": "crashed"}
    assert (ran.status, ran.code) == ("failed", None)


def test_at_the_wall_all_ends_and_the_running_test_is_named(tmp_path):
    ran = watched(tmp_path, HANGING + "    def test_one(): pass\n    def test_two(): deaf()\n", limits=LIMITS, wall=2.0)
    assert outcomes(ran) == {"one": "passed", "two": "timeout"}
    assert (ran.code, ran.tail[-2:]) == ("tests-timeout", ("tests/test_it.py::test_two was running", "ended after 2 s"))


def test_a_worker_that_dies_before_it_has_collected_gives_no_result(tmp_path):
    ran = watched(tmp_path, "import os\nos.kill(os.getpid(), 9)\n")
    assert [(test.test, test.outcome) for test in ran.tests] == [("(collection)", "crashed")]


@pytest.mark.parametrize("level", LEVELS)
def test_an_interruption_leaves_the_results_so_far(tmp_path, level):
    """As a Ctrl-C does it, which only the main thread sees: everything that runs is told to end."""
    rans = []
    text = HANGING + "    def test_one(): pass\n    def test_two(): deaf()\n"
    work = Thread(target=lambda: rans.append(watched(tmp_path, text, confinement=level)))
    work.start()
    events = tmp_path / "run" / "events.jsonl"
    assert until(lambda: events.exists() and 'test_two"}' in events.read_text().replace('"test": ', '"test":'))
    process.end_all()
    work.join(20)
    assert (rans[0].code, outcomes(rans[0])) == ("tests-interrupted", {"one": "passed"})
    assert commands(str(tmp_path / "run")) == []


def test_what_a_modules_own_options_ask_of_plugins_is_taken_back(tmp_path):
    """Workers of xdist would hide from us what runs; pytest-cov would measure nothing."""
    ini = "[pytest]\naddopts = -n 2 --cov=nothing --cov-fail-under=100\n"
    text = "import os\ndef test_one(): assert 'PYTEST_XDIST_WORKER' not in os.environ\ndef test_two(): pass\n"
    ran = watched(tmp_path, text, ini=ini, packages=("pytest-xdist==3.8.0", "pytest-cov==7.1.0"))
    assert (ran.status, ran.passed) == ("passed", 2), ran.tail


def test_a_supervisor_that_is_killed_gives_no_result(tmp_path):
    text = "import os, signal\ndef test_one(): os.kill(os.getppid(), signal.SIGKILL)\n"
    ran = watched(tmp_path, text, confinement="subreaper")
    assert (ran.status, ran.code) == ("broken", "tests-broken")
    assert until(lambda: commands(str(tmp_path / "run")) == [], 2.0)


def test_events_are_lines_of_json_that_name_the_level_and_the_end(tmp_path):
    watched(tmp_path, "def test_one(): pass\n", network="host")
    lines = [json.loads(line) for line in (tmp_path / "run" / "events.jsonl").read_text().splitlines() if line]
    assert lines[0] == {"event": "confined", "level": "namespaces", "network": "host"}
    assert lines[-1] == {"event": "end", "reason": "done", "exit": 0}
    assert Path(tmp_path / "run" / "super.txt").read_text() == ""
    assert signal.SIGUSR1 not in {line.get("signal") for line in lines}
