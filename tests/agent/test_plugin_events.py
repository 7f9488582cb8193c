"""What the plugin tells, in which order it runs what, and what a seed decides."""

from __future__ import annotations

import subprocess

from kit.workers import INJECT, environment, work
from trainer_release.world.venvs import interpreter

MANY = """
import unittest
import pytest

def test_passes(): print("quiet")

def test_fails():
    print("said before")
    assert 1 == 2

@pytest.mark.skip(reason="not today")
def test_skipped(): pass

@pytest.mark.xfail(reason="known")
def test_xfails(): assert False

@pytest.mark.xfail
def test_xpasses(): pass

@pytest.fixture
def breaks_late():
    yield
    raise RuntimeError("late")

def test_breaks_late(breaks_late): pass

class TestCase(unittest.TestCase):
    def test_parts(self):
        for number in range(3):
            with self.subTest(number=number): pass
"""


def test_every_test_s_phases_are_told_as_they_happen(tmp_path):
    worked = work(
        tmp_path,
        {"test_many.py": MANY, "test_broken.py": "import nothing_of_the_kind"},
        "--continue-on-collection-errors",
    )
    assert [each["event"] for each in worked.events[:4]] == ["collect-error", "collected", "begin", "phase"]
    (error,) = worked.of("collect-error")
    assert error["place"] == "test_broken.py"
    assert "nothing_of_the_kind" in error["text"]
    assert worked.outcomes() == {
        "test_passes": "passed",
        "test_fails": "failed",
        "test_skipped": "skipped",
        "test_xfails": "skipped",
        "test_xpasses": "passed",
        "test_breaks_late": "failed",
        "TestCase::test_parts": "passed",
    }
    assert [each["when"] for each in worked.of("phase", test="test_many.py::test_passes")] == [
        "setup",
        "call",
        "teardown",
    ]
    (failed,) = worked.of("phase", outcome="failed", when="call")
    assert "assert 1 == 2" in failed["text"]
    assert "said before" in failed["text"]
    assert {each["test"] for each in worked.of("phase", xfail=True)} == {
        "test_many.py::test_xfails",
        "test_many.py::test_xpasses",
    }
    assert worked.of("phase", test="test_many.py::test_skipped", when="setup")[0]["text"] == "Skipped: not today"
    assert [each["test"] for each in worked.of("done")] == [each["test"] for each in worked.of("begin")]
    assert worked.events[-1] == {"event": "finish", "exit": worked.code}


def test_an_interrupted_test_is_not_told_as_done(tmp_path):
    worked = work(tmp_path, {"test_int.py": "def test_one(): pass\ndef test_two(): raise KeyboardInterrupt"})
    assert [each["test"] for each in worked.of("done")] == ["test_int.py::test_one"]
    assert (worked.code, worked.events[-1]) == (2, {"event": "finish", "exit": 2})


SEVERAL = {f"test_{name}.py": "\n".join(f"def test_{n}(): pass" for n in range(4)) for name in "abcd"}
SEVERAL["test_a.py"] += (
    "\nclass TestIn:\n    def test_x(self): pass\n    def test_y(self): pass\n    def test_z(self): pass"
)


def collected(worked):
    return list(worked.of("collected")[0]["tests"])


def test_a_seed_orders_files_classes_and_tests_and_the_same_seed_orders_them_alike(tmp_path):
    plain = collected(work(tmp_path, SEVERAL))
    assert plain == sorted(plain, key=lambda name: (name[:9], "TestIn" in name, name))
    orders = [collected(work(tmp_path, SEVERAL, seed=seed)) for seed in (1, 1, 2)]
    assert orders[0] == orders[1] != orders[2]
    for order in orders:
        assert sorted(order) == sorted(plain)
        files = [name.partition("::")[0] for name in order]
        assert [name for name, after in zip(files, [*files[1:], ""], strict=True) if name != after] == list(
            dict.fromkeys(files)
        )
        inside = [number for number, name in enumerate(order) if "TestIn" in name]
        assert inside == list(range(inside[0], inside[0] + 3))


def test_a_seed_gives_every_test_its_own_draws_whatever_ran_before(tmp_path):
    text = """
import random
def note(name):
    with open("draws", "a") as stream: stream.write("{} {}\\n".format(name, random.random()))
def test_a(): note("a")
def test_b(): note("b"); [random.random() for _ in range(9)]
def test_c(): note("c")
"""

    def draws(*select, seed):
        (tmp_path / "stage/draws").unlink(missing_ok=True)
        work(tmp_path, {"test_draws.py": text}, seed=seed, select=list(select) or None)
        return dict(line.split() for line in (tmp_path / "stage/draws").read_text().splitlines())

    first = draws(seed=3)
    assert len(set(first.values())) == 3
    assert draws("test_draws.py::test_c", seed=3) == {"c": first["c"]}
    assert draws(seed=4)["a"] != first["a"]


def test_a_selection_is_run_exactly_as_given(tmp_path):
    wanted = ["test_d.py::test_3", "test_a.py::TestIn::test_y", "test_a.py::test_0", "test_none.py::test_none"]
    assert collected(work(tmp_path, SEVERAL, select=wanted, ordered=True, seed=9)) == wanted[:3]
    assert collected(work(tmp_path, SEVERAL, select=wanted)) == [
        "test_a.py::test_0",
        "test_a.py::TestIn::test_y",
        "test_d.py::test_3",
    ]


def test_what_is_done_is_not_run_again(tmp_path):
    texts = {"test_a.py": SEVERAL["test_b.py"]}
    names = [f"test_a.py::test_{number}" for number in range(4)]
    worked = work(tmp_path, texts, done=[names[0], names[2], names[2]])
    assert collected(worked) == [names[1], names[3]]
    worked = work(tmp_path, texts, done=names)
    assert (collected(worked), worked.code) == ([], 0)


def test_without_the_agent_it_says_so_and_checks_nothing(tmp_path):
    (tmp_path / "test_one.py").write_text(
        "import os\nKEPT = []\ndef test_one(resources, namespace, ta): KEPT.append(open(os.devnull))"
    )
    line = [interpreter(), "-m", "pytest", "-p", "ta_plugin", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(
        line, env=environment(PYTHONPATH=str(INJECT)), cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert "test-agent: unconfined" in done.stdout
    assert done.returncode == 0


GARBAGE = """
import gc
import weakref

class Ring:
    def __init__(self): self.self = self

ring = Ring()
known = weakref.ref(ring)
del ring

def test_what_pytest_consists_of_is_not_gone_through():
    assert gc.get_freeze_count() > 1000

def test_garbage_of_a_test_file_is_collected():
    gc.collect()
    assert known() is None
"""


def test_collections_of_garbage_pass_over_pytest_and_over_nothing_else(tmp_path):
    worked = work(tmp_path, {"test_garbage.py": GARBAGE})
    assert set(worked.outcomes().values()) == {"passed"}
    assert len(worked.outcomes()) == 2
