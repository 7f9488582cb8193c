"""Commands and files: groups that end together, replacements that are whole or not at all."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from kit.processes import processes
from trainer_release.world import clock, files, process


def python(text, *words, **rest):
    return process.run([sys.executable, "-c", text, *words], **rest)


def wait_until(holds, seconds=20.0):
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert holds()


def test_output_errors_and_code_are_kept_apart():
    done = python("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)")
    assert (done.code, done.ok, done.out, done.err, done.tail) == (3, False, "out\n", "err\n", ("out", "err"))
    assert python("").ok


def test_only_the_last_lines_are_the_tail():
    assert python("for n in range(100): print(n, end='\\n\\n')").tail == tuple(str(n) for n in range(80, 100))


def test_environment_and_folder_reach_the_command_and_no_input(tmp_path, monkeypatch):
    monkeypatch.setenv("DEMO_GONE", "1")
    text = "import os, sys; print(sys.stdin.read(), os.environ.get('DEMO_GONE'), os.environ['DEMO_NEW'], os.getcwd())"
    done = python(text, cwd=tmp_path, env={"DEMO_NEW": "2"}, drop=("DEMO_GONE",))
    assert done.out == f" None 2 {tmp_path.resolve()}\n"


def test_new_files_of_a_command_are_readable_for_all_and_writable_for_one(tmp_path):
    old = os.umask(0o077)
    try:
        python("open('f', 'w')", cwd=tmp_path)
    finally:
        os.umask(old)
    assert (tmp_path / "f").stat().st_mode & 0o777 == 0o644


def test_a_command_of_our_own_group_ends_alone_and_who_holds_its_pipes_is_not_waited_for():
    script = "sleep 613.7 & echo $!; wait"
    pipe = subprocess.PIPE
    child = subprocess.Popen(["sh", "-c", script], stdin=pipe, stdout=pipe, stderr=pipe)
    code, out, err = process.heard(child, b"", 0.5)
    assert (code, err) == (None, f"\n{HELD}".encode())
    assert child.returncode == -signal.SIGTERM
    (left,) = [pid for pid, line in processes(Path("sleep 613.7")).items() if line.startswith("sleep")]
    assert out == f"{left}\n".encode()
    os.kill(left, signal.SIGKILL)


def test_words_are_never_a_shells():
    assert process.run(["echo", "$(id); *"]).out == "$(id); *\n"


def test_bytes_that_are_no_text_do_not_break_a_run():
    assert "\ufffd" in python("import sys; sys.stdout.buffer.write(b'\\xff\\n')").out


def test_a_missing_program_is_127_as_a_shell_would_say():
    done = process.run(["no-such-program-anywhere"])
    assert (done.code, done.err) == (127, "no-such-program-anywhere: not found")


SLEEPER = """
import fcntl, subprocess, sys, time
file = open(sys.argv[1], "w")
fcntl.flock(file, fcntl.LOCK_EX)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], pass_fds=[file.fileno()])
print("begun", flush=True)
time.sleep(60)
"""
"""A command and its child, both of which hold a lock while they live."""


def nobody_holds(path):
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def test_a_command_whose_time_runs_out_is_ended_with_its_children(tmp_path):
    done = python(SLEEPER, str(tmp_path / "lock"), timeout=1.0)
    assert (done.code, done.out) == (None, "begun\n")
    assert done.tail[-1] == "ended after 1 s"
    wait_until(lambda: nobody_holds(tmp_path / "lock"))


ESCAPED = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=bool(sys.argv[2]))
open("child", "w").write(str(child.pid))
print("begun", flush=True)
time.sleep(float(sys.argv[1]))
"""
"""A command that starts a child, in a group of its own or not, which holds the output open."""
HELD = "what it started, and what left its group, still holds its output open"


def test_a_command_is_not_waited_for_longer_because_what_left_its_group_holds_its_output(tmp_path):
    started = time.monotonic()
    late = python(ESCAPED, "60", "escapes", cwd=tmp_path, timeout=1.0)
    os.kill(int((tmp_path / "child").read_text()), signal.SIGKILL)
    assert (late.code, late.out, late.tail[-2:]) == (None, "begun\n", (HELD, "ended after 1 s"))
    done = python(ESCAPED, "0", "escapes", cwd=tmp_path)
    os.kill(int((tmp_path / "child").read_text()), signal.SIGKILL)
    assert (done.code, done.out, done.tail[-1]) == (0, "begun\n", HELD)
    assert time.monotonic() - started < 30


def test_what_a_command_leaves_in_its_group_is_ended_where_it_holds_the_output(tmp_path):
    done = python(ESCAPED, "0", "", cwd=tmp_path)
    assert (done.code, done.out, done.err) == (0, "begun\n", "")
    wait_until(lambda: not process.alive(int((tmp_path / "child").read_text())))


STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open("ready", "w")
time.sleep(60)
"""


def test_a_command_that_ignores_a_polite_end_is_killed(tmp_path):
    ended = []
    thread = threading.Thread(target=lambda: ended.append(python(STUBBORN, cwd=tmp_path)))
    thread.start()
    wait_until((tmp_path / "ready").exists)
    for each in tuple(process._RUNNING):
        process.kill_group(each, grace=0.3)
    thread.join(10)
    assert ended[0].code == -signal.SIGKILL


def test_ending_everything_ends_what_runs_in_other_threads():
    ended = []
    threads = [threading.Thread(target=lambda: ended.append(python("import time; time.sleep(60)"))) for _ in range(2)]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(process._RUNNING) == 2)
    process.end_all()
    for thread in threads:
        thread.join(10)
    assert [done.code for done in ended] == [-signal.SIGTERM] * 2
    assert not process._RUNNING


@pytest.mark.row("D7-children")
def test_an_interrupt_ends_the_command_with_its_children(tmp_path):
    timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        python(SLEEPER, str(tmp_path / "lock"))
    timer.join()
    assert not process._RUNNING
    wait_until(lambda: nobody_holds(tmp_path / "lock"))


def test_a_program_is_found_by_name_or_not():
    assert Path(process.which("git")).is_absolute()
    assert process.which("no-such-program-anywhere") is None


def test_whether_a_process_lives_is_known():
    assert process.alive(os.getpid())
    done = os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-c", ""])
    assert done == 0
    assert not process.alive(2**22 + 1)


def test_text_is_read_with_its_line_ends(tmp_path):
    (tmp_path / "f").write_bytes("a\r\nü\n".encode())
    assert files.read_text(tmp_path / "f") == "a\r\nü\n"
    (tmp_path / "f").write_bytes(b"\xff\r\n")
    assert files.text_or_none(tmp_path / "f") == "\udcff\r\n"
    assert files.text_or_none(tmp_path / "none") is None
    assert files.text_or_none(tmp_path) is None
    with pytest.raises(UnicodeDecodeError):
        files.read_text(tmp_path / "f")


def test_a_replaced_file_keeps_its_mode_and_a_new_one_is_plain(tmp_path):
    place = tmp_path / "f"
    place.write_text("old")
    place.chmod(0o750)
    files.replace_text(place, "new\r\n")
    assert place.read_bytes() == b"new\r\n"
    assert place.stat().st_mode & 0o777 == 0o750
    files.replace_text(tmp_path / "deep/er/g", "x")
    assert (tmp_path / "deep/er/g").stat().st_mode & 0o777 == 0o644


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    files.replace_text(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_a_replacement_that_fails_leaves_the_old_file_and_nothing_else(tmp_path):
    (tmp_path / "f").mkdir()
    with pytest.raises(OSError):
        files.replace_text(tmp_path / "f", "x")
    assert [path.name for path in tmp_path.iterdir()] == ["f"]


def test_a_reader_never_sees_half_a_file(tmp_path):
    place, texts = tmp_path / "f", ["a" * 200_000, "b" * 200_000]
    files.replace_text(place, texts[0])
    seen, stop = set(), threading.Event()

    def read():
        while not stop.is_set():
            seen.add(place.read_text())

    thread = threading.Thread(target=read)
    thread.start()
    for turn in range(30):
        files.replace_text(place, texts[turn % 2])
    stop.set()
    thread.join()
    assert seen <= set(texts)


def test_a_hash_is_that_of_the_bytes(tmp_path):
    (tmp_path / "f").write_bytes(b"abc")
    assert files.sha256(tmp_path / "f") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_files_are_found_below_a_folder_but_not_in_what_tools_made(tmp_path):
    kept = ["pyproject.toml", "a/pyproject.toml", "a/b/pyproject.toml"]
    passed_over = [".hidden", "node_modules", "build", "dist", "__pycache__", "env", "a/.venv"]
    for name in (*kept, *(f"{folder}/pyproject.toml" for folder in passed_over)):
        files.replace_text(tmp_path / name, "")
    files.replace_text(tmp_path / "env/pyvenv.cfg", "")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert [*files.find_named(tmp_path, "pyproject.toml")] == kept
    assert [*files.find_named(tmp_path / "none", "pyproject.toml")] == []


def test_a_folder_is_copied_without_what_is_named(tmp_path):
    for name in ("s/keep.txt", "s/no.pyc", "s/tests/t.py", "s/in/tests/t.py", "s/in/no.pyc"):
        files.replace_text(tmp_path / name, name)
    (tmp_path / "s/dangling").symlink_to("nowhere")
    (tmp_path / "s/in/link.txt").symlink_to("../keep.txt")
    files.copy_tree(tmp_path / "s", tmp_path / "t", without=["*.pyc"], not_at_top=["tests"])
    found = sorted(
        path.relative_to(tmp_path / "t").as_posix() for path in (tmp_path / "t").rglob("*") if path.is_file()
    )
    assert found == ["in/link.txt", "in/tests/t.py", "keep.txt"]
    files.copy_file(tmp_path / "s/keep.txt", tmp_path / "u/keep.txt")
    assert (tmp_path / "u/keep.txt").read_text() == "s/keep.txt"


def test_a_scratch_folder_is_gone_whatever_happens():
    with pytest.raises(ZeroDivisionError), files.scratch("x") as folder:
        raise ZeroDivisionError
    assert not folder.exists()


def test_folders_are_made_and_removed_whether_or_not_they_are_there(tmp_path):
    for _ in range(2):
        files.make_folder(tmp_path / "a/b")
    for _ in range(2):
        files.remove_tree(tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_a_kept_text_lies_in_a_folder_of_its_own():
    one, two = files.keep_text("note.txt", "one"), files.keep_text("note.txt", "two")
    assert (one.read_text(), two.read_text(), one.name) == ("one", "two", "note.txt")
    assert one.parent.stat().st_mode & 0o777 == 0o700
    for place in (one, two):
        files.remove_tree(place.parent)


@pytest.mark.row("D5-clock-backwards")
def test_the_clock_is_in_utc_and_whole_seconds_and_seconds_never_run_backwards():
    assert clock.now().isoformat().endswith("+00:00")
    assert clock.now().microsecond == 0
    before = clock.monotonic()
    clock.sleep(0.01)
    assert clock.monotonic() > before


def test_a_folder_is_copied_to_its_place_with_what_lies_around_it(tmp_path):
    for path in (
        "LICENSE",
        ".git/HEAD",
        "docs/x.md",
        "packages/other/o.py",
        "packages/one/a.py",
        "packages/one/dist/w",
    ):
        place = tmp_path / "root" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(path)
    made = files.copy_inside(tmp_path / "root", "packages/one", tmp_path / "t", [".git"], ["dist"])
    assert made == tmp_path / "t/packages/one"
    assert [path.name for path in made.iterdir()] == ["a.py"]
    assert (made / "../../LICENSE").read_text() == "LICENSE"
    assert sorted(path.name for path in (tmp_path / "t").iterdir()) == ["LICENSE", "docs", "packages"]
    (tmp_path / "t/LICENSE").write_text("changed")
    assert (tmp_path / "root/LICENSE").read_text() == "LICENSE"
    assert (tmp_path / "t/packages/other").readlink() == tmp_path / "root/packages/other"
    assert files.copy_inside(tmp_path / "root/packages/one", ".", tmp_path / "own", [], ["dist"]) == tmp_path / "own"
