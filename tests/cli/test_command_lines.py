"""How the words of a command line become values: as they were typed, or by typer."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.main import get_group
from typer.testing import CliRunner

from trainer_release.cli.main import agent, app


def values(program, line):
    name, *words = line.split()
    return get_group(program).get_command(None, name).make_context(name, words).params


def test_what_is_not_given_is_as_the_function_declares_it():
    assert values(app, "graph") == {"catalog": None, "form": "tree", "as_json": False, "quiet": False, "verbose": False}
    assert values(app, "build")["out"] == Path("dist")
    assert values(agent, "run")["timeout"] is None


def test_words_paths_switches_and_lists_are_taken_as_they_are():
    said = values(app, "prepare 1.2.0 --only a --only b --catalog x/versions.yaml --dry-run")
    assert (said["version"], said["only"], said["bump"], said["dry_run"]) == ("1.2.0", ["a", "b"], None, True)
    assert said["catalog"] == Path("x/versions.yaml")


def test_numbers_and_choices_are_converted_and_their_bounds_held():
    said = values(agent, "run --timeout 7 --jobs 3 --mode integration")
    assert (said["timeout"], said["jobs"], said["mode"].value) == (7.0, "3", "integration")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("trainer-release tag", "Missing argument"),
        ("trainer-release tag 1.0.0 2.0.0", "unexpected extra argument"),
        ("trainer-release graph --form x", "No such option"),
        ("trainer-release graph --format", "requires an argument"),
        ("trainer-release index serve --port x", "Invalid value for '--port'"),
        ("test-agent run --jobs 0", "Invalid value for '--jobs'"),
        ("test-agent run --mode none", "Invalid value for '--mode'"),
    ],
)
def test_what_is_wrong_is_said_by_typer(line, said):
    program, *words = line.split()
    done = CliRunner().invoke(agent if program == "test-agent" else app, words, prog_name=program)
    assert (done.exit_code, said in done.output) == (2, True), done.output
