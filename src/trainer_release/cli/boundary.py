"""The one place where an exception becomes an exit code."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable
from types import FrameType

from trainer_release.cli.errors import show
from trainer_release.errors import Exit, ReleaseError, fail


def guarded(command: Callable[[], object]) -> None:
    """Run a command and end the process: ReleaseError by its own code, Ctrl-C and TERM with 130, our faults with 1."""
    signal.signal(signal.SIGTERM, _stop)
    try:
        command()
    except ReleaseError as error:
        show(error, stream=sys.stderr)
        _leave(error.exit)
    except KeyboardInterrupt:
        show(_interrupted(), stream=sys.stderr)
        _leave(Exit.INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _leave(Exit.DONE)
    except Exception:  # noqa: BLE001 - the boundary: whatever it is becomes a page and exit 1
        show(_fault(), stream=sys.stderr)
        _leave(Exit.INTERNAL)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _leave(code: Exit) -> None:
    sys.stdout.flush()
    sys.exit(int(code))


def _interrupted() -> ReleaseError:
    return fail("interrupted", "interrupted; nothing that was published is lost", hint="run the same command again")


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
