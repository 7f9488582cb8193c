"""The one except: every way in which a command can end has its code, and no traceback reaches a person."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

EXE = Path(sys.executable).with_name("trainer-release")
HEAD = "import os, sys, time\nfrom trainer_release.cli.boundary import guarded\nfrom trainer_release.errors import Problem, ReleaseError, Severity, fail\n"
TYPER = """
import typer
app = typer.Typer(pretty_exceptions_enable=False, rich_markup_mode=None)
@app.command()
def command(number: int = 0):
    work()
guarded(lambda: app(prog_name="x"))
"""


def ended(text: str, *, env: dict[str, str] | None = None, door: str = "guarded(work)", words: tuple[str, ...] = ()):
    """A process whose command is `work`, straight or behind a command line, as its exit code and what it said."""
    script = [sys.executable, "-c", f"{HEAD}\n{text}\n{door}", *words]
    done = subprocess.run(script, env=os.environ | (env or {}), capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


CODES = {
    "catalog-missing": 3,
    "drift": 4,
    "tests-failed": 5,
    "dirty-tree": 6,
    "upload-refused": 6,
    "upload-failed": 7,
    "index-quota": 8,
    "locked": 9,
    "file-differs": 10,
    "outcome-unknown": 11,
}


@pytest.mark.parametrize(("code", "exit_code"), CODES.items())
def test_an_error_ends_with_its_own_code_and_its_page(code, exit_code):
    text = f"def work(): raise fail({code!r}, 'what happened', hint='the next move')"
    assert ended(text, door=TYPER) == (exit_code, "", f"error[{code}]: what happened\n   = the next move\n")


def test_drift_beside_something_graver_does_not_decide_the_code():
    text = "def work(): raise ReleaseError(Problem('drift', 'a'), Problem('tests-failed', 'b'))"
    assert ended(text)[0] == 5


def test_a_command_that_ends_well_is_0_and_one_that_chose_a_code_keeps_it():
    assert ended("def work(): print('done')") == (0, "done\n", "")
    assert ended("def work(): sys.exit(4)")[0] == 4
    assert ended("def work(): raise typer.Exit(5)", door=TYPER)[0] == 5


def test_a_wrong_word_on_the_command_line_is_2():
    for words in (("--none",), ("--number", "x"), ("more",)):
        code, _, said = ended("def work(): pass", door=TYPER, words=words)
        assert (code, "Usage:" in said) == (2, True)


@pytest.mark.row("J-exception", "J-traceback")
def test_a_fault_of_ours_is_1_and_its_traceback_is_in_a_file_without_secrets():
    secret = "hunter2-hunter2"
    text = "def work(): raise RuntimeError('the password is ' + os.environ['TWINE_PASSWORD'])"
    code, out, said = ended(text, env={"TWINE_PASSWORD": secret})
    assert (code, out) == (1, "")
    assert "error[internal]: a fault of trainer-release (RuntimeError)" in said
    assert secret not in said
    place = Path(said.partition("the traceback is in ")[2].splitlines()[0])
    kept = place.read_text()
    assert "RuntimeError: the password is ***" in kept
    assert "Traceback (most recent call last)" in kept
    assert secret not in kept
    assert place.parent.stat().st_mode & 0o077 == 0
    place.unlink()
    place.parent.rmdir()


SLEEP = "def work():\n    print('begun', flush=True)\n    time.sleep(60)"


@pytest.mark.row("D7-INT", "D7-TERM")
@pytest.mark.parametrize("door", ["guarded(work)", TYPER], ids=["straight", "command line"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_is_130_and_says_that_the_command_can_be_run_again(number, door):
    process = subprocess.Popen(
        [sys.executable, "-c", f"{HEAD}\n{SLEEP}\n{door}"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "begun\n"
    process.send_signal(number)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert (
        said == "error[interrupted]: interrupted; nothing that was published is lost\n   = run the same command again\n"
    )


def test_a_question_that_is_left_unanswered_is_an_interrupt():
    text = "def work(): typer.confirm('Upload?', err=True)"
    code, _, said = ended(text, door=TYPER)
    assert (code, "error[interrupted]" in said) == (130, True)


def test_a_real_command_can_be_interrupted(tmp_path):
    """`index serve` runs until Ctrl-C, which is its normal end; TERM ends it just so."""
    from kit.repo import repository, suite

    home = repository(tmp_path / "repo", suite())
    for number in (signal.SIGINT, signal.SIGTERM):
        process = subprocess.Popen(
            [EXE, "index", "serve"], cwd=home.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert process.stdout.readline().startswith("http://127.0.0.1:")
        process.send_signal(number)
        _, said = process.communicate(timeout=20)
        assert (process.returncode, "Traceback" in said) == (0, False)


PRINTS = "def work(): print('x' * {size}, flush={flush})"


@pytest.mark.parametrize("door", ["guarded(work)", TYPER], ids=["straight", "command line"])
@pytest.mark.parametrize(("size", "flush"), [(10, False), (10, True), (1_000_000, False)])
def test_a_reader_that_has_seen_enough_is_no_fault(size, flush, door):
    script = f"{HEAD}\n{PRINTS.format(size=size, flush=flush)}\n{door}"
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert (process.wait(20), said) == (0, b"")


def test_head_takes_the_first_line_of_a_real_command(tmp_path):
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {EXE} schema | head -1"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "{\n", "")


def test_progress_that_nobody_reads_does_not_stop_the_work(tmp_path):
    text = """
from trainer_release.cli.live import Lines
from trainer_release.model.outcome import Outcome
def work():
    for n in range(3):
        Lines().ended("build_dists", "words", Outcome(), 0.0)
    open(sys.argv[1], "w").write("done")
    raise fail("upload-failed", "x")
"""
    process = subprocess.Popen(
        [sys.executable, "-c", f"{HEAD}\n{text}\nguarded(work)", str(tmp_path / "f")], stderr=subprocess.PIPE
    )
    process.stderr.close()
    assert process.wait(20) == 7
    assert (tmp_path / "f").read_text() == "done"


def test_a_name_that_the_terminal_cannot_show_is_no_fault():
    text = "from trainer_release.cli.options import say\ndef work(): say('gr\\u00fcn \\udce9 \\u6587')"
    assert ended(text, env={"PYTHONIOENCODING": "ascii"}) == (0, "gr\\xfcn ? \\u6587\n", "")
    assert ended("def work(): print('\\udce9')") == (0, "\\udce9\n", "")


@pytest.mark.parametrize("words", ["--version", "--help", "schema"])
def test_whatever_becomes_of_standard_output_nobody_sees_a_traceback(words, tmp_path):
    def ended(there):
        line = ["bash", "-c", f"{EXE} {words} {there}"]
        env = os.environ | {"TMPDIR": str(tmp_path)}
        done = subprocess.run(line, env=env, capture_output=True, text=True, check=False)
        return done.returncode, done.stderr.partition(":")[0]

    assert ended(">&-") == (0, "")
    assert ended("| true; exit ${PIPESTATUS[0]}") == (0, "")
    if Path("/dev/full").exists():
        assert ended("> /dev/full") == (6, "error[system-refused]")
