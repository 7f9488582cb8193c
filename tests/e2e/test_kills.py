"""`execute` is killed without warning; the same command again ends in the same release, nothing uploaded twice."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

import pytest

from kit.processes import processes, wait
from kit.suite import Workspace

ALL = 8


def killed(work: Workspace, uploads: int, *, all_of_it: bool) -> None:
    """Kill the one process that a person started, or all of it, as soon as the index has taken so many files."""
    process = work.start("execute")
    ready = wait(lambda: process.poll() is not None or (bool(work.log()) and len(work.uploads()) >= uploads))
    assert ready
    assert process.poll() is None, process.communicate()
    for pid in (*(processes(work.root) if all_of_it else ()), process.pid):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL


@pytest.mark.row("D2", "E8-push")
@pytest.mark.parametrize(
    ("uploads", "all_of_it"), [(0, False), (1, False), (3, False), (6, False), (ALL, False), (1, True), (5, True)]
)
def test_a_killed_execute_is_finished_by_the_same_command_and_nothing_is_uploaded_twice(prepared, uploads, all_of_it):
    killed(prepared, uploads, all_of_it=all_of_it)
    assert not (prepared.data / "manifests").exists()
    assert wait(lambda: not processes(prepared.root), 20), processes(prepared.root)
    before = [path.name for path in (prepared.data / "index" / "files").iterdir() if path.name[0] != "."]

    again = prepared.run("execute", "--json").json

    files = {d["name"]: d["sha256"] for m in prepared.record("v1.0.0")["modules"].values() for d in m["files"]}
    assert len(files) == ALL
    assert sorted(before + again["uploaded"]) == sorted(files)
    offered = [words[4] for words in prepared.log() if words[1] == "POST" and len(words) > 4]
    assert sorted(set(offered)) == sorted(offered)
    if not all_of_it:  # else the index may have taken a file and not lived to log it
        assert sorted(prepared.uploads()) == sorted(offered) == sorted(files)
    manifest = prepared.manifest("1.0.0")["modules"].values()
    assert {f["name"]: f["sha256"] for m in manifest for f in m["files"]} == files


SIGNS = {
    "the work tree": "trainer-release/mill/cache/trees/*",
    "the record": "refs/trainer-release/mill/1.0.0",
}


@pytest.mark.row("D2", "E8-commit")
@pytest.mark.parametrize("sign", SIGNS)
def test_a_killed_prepare_left_nothing_or_a_whole_release_and_the_same_command_finishes_it(fresh, sign):
    work = fresh({"a": ()}, umbrella=False, version="0.9.0")
    work.row("1.0.0", '{a: "1.0.0"}')  # not committed: it joins the release commit
    before = work.state()
    process = work.start("prepare", "1.0.0")
    assert wait(lambda: any((work.root / ".git").glob(SIGNS[sign])))
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    if sign != "the record":
        after = work.state()
        assert [key for key in ("tree", "refs", "index", "writes") if after[key] != before[key]] == []
        assert wait(lambda: not processes(work.root), 20), processes(work.root)

    work.run("prepare", "1.0.0")

    assert work.git("status", "--porcelain") == ""
    assert work.git("rev-list", "--count", "main", "v1.0.0") == "2"
    assert len(work.git("worktree", "list").splitlines()) == 1
    assert work.run("check", "--json").json["problems"] == []
