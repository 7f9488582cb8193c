"""The one place where an exception becomes an exit code."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterable
from io import TextIOWrapper
from types import FrameType
from typing import Any, TextIO, cast

from trainer_release.cli.errors import mute, show
from trainer_release.errors import Exit, ReleaseError, fail
from trainer_release.world import refusals
from trainer_release.world.secrets import masked, redact


def guarded(command: Callable[[], object], kept: str = "nothing that was published is lost") -> None:
    """Run a command and end the process: an error by its own code, Ctrl-C, TERM and HUP with 130, our faults with 1.
    `kept` is said to whoever interrupts."""
    signal.signal(signal.SIGTERM, _stop)
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:  # else: nohup
        signal.signal(signal.SIGHUP, _stop)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a name that the terminal cannot show is no fault
    if sys.stderr is None:  # closed by whoever started us: what we open next must not stand in its place
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    sys.stdout, sys.stderr = (stream and cast("TextIO", _Masked(stream)) for stream in (sys.stdout, sys.stderr))
    code = _ended(command, kept)
    try:
        if sys.stdout:  # closed by whoever started us, it is None
            sys.stdout.flush()
    except BrokenPipeError:  # `| head` has seen enough
        mute(sys.stdout)
    sys.exit(code)


class _Masked:
    """A stream that no secret passes: the last of several walls, and the one that nothing gets around."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """As the stream's own, without secrets."""
        self._stream.write(masked(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """As the stream's own, without secrets."""
        self.write("".join(lines))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _ended(command: Callable[[], object], kept: str) -> int:
    try:
        command()
    except SystemExit as end:
        return _meant(end, kept)
    except ReleaseError as error:
        show(error, stream=sys.stderr)
        return error.exit
    except KeyboardInterrupt:
        return _interrupted(kept)
    except BrokenPipeError:
        return Exit.DONE
    except Exception as error:  # noqa: BLE001 - the boundary: whatever it is becomes a page and exit 1
        refused = refusals.problem(error) if isinstance(error, OSError) else None
        told = ReleaseError(refused) if refused else _fault()
        show(told, stream=sys.stderr)
        return told.exit
    return Exit.DONE


def _meant(end: SystemExit, kept: str) -> int:
    """The exit code of a command line that typer has ended; it does so for Ctrl-C and closed pipes, too."""
    from typer import Abort

    if isinstance(end.__context__, BrokenPipeError):
        return Exit.DONE
    if end.code == Exit.INTERRUPTED or isinstance(end.__context__, Abort):
        return _interrupted(kept)
    return end.code if isinstance(end.code, int) else Exit.DONE


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _interrupted(kept: str) -> int:
    show(fail("interrupted", f"interrupted; {kept}", hint="run the same command again"), stream=sys.stderr)
    return Exit.INTERRUPTED


def _fault() -> ReleaseError:
    from trainer_release.world.files import keep_text

    path = keep_text("traceback.txt", redact(traceback.format_exc()))
    kind = sys.exc_info()[0]
    return fail(
        "internal",
        f"a fault of trainer-release ({kind.__name__ if kind else 'unknown'}); the traceback is in {path}",
        hint="please report it with that file; running the same command again is safe",
    )
