"""The doors: flags in, tables out, the one except. Only here something is printed.

The two console scripts start here; `--version` and `--help` are answered before anything else is imported.
"""

from __future__ import annotations

import sys

from trainer_release import __version__


def trainer_release() -> None:
    """The command `trainer-release`."""
    _run("trainer-release")


def test_agent() -> None:
    """The command `test-agent`."""
    _run("test-agent")


def _run(name: str) -> None:
    if sys.argv[1:] == ["--version"]:
        print(__version__)
        return
    if sys.argv[1:] in (["--help"], ["-h"]):
        from trainer_release.cli.commands import PROGRAMS

        print(PROGRAMS[name].page(name))
        return
    from trainer_release.cli.boundary import guarded

    def command() -> None:
        from trainer_release.cli import main

        program = main.app if name == "trainer-release" else main.agent
        program(prog_name=name)

    guarded(command)
