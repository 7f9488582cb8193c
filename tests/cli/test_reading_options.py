"""What every reading command takes, whatever it reads."""

import pytest
import typer.main

from trainer_release.cli.main import app

READING = ("check", "status", "graph", "sync", "verify", "log", "show", "diff")


@pytest.mark.parametrize("name", READING)
def test_every_reading_command_takes_the_options_of_the_contract(name):
    command = typer.main.get_command(app).get_command(None, name)
    known = {word for parameter in command.params for word in parameter.opts}
    assert {"--json", "--catalog", "--quiet", "--verbose"} <= known
