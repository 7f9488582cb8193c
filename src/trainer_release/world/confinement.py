"""The process that watches over tests: started, waited for, and told by a pipe's end that we have died."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from threading import Timer

from trainer_release.world import process


def watched(script: Path, config: Path, limit: float) -> None:
    """Run a supervisor (a script of the standard library) with its configuration until it ends. `limit`, in seconds, is
    for one that does not.

    It holds the reading end of a pipe whose writing end is ours: however we die, it reads the end. Ctrl-C, and
    `process.end_all`, end it by TERM, upon which it ends what it watches.
    """
    reading, writing = os.pipe()
    try:
        child = process.start(
            [sys.executable, "-I", "-S", str(script), str(config)], env={"PATH": os.defpath}, stdin=reading
        )
    finally:
        os.close(reading)
    overdue = Timer(limit, process.kill_group, [child])
    overdue.daemon = True
    overdue.start()
    try:
        child.wait()
    except BaseException:
        process.kill_group(child)
        raise
    finally:
        overdue.cancel()
        process.finish(child, 1.0)
        os.close(writing)
