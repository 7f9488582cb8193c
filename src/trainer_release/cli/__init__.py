"""The doors: flags in, tables out, the one except. Only here something is printed.

The two console scripts start here; `--version` and `--help` are answered before anything else is imported.
"""

import os
import sys


def trainer_release() -> None:
    """The command `trainer-release`."""
    _run("trainer-release")


def test_agent() -> None:
    """The command `test-agent`."""
    _run("test-agent")


def _run(name: str) -> None:
    if sys.argv[1:] == ["--version"]:
        from trainer_release.version import __version__

        _tell(__version__)
    elif sys.argv[1:] in (["--help"], ["-h"]):
        from trainer_release.cli.commands import PROGRAMS

        _tell(PROGRAMS[name].page(name))
    else:
        _guarded(name)


def _tell(text: str) -> None:
    """Print, and end at once: nothing is imported, so nothing has to be taken apart."""
    try:
        print(text, flush=True)
        os._exit(0)
    except OSError as error:  # a full disk, a reader who has gone: the boundary knows what to say of it
        from trainer_release.cli.boundary import guarded

        fault = error

        def fail() -> None:
            raise fault

        guarded(fail)


def _guarded(name: str) -> None:
    """Run a command, and end the process with its code as soon as all that is registered for the end has run: to take
    every module apart first is a tenth of a short command's time. So is looking for cycles among what was imported."""
    import atexit
    import gc

    def leave() -> None:
        for stream in (sys.stdout, sys.stderr):
            if stream:
                stream.flush()
        os._exit(code)

    code = 1
    atexit.register(leave)  # what is registered first runs last
    gc.set_threshold(500_000)
    from trainer_release.cli.boundary import guarded

    def command() -> None:
        from trainer_release.cli import main

        program = main.app if name == "trainer-release" else main.agent
        program(prog_name=name)

    try:
        if name == "test-agent":
            guarded(command, "everything that was started is ended")
        else:
            guarded(command)
    except SystemExit as end:
        code = int(end.code or 0)
        raise
