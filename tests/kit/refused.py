"""A small suite with something wrong in it, and what the real command says of it: its code, one document, nothing
written."""

from __future__ import annotations

import io
import json
import signal
import stat
import subprocess
import sys
from collections.abc import Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit.repo import suite as suite_files
from trainer_release.cli.boundary import guarded
from trainer_release.cli.main import app

EXE = Path(sys.executable).with_name("trainer-release")
CATALOG = "versions.yaml"
MEGABYTES = 200
SECONDS = 1.0

MEASURED = """
import json, sys, time
from pathlib import Path
from trainer_release.app.check import check
began = time.process_time()  # the processor's time: other tests run beside this one
found = check(Path(sys.argv[1])).problems
took = time.process_time() - began
try:  # the peak of this very program; what getrusage tells counts the memory of whoever started it
    peak = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024
except OSError:
    import resource
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
print(json.dumps([took, peak, [[p.code, p.path, p.line, p.column, p.message, p.hint] for p in found]]))
"""


@dataclass(frozen=True)
class Answer:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def problems(self) -> list[dict[str, Any]]:
        """Those of the one JSON document on standard output."""
        return list(json.loads(self.out)["problems"])


def suite_in(root: Path, files: Mapping[str, str | bytes | None]) -> Path:
    """The suite `demo` in a folder, with some files replaced or (None) left out."""
    for path, text in {**suite_files(), **files}.items():
        if text is not None:
            place = root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    return root


def state(root: Path) -> dict[str, tuple[int, bytes | str | None]]:
    """Everything below a folder: mode and bytes of files, what links say, the kind of the rest."""
    found: dict[str, tuple[int, bytes | str | None]] = {}
    for place in sorted(root.rglob("*")):
        mode = place.lstat().st_mode
        held = str(place.readlink()) if stat.S_ISLNK(mode) else place.read_bytes() if stat.S_ISREG(mode) else None
        found[place.relative_to(root).as_posix()] = (mode, held)
    return found


def run(root: Path, *words: str) -> Answer:
    """The whole command, in this process."""
    out, err, before = io.StringIO(), io.StringIO(), signal.getsignal(signal.SIGTERM)
    code: Any = 0
    try:
        with chdir(root), redirect_stdout(out), redirect_stderr(err):
            guarded(lambda: app(list(words), prog_name="trainer-release"))
    except SystemExit as end:
        code = end.code
    finally:
        signal.signal(signal.SIGTERM, before)
    return Answer(int(code), out.getvalue(), err.getvalue())


def process(root: Path, *words: str, door: tuple[str, ...] = ()) -> Answer:
    """The command as a process of its own; `door` is what starts it."""
    line = [*door, str(EXE), *words]
    done = subprocess.run(line, cwd=root, capture_output=True, text=True, timeout=60, check=False)
    return Answer(done.returncode, done.stdout, done.stderr)


def told(root: Path, answer: Answer, before: Mapping[str, Any], code: int = 3) -> list[str]:
    """Every problem of `check --json` as `PATH:LINE:COLUMN code: message > hint`, after what holds for every row: the
    exit code, one JSON document, a hint each, no traceback, nothing written."""
    assert answer.code == code, answer
    assert "Traceback" not in answer.out + answer.err
    assert state(root) == before
    problems = answer.problems
    assert all(p["code"] and p["message"] and p["hint"] for p in problems), problems
    assert all(len(p["message"]) < 1000 and p["message"].isprintable() for p in problems), problems
    return [
        ":".join(str(p[key]) for key in ("path", "line", "column") if p[key] is not None)
        + f" {p['code']}: {p['message']} > {p['hint']}"
        for p in problems
    ]


def checked(root: Path, code: int = 3) -> list[str]:
    """What `check --json` tells, in this process."""
    before = state(root)
    return told(root, run(root, "check", "--json"), before, code)


def measured(root: Path) -> tuple[float, float, list[list[Any]]]:
    """Seconds and megabytes that reading the suite takes in a process of its own, the best of three; its problems."""
    best: tuple[float, float, list[list[Any]]] | None = None
    for _ in range(3):
        line = [sys.executable, "-c", MEASURED, str(root)]
        done = subprocess.run(line, capture_output=True, text=True, timeout=60, check=True)
        took, peak, problems = json.loads(done.stdout)
        best = min(best or (took, peak, problems), (took, peak, problems), key=lambda each: each[0])
        if best[0] < SECONDS:
            break
    assert best is not None
    return best
