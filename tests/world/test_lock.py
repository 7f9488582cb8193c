"""One run at a time: the holder is named, and its death frees the lock."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from trainer_release.errors import ReleaseError
from trainer_release.world.lock import held

HOLD = """
import sys, time
from pathlib import Path
from trainer_release.world.lock import held
with held(Path(sys.argv[1]), "trainer-release execute"):
    print("held", flush=True)
    time.sleep(60)
"""


@contextmanager
def holder(folder):
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def taken(folder):
    with pytest.raises(ReleaseError) as caught, held(folder, "mine"):
        pass
    (problem,) = caught.value.problems
    return problem


def test_another_run_is_refused_and_the_holder_is_named(tmp_path):
    with holder(tmp_path) as process:
        problem = taken(tmp_path)
    assert (problem.code, problem.exit) == ("locked", 9)
    assert "trainer-release execute" in problem.message
    assert f"process {process.pid} on " in problem.message


@pytest.mark.row("I-holder-killed")
def test_a_killed_holder_holds_no_longer(tmp_path):
    with holder(tmp_path) as process:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        with held(tmp_path, "mine"):
            pass


def test_a_refused_run_does_not_take_the_holders_name_away(tmp_path):
    with holder(tmp_path):
        assert taken(tmp_path).message == taken(tmp_path).message


def test_a_holder_that_has_not_named_itself_yet_is_still_a_holder(tmp_path):
    for text in (None, "{", "[]", '{"pid": 1}'):
        with holder(tmp_path):
            place = tmp_path.parent / "holder.json"
            place.unlink()
            if text is not None:
                place.write_text(text)
            assert "has not named itself yet" in taken(tmp_path).message


def test_the_lock_is_free_again_afterwards_also_after_a_failure(tmp_path):
    folder = tmp_path / "deep" / "cache"
    with held(folder, "first"):
        assert "`first`" in taken(folder).message
    with pytest.raises(ZeroDivisionError), held(folder, "second"):
        _ = 1 / 0
    with held(folder, "third"):
        pass
    assert not (folder.parent / "holder.json").exists()


def test_a_symbolic_link_in_place_of_the_lock_file_is_refused(tmp_path):
    folder = tmp_path / "cache"
    folder.mkdir()
    (folder / "lock").symlink_to(tmp_path / "elsewhere")
    problem = taken(folder)
    assert (problem.code, problem.exit) == ("lock-unusable", 6)
    assert problem.path == str(folder / "lock")
    assert not (tmp_path / "elsewhere").exists()


def test_the_run_before_is_known_where_it_was_killed_and_only_there(tmp_path):
    folder, known = tmp_path / "cache", []
    with holder(folder) as process:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        with held(folder, "mine", known.append):
            pass
    with held(folder, "mine", known.append):
        pass
    assert [(before.pid, before.command) for before in known] == [(process.pid, "trainer-release execute")]


def test_a_run_whose_cache_folder_was_deleted_still_holds(tmp_path):
    folder = tmp_path / "cache"
    with holder(folder) as process:
        shutil.rmtree(folder)
        problem = taken(folder)
    assert problem.code == "locked"
    assert f"process {process.pid} on " in problem.message
