"""How a problem looks, on a terminal and in a workflow."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as some

from trainer_release.cli.errors import annotation, coloured, plain, show, tell
from trainer_release.errors import Problem, ReleaseError, Severity, fail


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(*problems, stream=None):
    stream = stream or io.StringIO()
    show(ReleaseError(*problems), stream=stream)
    return stream.getvalue()


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)


def test_a_page_says_what_and_where_and_shows_it_and_names_the_next_move():
    problem = Problem(
        "drift", "says 1.0", "a/pyproject.toml", 3, 11, hint="run sync", context=("version = '1.0'", "  ^")
    )
    assert shown(problem) == (
        "error[drift]: says 1.0\n  --> a/pyproject.toml:3:11\n   | version = '1.0'\n   |   ^\n   = run sync\n"
    )


def test_what_is_not_known_is_left_out():
    assert shown(Problem("drift", "x")) == "error[drift]: x\n"
    assert "  --> a\n" in shown(Problem("drift", "x", "a"))
    assert "  --> a:3\n" in shown(Problem("drift", "x", "a", 3))
    assert "-->" not in shown(Problem("drift", "x", None, 3))


def test_errors_come_before_warnings_and_notes():
    stream = io.StringIO()
    kinds = [Severity.NOTE, Severity.ERROR, Severity.WARNING, Severity.ERROR]
    tell([Problem("drift", str(n), severity=kind) for n, kind in enumerate(kinds)], stream=stream)
    assert [line.split("[")[0] + line[-1] for line in stream.getvalue().splitlines()] == [
        "error1",
        "error3",
        "warning2",
        "note0",
    ]


def test_nothing_to_tell_is_silence():
    stream = io.StringIO()
    tell([], stream=stream)
    assert stream.getvalue() == ""


def test_colours_are_for_terminals_that_want_them(monkeypatch):
    assert shown(Problem("drift", "x"), stream=Terminal()) == "\x1b[1;31merror[drift]\x1b[0m: x\n"
    assert "\x1b" not in shown(Problem("drift", "x"))
    monkeypatch.setenv("NO_COLOR", "1")
    assert not coloured(Terminal())
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not coloured(Terminal())
    monkeypatch.delenv("TERM")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert coloured(io.StringIO())


HOSTILE = "a\x1b[2Jb\x07c\rd\x9b31me\x00f\x1b]0;title\x07g"


def test_control_characters_never_reach_the_terminal():
    problem = Problem("drift", HOSTILE, HOSTILE, 1, hint=HOSTILE, context=(HOSTILE,))
    text = shown(problem)
    assert not set(text) & {chr(n) for n in (*range(9), *range(11, 32), *range(127, 160))}
    assert text.count("\n") == 4
    assert "\x1b[2J" not in annotation(problem)


@given(some.text())
def test_whatever_the_text_only_lines_and_tabs_are_left_of_its_controls(text):
    assert not set(plain(text)) & {chr(n) for n in (*range(9), *range(11, 32), *range(127, 160))}
    plain(text).encode()
    assert plain(plain(text)) == plain(text)


def test_text_of_every_language_stays():
    assert plain("grün 文 👩‍💻\tx\ny") == "grün 文 👩‍💻\tx\ny"


def test_a_workflow_annotation_names_file_line_column_and_code():
    problem = Problem("drift", "says 1.0", "a/b.toml", 3, 11, hint="run sync")
    assert annotation(problem) == "::error file=a/b.toml,line=3,col=11,title=drift::says 1.0; run sync"
    assert annotation(Problem("drift", "x", severity=Severity.NOTE)) == "::notice title=drift::x"
    assert annotation(Problem("drift", "x", severity=Severity.WARNING)).startswith("::warning ")


def test_an_annotation_cannot_be_broken_out_of():
    text = annotation(Problem("drift", "50%\n::error::mine", "a,b:c%.toml", 1))
    assert text == "::error file=a%2Cb%3Ac%25.toml,line=1,title=drift::50%25%0A::error::mine"


def test_an_annotations_words_are_shown_as_they_are():
    assert annotation(Problem("drift", "a, b: c")).endswith("::a, b: c")


def test_an_error_in_words_names_every_problem():
    assert str(ReleaseError(Problem("drift", "a"), Problem("locked", "b"))) == "drift: a; locked: b"
    assert fail("drift", "a", path="p", line=2, context=("x",)).problems[0].where == "p:2"


def test_the_gravest_problem_decides_the_exit_code_and_warnings_none():
    drift, gate, warning = (
        Problem("drift", ""),
        Problem("tests-failed", ""),
        Problem("locked", "", severity=Severity.WARNING),
    )
    assert ReleaseError(drift).exit == 4
    assert ReleaseError(drift, gate).exit == 5
    assert ReleaseError(warning, drift).exit == 4
    assert ReleaseError(warning).exit == 0
    assert gate.exit == 5
