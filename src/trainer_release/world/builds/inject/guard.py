"""Runs in a build environment: `guard.py SCRIPT WORDS…` runs a script in a fork, and ends what that leaves behind.

On Linux that is everything: what leaves its group becomes a child of this process when its parent is gone. Elsewhere
the script ends the groups that it knows of.
"""

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

_SUBREAPER = 36


def adopt_strays() -> None:
    """Become the parent of those below whose own is gone."""
    with suppress(ImportError, OSError, AttributeError):
        import ctypes

        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def end_children() -> None:
    """End every child, and what they leave; it takes two seconds at most."""
    until, listed = time.monotonic() + 2, Path("/proc/self/task/{}/children".format(os.getpid()))
    with suppress(ChildProcessError):
        while time.monotonic() < until:
            for pid in listed.read_text().split() if listed.exists() else ():
                for end in (os.killpg, os.kill):
                    with suppress(OSError):
                        end(int(pid), signal.SIGKILL)
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(0.005)


def main() -> None:
    """Be the parent; the child does what it would as a process of its own."""
    pid = os.fork()
    if pid:
        adopt_strays()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # the child gets it, too: they are one group
        os.closerange(0, 3)
        status = os.waitpid(pid, 0)[1]
        end_children()
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    del sys.argv[0], sys.path[0]  # this file's folder is no part of the environment
    script = sys.argv[0]
    exec(compile(Path(script).read_bytes(), script, "exec"), {"__name__": "__main__", "__file__": script})  # noqa: S102


if __name__ == "__main__":
    main()
