"""What a killed run has left is swept by the next one; what may be anybody's else stays, and is told with its age."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import time
from dataclasses import replace

import pytest

from kit.repo import repository
from trainer_release.errors import ReleaseError
from trainer_release.world import files, git_locks, holders, leftovers
from trainer_release.world.git import Git

DEAD = 2**22 + 1  # no process has this number


@pytest.fixture
def made(tmp_path):
    """A repository, the suite's folder in it, and the run before, which was killed some seconds ago."""
    repo = repository(tmp_path / "repo")
    state = repo.root / ".git" / "trainer-release" / "demo"
    (state / "data" / "manifests").mkdir(parents=True)
    return repo, state, replace(holders.this("trainer-release execute"), pid=DEAD)


def lock(place, age=3.0):
    place.parent.mkdir(parents=True, exist_ok=True)
    place.touch()
    moment = time.time() - age
    os.utime(place, (moment, moment))
    return place


def swept(made, began=10.0):
    repo, state, before = made
    since = holders.now().timestamp() - began
    leftovers.sweep(
        state, Git(repo.root), replace(before, since=time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(since)))
    )


def test_half_written_files_are_taken_away_and_nothing_else(made):
    repo, state, _ = made
    half = [
        state / "holder.tmp",
        state / "data/manifests/.trainer-release-abcd_123.tmp",
        state / ".trainer-release-abcdefgh",
    ]
    kept = [state / "data/index/files/.trainer-release-abcdefgh", state / "data/.trainer-release-notes"]
    for place in (*half, *kept):
        lock(place)
    swept(made)
    assert [place.exists() for place in half] == [True, False, False]
    assert all(place.exists() for place in kept)


@pytest.mark.row("E7-stale")
def test_lock_files_of_that_time_are_taken_away_and_older_ones_stay(made):
    repo, _, _ = made
    git = repo.root / ".git"
    gone = [lock(git / name) for name in ("index.lock", "HEAD.lock", "refs/tags/v1.lock", "worktrees/1.0.0/index.lock")]
    kept = lock(git / "refs/heads/main.lock", age=3600)
    swept(made)
    assert not any(place.exists() for place in gone)
    assert kept.exists()


@pytest.mark.row("E7-live")
def test_a_young_lock_file_is_waited_for(made):
    repo, _, _ = made
    young = lock(repo.root / ".git/index.lock", age=0.5)
    began = time.time()
    swept(made)
    assert not young.exists()
    assert time.time() - began > 1


def test_while_a_git_process_works_in_the_repository_no_lock_file_is_touched(made, monkeypatch):
    repo, _, _ = made
    monkeypatch.setattr(git_locks, "PATIENCE", 0.3)
    held = lock(repo.root / ".git/index.lock")
    with subprocess.Popen(["git", "cat-file", "--batch"], cwd=repo.root, stdin=subprocess.PIPE) as git:
        while not git_locks._processes(repo.root):
            time.sleep(0.01)
        swept(made)
        assert held.exists()
        with pytest.raises(ReleaseError) as caught:
            Git(repo.root).do("update-index", "--refresh")
        git.stdin.close()
    (problem,) = caught.value.problems
    assert (problem.code, problem.exit) == ("git-locked", 6)
    assert f"wait for git (process {git.pid})" in problem.hint
    assert re.search(r"made \d+ s ago", problem.message)


@pytest.mark.row("E7-index-lock")
def test_a_lock_file_that_nobody_holds_is_told_with_its_age_and_what_removes_it(made):
    repo, _, _ = made
    place = lock(repo.root / ".git/index.lock", age=7200)
    with pytest.raises(ReleaseError) as caught:
        Git(repo.root).do("update-index", "--refresh")
    (problem,) = caught.value.problems
    assert re.search(r"index.lock is in the way, made 7[12]\d\d s ago", problem.message)
    assert f"`rm '{place}'`" in problem.hint


def test_the_scratch_folders_of_that_process_are_taken_away_and_no_others(made, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ours, others = tmp_path / f"trainer-release-run-{DEAD}-x", tmp_path / f"trainer-release-run-{DEAD + 1}-x"
    linked = tmp_path / f"trainer-release-look-{DEAD}-x"
    ours.mkdir()
    others.mkdir()
    linked.symlink_to(others)
    swept(made)
    assert [place.exists() for place in (ours, others, linked)] == [False, True, True]


def test_what_a_process_is_at_work_in_is_not_swept_by_itself(made, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    repo, state, before = made
    with files.scratch("drill") as folder:
        swept((repo, state, replace(before, pid=os.getpid())))
        assert folder.is_dir()
