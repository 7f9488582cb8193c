"""The embedded index: started for a while, for one suite, as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

from trainer_release.errors import fail
from trainer_release.model.catalog import IndexAddress
from trainer_release.world.files import scratch

START_SECONDS = 30.0
STOP_SECONDS = 5.0
_SERVER = (sys.executable, "-P", "-m", "trainer_release.world.local_server")


@dataclass(frozen=True, slots=True)
class LocalIndex:
    """A running embedded index. `pid` is its process."""

    address: IndexAddress
    pid: int


@contextmanager
def running(folder: Path, names: Iterable[str], *, port: int = 0) -> Iterator[LocalIndex]:
    """The embedded index over `folder` (its `files/` and `access.log`), reachable from this machine alone.

    `names`, the distributions of the suite, are served from the folder and from nowhere else; any other
    name is redirected to the user's configured index. `port` 0 takes a free one. It ends with the context,
    and by itself when this process dies. Raises `index-start-failed`.
    """
    with tempfile.TemporaryFile() as said, ExitStack() as reading:
        listed = reading.enter_context(scratch("index")) / "names"
        listed.write_text("\n".join(names), encoding="utf-8")
        process = subprocess.Popen(
            [*_SERVER, "--folder", str(folder), "--port", str(port), "--names-file", str(listed)],
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            start_new_session=True,
        )
        with _ended(process):
            simple = _first_line(process)
            reading.close()  # now: were this process killed later, the file would stay behind
            if not simple:
                said.seek(0)
                tail = said.read().decode("utf-8", "replace").splitlines()[-5:]
                raise fail(
                    "index-start-failed",
                    f"the embedded index over {folder} did not start",
                    hint="choose another port, or none for a free one",
                    context=tuple(tail),
                )
            yield LocalIndex(IndexAddress("local", upload=urljoin(simple, "/"), simple=simple), process.pid)


def _environment() -> dict[str, str]:
    """A PYTHONPATH that is relative to another folder than today's would hide this package from the child."""
    home = str(Path(__file__).parents[2])
    path = os.environ.get("PYTHONPATH")
    return os.environ | ({"PYTHONPATH": os.pathsep.join((home, path))} if path else {})


def _first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None  # noqa: S101  # it was asked for
    timer = threading.Timer(START_SECONDS, process.kill)
    timer.start()
    try:
        return process.stdout.readline().strip()
    finally:
        timer.cancel()


@contextmanager
def _ended(process: subprocess.Popen[str]) -> Iterator[None]:
    """Close its standard input, which ends it; kill it where that does not."""
    with process:
        try:
            yield
        finally:
            assert process.stdin is not None  # noqa: S101  # it was asked for
            process.stdin.close()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
