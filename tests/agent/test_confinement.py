"""What confinement gives and takes: numbers, processes, network, folders; what is said where the kernel gives none."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from kit.cells import cell, source, write
from kit.watching import LIMITS, outcomes, until, watched
from trainer_release.agent.instructions import INJECT, Here, config, covers, neutral, surroundings
from trainer_release.agent.stage import stage
from trainer_release.agent.workers import beside
from trainer_release.errors import ReleaseError
from trainer_release.model.testing import Conduct


def test_inside_one_keeps_ones_number_sees_ones_own_processes_and_network_alone_and_no_hidden_folder(tmp_path):
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key").write_text("")
    with socket.create_server(("127.0.0.1", 0)) as outside:
        text = f"""
            import os, socket, pytest
            def test_number(): assert (os.getuid(), os.getgid()) == ({os.getuid()}, {os.getgid()})
            def test_processes():
                assert os.getppid() == 1
                assert sum(name.isdigit() for name in os.listdir("/proc")) == 2
            def test_loopback():
                with socket.create_server(("127.0.0.1", 0)) as here:
                    socket.create_connection(here.getsockname()).close()
            def test_outside():
                with pytest.raises(ConnectionRefusedError):
                    socket.create_connection({outside.getsockname()!r})
            def test_away():
                with pytest.raises(OSError):
                    socket.create_connection(("192.0.2.1", 80), 1)
            def test_hidden(): assert os.listdir({str(secret)!r}) == []
            def test_hidden_is_not_writable():
                with pytest.raises(OSError):
                    open({str(secret / "new")!r}, "w")
            """
        ran = watched(tmp_path, text, hidden=(str(secret),))
    assert (ran.level, ran.status, ran.passed) == ("namespaces", "passed", 7), ran.tail
    assert (secret / "key").exists()


def test_the_hosts_network_is_there_where_it_is_asked_for(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as outside:
        text = f"import socket\ndef test_one(): socket.create_connection({outside.getsockname()!r}).close()\n"
        assert outcomes(watched(tmp_path, text, network="host")) == {"one": "passed"}


@pytest.fixture
def without_namespaces():
    """The words before a command that runs it where the kernel allows no further user namespace, as in many a container:
    a user namespace whose own limit of them is 0 (namespaces(7), /proc/sys/user)."""
    words = ["unshare", "-Ur", "sh", "-c", 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"', "sh"]
    if shutil.which("unshare") is None or subprocess.run([*words, "true"], check=False).returncode:
        pytest.skip("no user namespace to try it in")
    return words


@pytest.mark.parametrize(
    ("asked", "level", "reason"), [("auto", "subreaper", "done"), ("namespaces", "", "unconfined")]
)
def test_where_the_kernel_refuses_it_is_said_and_the_next_level_is_taken(
    tmp_path, without_namespaces, asked, level, reason
):
    tests = source(tmp_path / "project", {"tests/test_it.py": "def test_one(): pass\n", "pytest.ini": "[pytest]\n"})
    here = Here(Path(sys.executable), stage(tests, tmp_path / "stage"), tmp_path / "run")
    (here.folder / "tmp").mkdir(parents=True)
    given = config(cell(tests, conduct=Conduct(confinement=asked, limits=LIMITS)), here, dict(os.environ), 60.0)
    (here.folder / "config.json").write_text(json.dumps(given))
    words = [sys.executable, "-I", "-S", str(INJECT / "ta_super.py"), str(here.folder / "config.json")]
    with subprocess.Popen([*without_namespaces, *words], stdin=subprocess.PIPE) as process:
        assert process.wait(60) == 0
    lines = (here.folder / "events.jsonl").read_text().splitlines()
    events = {event["event"]: event for event in map(json.loads, filter(None, lines))}
    assert "unshare" in events["unconfined"]["why"]
    assert events.get("confined", {}).get("level", "") == level
    assert events["end"]["reason"] == reason


def test_a_level_that_is_required_and_not_to_be_had_is_an_error(tmp_path):
    """No user of this machine may have a namespace here: a level that does not exist stands for it."""
    with pytest.raises(ReleaseError) as caught:
        watched(tmp_path, "def test_one(): pass\n", confinement="enclosure")
    assert [problem.code for problem in caught.value.problems] == ["confinement-missing"]


def test_of_what_is_hidden_that_alone_is_seen_which_is_shown_whatever_comes_to_lie_there(tmp_path):
    """A cell's environment lies beside those of others, of which some are made while it runs."""
    write(tmp_path / "cache", {"own/here": "", "other/there": "", "file": ""})
    begun, made = tmp_path / "run" / "begun", tmp_path / "cache" / "late"
    text = f"""
        import os, pathlib, time
        def test_shown():
            assert os.listdir({str(tmp_path / "cache")!r}) == ["own"]
            pathlib.Path({str(tmp_path / "cache/own/mine")!r}).write_text("")
        def test_late():
            pathlib.Path({str(begun)!r}).touch()
            end = time.monotonic() + 1
            while time.monotonic() < end:
                assert os.listdir({str(tmp_path / "cache")!r}) == ["own"]
                time.sleep(0.01)
        """

    def made_meanwhile() -> None:
        if until(begun.exists):
            made.mkdir()

    with beside(made_meanwhile):
        ran = watched(tmp_path, text, hidden=(str(tmp_path / "cache"),), shown=(str(tmp_path / "cache/own"),))
    assert (ran.level, ran.status, ran.passed) == ("namespaces", "passed", 2), ran.tail
    assert made.is_dir()
    assert (tmp_path / "cache/own/mine").exists()


def test_a_cover_holds_what_is_shown_and_the_closer_word_counts():
    hidden = ("/home/me/work", "/home/me", "/opt/env", "/x", "/home/me/env/sub", "/home/me/env/sub/deep")
    shown = (Path("/home/me/env"), "/home/me/env/lib", "/opt/env/lib", "/x", "/home/me/env/sub/deep/own", "/home/me2")
    assert covers(hidden, shown) == [
        ("/home/me", ["/home/me/env"]),
        ("/home/me/env/sub", ["/home/me/env/sub/deep/own"]),
        ("/opt/env", ["/opt/env/lib"]),
    ]


def test_plugins_that_are_not_installed_are_told_nothing():
    assert neutral(["pytest==9.0", "pytest-xdistant==1"]) == []
    assert neutral(["pytest-randomly==4", "pytest-rerunfailures==1"]) == ["-p", "no:randomly", "--reruns", "0"]


def test_what_is_told_holds_the_guard_the_limits_and_no_variable_that_is_not_let_through(tmp_path):
    tests = source(tmp_path, {"tests/test_it.py": ""})
    here = Here(Path("/env/bin/python"), stage(tests, tmp_path / "s"), tmp_path / "run", (), ("kit_one", "kit_one.sub"))
    asked = cell(tests, absent={"kit_two": "two"}, conduct=Conduct(exclude="slow or e2e", extra=("-x",), seed=7))
    given = config(asked, here, {"LANG": "C", "PATH": "/bin"}, 5.0)
    assert given["guard"] == {"absent": {"kit_two": "two"}, "inside": ["kit_one"], "prefix": "/env"}
    assert given["argv"][-3:] == ["-m", "not (slow or e2e)", "-x"]
    assert (given["wall"], given["test_timeout"], given["seed"]) == (5.0, 120.0, 7)
    assert given["env"]["PATH"] == os.pathsep.join(("/env/bin", "/bin"))
    assert set(surroundings(here, {"LANG": "C"})) - set(given["env"]) == set()
    standing = config(replace(asked, existing="/env/bin/python"), here, {}, 5.0)
    assert standing["guard"]["inside"] == []
