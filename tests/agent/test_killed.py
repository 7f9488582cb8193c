"""kill -9 of the agent: nothing is left, or, where even its keeper was killed, nothing after the next run."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import trainer_release
from kit.cells import write
from kit.watching import commands, until
from trainer_release.world.files import SCRATCH
from trainer_release.world.run_folder import clean, guarded

AGENT = """
import sys
from pathlib import Path
from kit.cells import cell, tools
from trainer_release.agent.run import run_cell
from trainer_release.model.testing import Conduct, TestSource
from trainer_release.world.run_folder import guarded
with guarded("tests") as folder:
    tests = TestSource("module", sys.argv[1] + "/tests", sys.argv[1])
    print(run_cell(cell(tests, existing=sys.executable, conduct=Conduct(confinement=sys.argv[2])), tools(), folder / "c0"))
"""
TESTS = """
import os, socket, subprocess, time
def test_leaves_all_kinds_of_processes(tmp_path):
    subprocess.Popen(["sleep", "{mark}"])
    subprocess.Popen(["sleep", "{mark}"], start_new_session=True)
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execve("/bin/sleep", ["sleep", "{mark}"], {{}})
        os._exit(0)
    server = socket.create_server(("127.0.0.1", 0))
    open("{told}", "w").write(str(server.getsockname()[1]))
    time.sleep(1000)
"""


class Killed:
    """One agent in a folder of its own, which is also where it keeps its temporary files."""

    def __init__(self, folder: Path, level: str) -> None:
        self.mark = f"98765{os.getpid()}.{random.randrange(10**9)}"
        self.folder, self.told = folder, folder / "told"
        write(
            folder / "p", {"tests/test_it.py": TESTS.format(mark=self.mark, told=self.told), "pytest.ini": "[pytest]\n"}
        )
        (folder / "tmp").mkdir()
        paths = os.pathsep.join((str(Path(trainer_release.__file__).parents[1]), str(Path(__file__).parents[1])))
        self.process = subprocess.Popen(
            [sys.executable, "-c", AGENT, str(folder / "p"), level],
            env=os.environ | {"PYTHONPATH": paths, "TMPDIR": str(folder / "tmp")},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def left(self) -> list[str]:
        """What is there still: folders, processes, a port."""
        return [
            *(str(path) for path in (self.folder / "tmp").iterdir()),
            *(f"process {pid}" for pid in commands(self.mark) + commands(str(self.folder))),
        ]

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

    def begun(self) -> bool:
        assert self.process.poll() is None, self.process.communicate()
        return self.told.exists() and bool(self.told.read_text()) and len(commands(self.mark)) >= 3


@pytest.mark.parametrize("level", ["namespaces", "subreaper"])
def test_nothing_is_left_two_seconds_after_the_agent_is_killed(tmp_path, level):
    agent = Killed(tmp_path, level)
    assert until(agent.begun)
    agent.kill()
    assert until(lambda: agent.left() == [], 2.0), agent.left()


def test_ctrl_c_ends_everything_where_the_main_thread_waits(tmp_path):
    agent = Killed(tmp_path, "namespaces")
    assert until(agent.begun)
    agent.process.send_signal(signal.SIGINT)
    agent.process.communicate(timeout=20)
    assert (agent.process.returncode != 0, agent.left()) == (True, [])


@pytest.mark.full
@pytest.mark.parametrize("level", ["namespaces", "subreaper", "group"])
def test_nothing_is_left_after_the_agent_is_killed_at_a_random_moment(tmp_path, level):
    for number in range(20):
        agent = Killed(tmp_path / str(number), level)
        time.sleep(random.uniform(0.05, 2.5))
        agent.kill()
        assert until(lambda agent=agent: agent.left() == [], 2.0), (number, agent.left())


def test_where_whatever_watches_is_killed_too_the_next_run_cleans(tmp_path):
    agent = Killed(tmp_path, "subreaper")
    assert until(agent.begun)
    for pid in commands("run_folder.py") + commands("ta_super.py"):
        if str(tmp_path) in Path(f"/proc/{pid}/cmdline").read_text():
            os.kill(pid, signal.SIGKILL)
    agent.kill()
    assert agent.left() != []
    clean(tmp_path / "tmp")
    assert until(lambda: agent.left() == [], 2.0), agent.left()


def test_the_folder_of_a_run_that_goes_on_is_let_alone_and_goes_at_its_end():
    with guarded("outer") as outer:
        with guarded("tests") as folder:
            clean(outer)
            assert folder.is_dir()
            assert folder.parent == outer  # what is temporary of a run lies in its folder
            assert os.environ["TMPDIR"] == str(folder)
            assert until(lambda: len(commands(str(folder))) == 1)  # the keeper
        assert (sorted(path.name for path in outer.iterdir()), commands(str(folder))) == ([".owner"], [])


def test_a_shell_that_looks_around_in_a_left_folder_is_not_ended_by_where_it_stands(tmp_path):
    """It has a terminal; what tests start has none."""
    left = tmp_path / f"{SCRATCH}tests-1-x"
    left.mkdir()
    (left / ".owner").touch()
    held, terminal = os.openpty()
    shell = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); print(1, flush=True); input()",
        ],
        cwd=left,
        stdin=terminal,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert shell.stdout.readline() == b"1\n"
    started = subprocess.Popen(["sleep", "1000"], cwd=left, start_new_session=True)
    clean(tmp_path)
    assert started.wait(5) == -signal.SIGKILL
    assert shell.poll() is None
    shell.kill()
    shell.communicate()
    os.close(held)
    os.close(terminal)
    assert not left.exists()
