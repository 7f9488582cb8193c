"""Progress: lines where there is no terminal, a table where there is one, silence where it is asked for."""

from __future__ import annotations

import io
import os
import subprocess
import sys

import pytest
from rich.console import Console
from rich.live import Live

from kit.facts import prepare_facts
from kit.steps import plan_of
from trainer_release.cli.live import Lines, Table, reporter
from trainer_release.errors import fail
from trainer_release.model.outcome import Outcome, Status
from trainer_release.release import planner, steps
from trainer_release.release.engine.reporter import Reporter

EVENTS = [
    ("started", "build_dists", "words"),
    ("ended", "build_dists", "words", Outcome(note="words.whl"), 1.24),
    ("noted", "publish_dists", "words", "index stale since 12:00Z"),
    ("ended", "publish_dists", "words", Outcome(Status.SKIPPED), 0.0),
    ("failed", "build_dists", "speech", fail("build-failed", "x"), 0.5),
    ("blocked", "publish_dists", "core", "speech"),
    ("ended", "verify_installed", "", Outcome(), 0.01),
]


def play(listener: Reporter) -> None:
    stages = [("build_dists", ["words", "speech"]), ("publish_dists", ["words", "core"]), ("verify_installed", [""])]
    listener.planned(plan_of(*stages, modules=planner.prepare(prepare_facts()).modules))
    for name, *rest in EVENTS:
        getattr(listener, name)(*rest)


def test_without_a_terminal_every_event_is_a_line(capsys):
    play(Lines())
    out, err = capsys.readouterr()
    assert out == ""
    assert [line.strip() for line in err.splitlines()] == [
        "Built words  words.whl  (1.2 s)",
        "Waiting words  index stale since 12:00Z",
        "Done before words  published",
        "FAILED speech  build_dists: build-failed",
        "Left out core: it needs speech",
        "Verified the suite",
    ]


def test_a_note_from_a_server_does_not_steer_the_terminal(capsys):
    Lines().ended("build_dists", "words", Outcome(note="a\x1b[2Jb\r"), 0.0)
    assert capsys.readouterr().err.strip() == "Built words  ab"


def test_every_step_has_words_of_its_own(capsys):
    for step in (*steps.PREPARE, *steps.EXECUTE):
        Lines().ended(step.NAME, "x", Outcome(), 0.0)
        assert "_" not in capsys.readouterr().err
    Lines().ended("brand_new", "x", Outcome(), 0.0)
    assert capsys.readouterr().err.strip() == "brand new x"


def test_on_a_terminal_a_table_has_a_row_a_module_and_a_column_a_stage():
    screen = io.StringIO()
    with Live(console=Console(file=screen, force_terminal=True, width=160, markup=False)) as live:
        play(Table(live))
    text = screen.getvalue()
    for word in ("module", "build", "words", "speech", "core", "the suite", "1.2 s", "done", "FAILED", "needs speech"):
        assert word in text, word


def test_a_name_is_no_markup():
    screen = io.StringIO()
    with Live(console=Console(file=screen, force_terminal=True, width=160)) as live:
        Table(live).ended("build_dists", "[red]x[/red]", Outcome(), 1.0)
    assert "[red]x[/red]" in screen.getvalue()


def test_silence_hears_everything_and_says_nothing(capsys):
    with reporter(quiet=True) as listener:
        play(listener)
    assert capsys.readouterr() == ("", "")


def test_without_a_terminal_there_are_lines():
    with reporter(quiet=False) as listener:
        assert isinstance(listener, Lines)


@pytest.mark.parametrize(
    ("env", "kind"),
    [({}, "Table"), ({"CI": "true"}, "Lines"), ({"TERM": "dumb"}, "Lines"), ({"NO_COLOR": "1"}, "Table")],
)
def test_a_terminal_gets_the_table_unless_it_is_a_workflows_or_a_dumb_one(env, kind):
    pty = pytest.importorskip("pty")
    script = "from trainer_release.cli.live import reporter\nwith reporter(quiet=False) as it: pass\nprint(type(it).__name__)"
    ours, theirs = pty.openpty()
    kept = {key: value for key, value in os.environ.items() if key not in ("CI", "NO_COLOR")} | {"TERM": "xterm"}
    done = subprocess.run(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=theirs, env=kept | env, text=True, check=True
    )
    os.close(theirs)
    os.close(ours)
    assert done.stdout.split()[-1] == kind
