"""`execute` is killed without warning; the same command again ends in the same release, nothing uploaded twice."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kit.suite import Workspace

ALL = 8


def wait(until: Callable[[], bool], seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if until():
            return True
        time.sleep(0.002)
    return False


def processes(folder: Path) -> list[str]:
    """The command lines of living processes that name this folder."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = place.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in line:
            found.append(line)
    return found


def killed(work: Workspace, uploads: int) -> None:
    """Kill the one process that a person started, as soon as the index has taken so many files."""
    process = work.start("execute")
    ready = wait(lambda: process.poll() is not None or (bool(work.log()) and len(work.uploads()) >= uploads))
    assert ready
    assert process.poll() is None, process.communicate()
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL


@pytest.mark.parametrize("uploads", [0, 1, 3, 6, ALL])
def test_a_killed_execute_is_finished_by_the_same_command_and_nothing_is_uploaded_twice(prepared, uploads):
    killed(prepared, uploads)
    assert not (prepared.data / "manifests").exists()
    assert wait(lambda: not processes(prepared.root), 20), processes(prepared.root)
    before = prepared.uploads()

    again = prepared.run("execute", "--json").json

    files = {d["name"]: d["sha256"] for m in prepared.record("v1.0.0")["modules"].values() for d in m["files"]}
    assert len(files) == ALL
    assert sorted(prepared.uploads()) == sorted(files)
    assert sorted(before + again["uploaded"]) == sorted(files)
    manifest = prepared.manifest("1.0.0")["modules"].values()
    assert {f["name"]: f["sha256"] for m in manifest for f in m["files"]} == files


SIGNS = {
    "the work tree": "trainer-release/mill/cache/trees/*",
    "a wheel": "trainer-release/mill/cache/artifacts/1.0.0/a/*.whl",
    "the record": "refs/trainer-release/mill/1.0.0",
}


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
