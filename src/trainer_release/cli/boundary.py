"""The one place where an exception becomes an exit code."""

from __future__ import annotations

import signal
import sys
import traceback
from collections.abc import Callable
from io import TextIOWrapper
from types import FrameType

from trainer_release.cli.errors import mute, show
from trainer_release.errors import Exit, ReleaseError, fail


def guarded(command: Callable[[], object]) -> None:
    """Run a command and end the process: ReleaseError by its own code, Ctrl-C and TERM with 130, our faults with 1."""
    signal.signal(signal.SIGTERM, _stop)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a name that the terminal cannot show is no fault
    code = _ended(command)
    try:
        if sys.stdout:  # closed by whoever started us, it is None
            sys.stdout.flush()
    except BrokenPipeError:  # `| head` has seen enough
        mute(sys.stdout)
    sys.exit(code)


def _ended(command: Callable[[], object]) -> int:
    try:
        command()
    except SystemExit as end:
        return _meant(end)
    except ReleaseError as error:
        show(error, stream=sys.stderr)
        return error.exit
    except KeyboardInterrupt:
        return _interrupted()
    except BrokenPipeError:
        return Exit.DONE
    except Exception:  # noqa: BLE001 - the boundary: whatever it is becomes a page and exit 1
        show(_fault(), stream=sys.stderr)
        return Exit.INTERNAL
    return Exit.DONE


def _meant(end: SystemExit) -> int:
    """The exit code of a command line that typer has ended; it does so for Ctrl-C and closed pipes, too."""
    from typer import Abort

    if isinstance(end.__context__, BrokenPipeError):
        return Exit.DONE
    if end.code == Exit.INTERRUPTED or isinstance(end.__context__, Abort):
        return _interrupted()
    return end.code if isinstance(end.code, int) else Exit.DONE


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _interrupted() -> int:
    hint = "run the same command again"
    show(fail("interrupted", "interrupted; nothing that was published is lost", hint=hint), stream=sys.stderr)
    return Exit.INTERRUPTED


def _fault() -> ReleaseError:
    from trainer_release.world.files import keep_text
    from trainer_release.world.upload import redact

    path = keep_text("traceback.txt", redact(traceback.format_exc()))
    kind = sys.exc_info()[0]
    return fail(
        "internal",
        f"a fault of trainer-release ({kind.__name__ if kind else 'unknown'}); the traceback is in {path}",
        hint="please report it with that file; running the same command again is safe",
    )
