"""The lease on the remote: one run pushes and uploads, whoever is provably gone is replaced, nobody else is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from dataclasses import replace

import pytest

from kit.repo import repository, with_remote
from trainer_release.errors import ReleaseError
from trainer_release.world import holders, lease
from trainer_release.world.git import Git
from trainer_release.world.lease import Lease, Workflow, lent, workflow

REF = "refs/trainer-release/demo/lease"
RUN = {
    "GITHUB_SERVER_URL": "https://forge.example",
    "GITHUB_REPOSITORY": "ada/demo",
    "GITHUB_RUN_ID": "7",
    "GITHUB_RUN_ATTEMPT": "1",
}
DIE = """
import os, sys
from pathlib import Path
from trainer_release.world.git import Git
from trainer_release.world.lease import Lease
Lease(Git(Path(sys.argv[1])), "origin", sys.argv[2], "trainer-release execute", over=lambda run: None).hold("push_refs")
print(os.getpid())
"""


@pytest.fixture
def made(tmp_path):
    repo = repository(tmp_path / "repo")
    return repo, with_remote(repo, tmp_path / "remote.git")


@pytest.fixture(autouse=True)
def no_workflow(monkeypatch):
    for name in RUN:
        monkeypatch.delenv(name, raising=False)


def of(repo, *, over=lambda run: None, remote="origin", take_over=False, command="trainer-release execute"):
    return Lease(Git(repo.root), remote, REF, command, over=over, take_over=take_over)


def refused(call):
    with pytest.raises(ReleaseError) as caught:
        call()
    (problem,) = caught.value.problems
    return problem


def held_by(repo, remote, **changes):
    """A lease whose holder is another one than it was: the facts on the remote are rewritten."""
    of(repo).hold("push_refs")
    facts = json.loads(remote.git("cat-file", "blob", REF)) | changes
    oid = remote.git("hash-object", "-w", "--stdin", stdin=json.dumps(facts))
    remote.git("update-ref", REF, oid)
    return oid


def test_the_ref_names_the_holder_while_the_work_is_done_and_is_gone_afterwards(made, monkeypatch):
    repo, remote = made
    for name, value in RUN.items():
        monkeypatch.setenv(name, value)
    before = repo.refs
    with lent(of(repo), pytest.fail) as ours:
        assert REF not in remote.refs
        ours.hold("push_refs")
        ours.hold("publish_dists")
        facts = json.loads(remote.git("cat-file", "blob", REF))
    assert facts["pid"] == os.getpid()
    assert facts["command"] == "trainer-release execute"
    assert facts["workflow"] == {"server": "https://forge.example", "repository": "ada/demo", "run": 7, "attempt": 1}
    assert REF not in remote.refs
    assert repo.refs == before
    assert not (repo.root / ".git/FETCH_HEAD").exists()


def test_it_is_given_back_after_a_failure_too(made):
    repo, remote = made
    ours = of(repo)
    ours.hold("push_refs")
    with pytest.raises(KeyboardInterrupt), lent(ours, pytest.fail):
        raise KeyboardInterrupt
    assert REF not in remote.refs


def test_without_a_remote_nothing_is_asked(made):
    repo, _ = made
    (repo.root / ".git/config").write_text("[broken")
    ours = of(repo, remote=None)
    ours.hold("push_refs")
    ours.refuse("0" * 40)
    assert ours.give_back() is None


def test_another_run_is_refused_and_the_holder_is_named(made):
    repo, remote = made
    of(repo).hold("push_refs")
    oid = remote.refs[REF]
    other = of(repo)
    for call in (lambda: other.hold("push_refs"), lambda: other.refuse(oid)):
        problem = refused(call)
        assert (problem.code, problem.exit) == ("leased", 9)
        assert f"`trainer-release execute`, process {os.getpid()} on " in problem.message
        assert "--take-over" in problem.hint
    assert remote.refs[REF] == oid
    assert other.give_back() is None
    assert remote.refs[REF] == oid


def test_of_many_that_begin_at_once_one_wins_and_the_others_name_it(made):
    repo, remote = made
    many, said = [of(repo, command=f"run {n}") for n in range(6)], {}

    def one(number):
        try:
            many[number].hold("push_refs")
            said[number] = "won"
        except ReleaseError as error:
            said[number] = error.problems[0].message

    threads = [threading.Thread(target=one, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = [number for number, words in said.items() if words == "won"]
    assert all(f"`run {winner}`" in words for number, words in said.items() if number != winner)
    assert json.loads(remote.git("cat-file", "blob", REF))["command"] == f"run {winner}"


def test_a_holder_that_was_killed_on_this_machine_is_replaced(made):
    repo, remote = made
    subprocess.run([sys.executable, "-c", DIE, str(repo.root), REF], check=True, capture_output=True)
    left = remote.refs[REF]
    ours = of(repo)
    ours.refuse(left)
    ours.hold("push_refs")
    assert remote.refs[REF] != left


def test_what_a_killed_holder_left_is_removed_by_a_run_that_has_nothing_to_do(made):
    repo, remote = made
    subprocess.run([sys.executable, "-c", DIE, str(repo.root), REF], check=True, capture_output=True)
    with lent(of(repo), pytest.fail) as ours:
        ours.refuse(remote.refs[REF])
        assert REF in remote.refs
    assert REF not in remote.refs


@pytest.mark.row("I-ci-and-laptop")
@pytest.mark.parametrize(
    "changes", [{"boot": "another"}, {"boot": ""}, {"start": ""}, {"pid": "x"}, {"workflow": [1]}], ids=str
)
def test_a_holder_of_whom_nobody_can_tell_is_not_replaced(made, changes):
    repo, remote = made
    oid = held_by(repo, remote, **({"pid": 2**22 + 1} | changes))
    assert refused(lambda: of(repo).hold("push_refs")).code == "leased"
    assert remote.refs[REF] == oid


@pytest.mark.row("I-pid-reuse")
def test_another_process_of_the_same_number_is_not_the_holder(made):
    repo, remote = made
    held_by(repo, remote, start="1")
    of(repo).hold("push_refs")


def test_something_else_under_the_name_is_no_lease_that_could_be_taken(made):
    repo, remote = made
    remote.git("update-ref", REF, repo.head)
    assert "cannot be read" in refused(lambda: of(repo).hold("push_refs")).message


@pytest.mark.row("I-ci-and-laptop")
@pytest.mark.parametrize(
    ("theirs", "over", "taken"),
    [
        ({"attempt": 0}, None, True),  # this very run, run again
        ({"attempt": 1}, None, False),  # another job of this attempt
        ({"attempt": 2}, True, False),  # we are the older attempt
        ({"run": 6}, True, True),
        ({"run": 6}, False, False),
        ({"run": 6}, None, False),
        ({"run": 6, "repository": "eve/fork"}, None, False),
    ],
)
def test_a_workflow_run_that_is_over_or_runs_again_is_replaced(made, monkeypatch, theirs, over, taken):
    repo, remote = made
    for name, value in RUN.items():
        monkeypatch.setenv(name, value)
    run = {"server": "https://forge.example", "repository": "ada/demo", "run": 7, "attempt": 1} | theirs
    held_by(repo, remote, boot="another", workflow=run)
    ours = of(repo, over=lambda found: over if found == Workflow(**run) else None)
    if taken:
        ours.hold("push_refs")
    else:
        assert "forge.example" in refused(lambda: ours.hold("push_refs")).message


def test_a_person_may_take_over_and_the_other_run_stops_before_its_next_part(made):
    repo, remote = made
    first = of(repo)
    first.hold("push_refs")
    second = of(repo, take_over=True, command="the second")
    second.hold("push_refs")
    taken = remote.refs[REF]
    problem = refused(lambda: first.hold("publish_dists"))
    assert (problem.code, problem.exit) == ("lease-lost", 9)
    assert "`the second`" in problem.message
    assert first.give_back() is None
    assert remote.refs[REF] == taken
    second.hold("publish_dists")
    assert second.give_back() is None
    assert REF not in remote.refs
    assert refused(lambda: first.hold("publish_dists")).code == "lease-lost"  # for good, though it is free now


def test_within_a_part_it_is_looked_at_again_after_a_minute(made, monkeypatch):
    repo, remote = made
    first = of(repo)
    first.hold("publish_dists")
    remote.git("update-ref", "-d", REF)
    first.hold("publish_dists")
    first._looked -= lease.AGAIN + 1
    assert "somebody removed it" in refused(lambda: first.hold("publish_dists")).message


def test_a_remote_that_takes_no_lease_is_a_refused_push(made):
    repo, remote = made
    remote.hook("pre-receive", "exit 1")
    assert refused(lambda: of(repo).hold("push_refs")).code == "push-refused"


def test_a_lease_that_cannot_be_given_back_is_told(made, tmp_path):
    repo, remote = made
    told = []
    with lent(of(repo), told.append) as ours:
        ours.hold("push_refs")
        remote.root.rename(tmp_path / "away")
    (problem,) = told
    assert problem.code == "lease-left"


def test_outside_a_workflow_there_is_no_run():
    assert workflow({}) is None
    assert workflow(RUN | {"GITHUB_RUN_ID": "x"}) is None
    assert workflow(RUN) == Workflow("https://forge.example", "ada/demo", 7, 1)


def test_a_process_that_has_ended_but_was_not_asked_for_is_gone():
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    holder = replace(holders.this("x"), pid=process.pid, start=holders.start_of(process.pid))
    assert not holders.is_gone(holder)
    process.stdin.close()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert holders.is_gone(holder)
    process.wait()
    assert holders.is_gone(holder)


def test_where_nothing_may_and_nothing_must_be_pushed_the_work_goes_on_without_a_lease_and_says_so(made):
    repo, remote = made
    hook = remote.root / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    told = []
    with lent(of(repo), told.append) as ours:
        ours.hold("publish_dists")
        ours.hold("verify")
    assert [(problem.code, problem.severity.value) for problem in told] == [("lease-refused", "warning")]
    for part in ("push_refs", "push 0", "abandon"):
        assert refused(lambda part=part: of(repo).hold(part)).code == "push-refused"
