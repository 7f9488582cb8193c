"""Two runs at once: on one machine the lock decides, across clones the lease on the remote; the loser names the winner."""

from __future__ import annotations

import os
import re
import signal
import time

import pytest

from kit.processes import wait

RACES = int(os.environ.get("RACES", "200"))
HELD = 'if grep -q refs/heads/main; then touch "$GIT_DIR/held"; until [ -e "$GIT_DIR/go" ]; do sleep 0.05; done; fi'
"""A hook with which the remote holds a push of the branch up."""


def with_remote(work, folder, hook=HELD):
    """The suite with a bare remote that holds its first push up until a file `go` is there."""
    work.git("init", "--quiet", "--bare", "--initial-branch=main", str(folder))
    place = folder / "hooks" / "pre-receive"
    place.write_text(f"#!/bin/sh\n{hook}\n")
    place.chmod(0o755)
    work.git("remote", "add", "origin", str(folder))
    return folder


def ended(process):
    out, err = process.communicate(timeout=120)
    return process.returncode, out + err


def named(process, words):
    """Whether a refusal names a process as the holder, with its machine, its command, and since when."""
    holder = rf"`trainer-release execute`, process {process.pid} on {re.escape(os.uname().nodename)}, since 20\d\d-"
    return re.search(holder, words) is not None


@pytest.fixture
def first(pair, tmp_path):
    """A run that holds lock and lease: it, the suite, its remote, and another clone of the same state."""
    remote = with_remote(pair, tmp_path / "remote.git")
    other = pair.copy(tmp_path / "other")
    ours = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # under nohup it is ignored, and a child inherits that
    process = pair.start("execute")
    signal.signal(signal.SIGHUP, ours)
    assert wait(lambda: (remote / "held").exists() or process.poll() is not None)
    assert process.poll() is None, ended(process)
    yield process, pair, remote, other
    (remote / "go").touch()
    ended(process)


@pytest.mark.row("I-two-execute", "I-two-clones")
def test_a_second_run_ends_with_9_and_names_the_first_in_its_own_clone_and_in_another(first, tmp_path):
    process, work, remote, other = first
    work.git("worktree", "add", "--quiet", str(tmp_path / "linked"), "HEAD")
    for place in (work.root, tmp_path / "linked"):
        refused = work.run("execute", cwd=place, code=9)
        assert "error[locked]" in refused.err
        assert named(process, refused.err), refused.err
    refused = other.run("execute", code=9)
    assert "error[leased]" in refused.err
    assert named(process, refused.err), refused.err
    assert "--take-over" in refused.err
    assert other.uploads() == []

    seen = other.run("execute", "--dry-run")
    assert "warning[leased]" in seen.err
    assert named(process, seen.err)

    (remote / "go").touch()
    assert ended(process)[0] == 0
    assert "/lease" not in work.git("ls-remote", "origin")
    assert other.run("execute").code == 0


@pytest.mark.row("I-holder-killed")
def test_the_lease_of_a_run_that_was_killed_here_holds_nobody_up(first):
    process, work, remote, other = first
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    (remote / "go").touch()
    left = work.git("ls-remote", "origin", "refs/trainer-release/mill/lease")
    assert left
    assert wait(lambda: "refs/heads/main" in work.git("ls-remote", "origin"))  # what the remote had been given
    assert other.run("execute").code == 0
    assert work.run("execute").code == 0
    assert "/lease" not in work.git("ls-remote", "origin")


@pytest.mark.row("D7-INT", "D7-TERM", "D7-HUP")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_run_that_is_interrupted_gives_lock_and_lease_back(first, number):
    process, work, remote, other = first
    process.send_signal(number)
    code, words = ended(process)
    assert code == 130, words
    assert "/lease" not in work.git("ls-remote", "origin")
    assert not (work.cache.parent / "holder.json").exists()
    (remote / "go").touch()
    assert work.run("execute").code == 0


def test_a_person_takes_over_and_the_first_run_stops_before_its_first_upload(first):
    process, work, remote, other = first
    taken = other.start("execute", "--take-over")
    (remote / "held").unlink()
    assert wait((remote / "held").exists)  # the second holds the lease, and pushes
    (remote / "go").touch()
    assert ended(taken)[0] == 0
    code, words = ended(process)
    assert code == 9, words
    assert "error[lease-lost]" in words
    assert work.uploads() == []


@pytest.mark.full
@pytest.mark.parametrize("across", [False, True], ids=["lock", "lease"])
def test_of_two_runs_that_start_at_once_one_wins_and_the_other_ends_within_two_seconds(pair, tmp_path, across):
    late = []
    for number in range(RACES):
        folder = tmp_path / str(number)
        one = pair.copy(folder / "one")
        with_remote(one, folder / "remote.git", "exit 0")
        two = one.copy(folder / "two") if across else one
        began, runs = time.monotonic(), [one.start("execute"), two.start("execute")]
        assert wait(lambda runs=runs: any(run.poll() is not None for run in runs))
        seconds = time.monotonic() - began
        words = [ended(run) for run in runs]
        assert sorted(code for code, _ in words) == [0, 9], (number, words)
        loser = next(at for at, (code, _) in enumerate(words) if code == 9)
        assert named(runs[1 - loser], words[loser][1]), (number, words)
        assert len(one.uploads() + (two.uploads() if across else [])) == 4
        late += [seconds] if seconds > 2 else []
        print(f"race {number}: {seconds:.2f} s")
    assert late == []
