"""The list of commands that `--help` prints without importing any."""

from __future__ import annotations

import inspect

import pytest
from typer.testing import CliRunner

from kit.command_lines import DOORS
from trainer_release.cli.commands import PROGRAMS
from trainer_release.cli.main import agent, app

APPS = {"trainer-release": app, "test-agent": agent}
LISTED = [(program, name) for program, said in PROGRAMS.items() for name in said.commands]


@pytest.mark.parametrize(("program", "name"), LISTED, ids=map(" ".join, LISTED))
def test_the_list_says_of_a_command_what_the_command_says_of_itself(program, name):
    command = DOORS[program].get_command(None, name)
    assert PROGRAMS[program].commands[name][1] == inspect.cleandoc(command.help).splitlines()[0]


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_page_is_at_most_80_columns_wide(program):
    assert max(map(len, PROGRAMS[program].page(program).splitlines())) <= 80


@pytest.mark.parametrize("program", PROGRAMS)
def test_help_is_one_page_however_it_is_asked_for(program):
    page = PROGRAMS[program].page(program) + "\n"
    asked = {words: CliRunner().invoke(APPS[program], words, prog_name=program) for words in ("--help", "-h", "")}
    assert {words: done.output for words, done in asked.items()} == {"--help": page, "-h": page, "": page}
    assert [done.exit_code for done in asked.values()] == [0, 0, 2]


def test_a_word_that_is_no_command_is_answered_by_the_nearest():
    done = CliRunner().invoke(app, "chek", prog_name="trainer-release")
    assert (done.exit_code, "Did you mean 'check'" in done.output) == (2, True)
