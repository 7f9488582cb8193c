"""Runs in a build environment: imports a backend once, then runs each script it is given in a fork of itself.

`guard.py worker.py MODULES`, a JSON list of names to import; standard input is a Unix socket. The worker says `ready`
there. A job is one byte with three descriptors: files for its output and its errors, and a socket, on which a line of
JSON comes (`argv`, the script first; `cwd`; `env`), and the job's process number and, at its end, its exit code go
back, a line each. Whoever shuts his side of a job's socket ends the job; the end of standard input, or SIGTERM, ends
everything.

The worker itself runs none of it, so no job sees what another one did. What a job left outside its group, and what is
left where a job kills the worker, is ended by the guard that started this.
"""

import atexit
import gc
import importlib
import json
import operator
import os
import select
import signal
import socket
import sys
import tempfile
import threading
import time
import types
from contextlib import suppress
from pathlib import Path
from typing import Any, Dict, Iterable, List, Optional, Tuple

# What pyproject_hooks' script needs, whatever the backend is.
SCRIPT_NEEDS = ("glob", "importlib.machinery", "importlib.metadata", "re", "shutil", "traceback", "warnings", "zipfile")
# Tables that a backend makes of its own files when it first needs them: module, function, what to call it with. With
# poetry-core the grammar of PEP 508 and the checks of its schemas take longer than the build.
TABLES: Tuple[Tuple[str, str, Any], ...] = (
    ("poetry.core.packages.dependency", "Dependency.create_from_pep_508", "any>=1; python_version >= '3'"),
    ("poetry.core.factory", "Factory.validate", {"project": {}, "tool": {"poetry": {}}}),
)


class Worker:
    """Takes jobs and tells how they ended."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._jobs: Dict[int, socket.socket] = {}
        self._scripts: Dict[str, types.CodeType] = {}
        self._bell, self._ring = os.pipe()
        os.set_blocking(self._bell, False)
        os.set_blocking(self._ring, False)
        signal.set_wakeup_fd(self._ring, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: self._end())

    def serve(self) -> Dict[str, Any]:
        """Go on until there is no one to work for. It returns in forks alone: the job that this process is to do."""
        self._control.sendall(b"ready\n")
        while True:
            heard: List[Any] = [self._control, self._bell, *self._jobs.values()]
            ready = select.select(heard, [], [])[0]
            if self._bell in ready:
                os.read(self._bell, 4096)
                self._reap()
            for pid, caller in self._jobs.items():
                if caller in ready:
                    _kill(pid)
            if self._control in ready:
                job = self._take()
                if job is not None:
                    return job

    def _take(self) -> Optional[Dict[str, Any]]:
        data, descriptors, _, _ = socket.recv_fds(self._control, 1, 3)
        if not data:
            self._end()
        *streams, passed = descriptors
        caller = socket.socket(fileno=passed)
        with caller.makefile("r", encoding="utf-8") as lines:
            line = lines.readline()
        if not line:
            caller.detach()
            for descriptor in descriptors:
                os.close(descriptor)
            return None
        job: Dict[str, Any] = json.loads(line)
        script = job["argv"][0]
        if script not in self._scripts:
            self._scripts[script] = compile(Path(script).read_bytes(), script, "exec")
        pid = os.fork()
        if pid == 0:
            caller.close()
            self._leave()
            return dict(job, code=self._scripts[script], streams=streams)
        for stream in streams:
            os.close(stream)
        self._jobs[pid] = caller
        _say(caller, pid)
        return None

    def _leave(self) -> None:
        """In a fork: be nobody's worker."""
        os.setsid()
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        for held in (self._control, *self._jobs.values()):
            held.close()
        os.close(self._bell)
        os.close(self._ring)

    def _reap(self) -> None:
        for pid in list(self._jobs):
            found, status = os.waitpid(pid, os.WNOHANG)
            if found:
                _kill(pid)  # what it left running
                caller = self._jobs.pop(pid)
                _say(caller, os.waitstatus_to_exitcode(status))
                caller.close()

    def _end(self) -> None:
        """End every job, then this process."""
        for pid in self._jobs:
            _kill(pid)
        os._exit(0)


def _say(caller: socket.socket, number: int) -> None:
    with suppress(OSError):  # where nobody waits any more, the socket says so, and the job is ended
        caller.sendall(b"%d\n" % number)


def _kill(pid: int) -> None:
    """End a process and its group."""
    for end in (os.killpg, os.kill):
        with suppress(OSError):
            end(pid, signal.SIGKILL)


def import_all(names: Iterable[str]) -> None:
    """Import what can be imported; what cannot is the job's own affair."""
    for name in names:
        with suppress(BaseException):  # whatever a module does at import
            importlib.import_module(name)


def make_tables() -> None:
    """Make the tables of the backends that are there."""
    for name, function, given in TABLES:
        if name in sys.modules:
            with suppress(Exception):  # another version of it: a job will see
                operator.attrgetter(function)(sys.modules[name])(given)


def run(job: Dict[str, Any]) -> None:
    """In a fork: do as a new interpreter would that is given this command line, and end."""
    for number, stream in enumerate(job["streams"], 1):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(job["env"])
    time.tzset()
    tempfile.tempdir = None
    os.umask(0o022)
    os.chdir(job["cwd"])
    main = types.ModuleType("__main__")
    main.__file__ = job["argv"][0]
    sys.modules["__main__"] = main
    sys.argv[:] = job["argv"]
    sys.path.insert(0, str(Path(job["argv"][0]).parent))
    status = 1
    try:
        exec(job["code"], main.__dict__)  # noqa: S102 (it is what we are for)
        status = 0
    except SystemExit as ended:
        status = _status(ended.code)
    except BaseException:  # noqa: BLE001 (as the interpreter does)
        sys.excepthook(*sys.exc_info())
    _finish(status)


def _status(code: Any) -> int:
    if code is None or isinstance(code, int):
        return (code or 0) & 0xFF
    sys.stderr.write("{}\n".format(code))
    return 1


def _finish(status: int) -> None:
    """End as an interpreter does, but leave the memory to the system: that alone would take longer than many a job."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    gc.collect()
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, OSError, ValueError):
            stream.flush()
    os._exit(status)


def main() -> None:
    """Be the worker; in its forks, do the job."""
    control = socket.socket(fileno=os.dup(0))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    import_all((*SCRIPT_NEEDS, *json.loads(sys.argv[1])))
    make_tables()
    gc.collect()
    gc.freeze()
    run(Worker(control).serve())


if __name__ == "__main__":
    main()
