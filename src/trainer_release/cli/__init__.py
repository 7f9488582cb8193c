"""The doors: flags in, tables out, the one except. Only here something is printed.

The two console scripts start here; `--version` is answered before anything else is imported.
"""

from __future__ import annotations

import sys


def trainer_release() -> None:
    """The command `trainer-release`."""
    if sys.argv[1:] == ["--version"]:
        _version()
        return
    from trainer_release.cli.boundary import guarded

    def command() -> None:
        from trainer_release.cli.main import app

        app(prog_name="trainer-release")

    guarded(command)


def test_agent() -> None:
    """The command `test-agent`."""
    if sys.argv[1:] == ["--version"]:
        _version()
        return
    from trainer_release.cli.boundary import guarded

    def command() -> None:
        from trainer_release.cli.agent import app

        app(prog_name="test-agent")

    guarded(command)


def _version() -> None:
    from importlib.metadata import version

    print(version("trainer-release"))
