"""Strike a command at the Nth rename, link, write or sync of it and all that it starts: by a small library that is
loaded before the C library (`calls.c`). Linux with a C compiler."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_name("calls.c")
_RANDOM = re.compile(
    r"(?<=/)[0-9a-f]{2}/[0-9a-f]{38,62}|[0-9a-f]{40,64}|(?<=tmp_obj_)\w+|(?<=\.trainer-release-)\w+|(?<=/tmp)\w{6,}"
)


@dataclass(frozen=True)
class Call:
    """One call: its number in the run, its kind, the file, and the command line of the process."""

    number: int
    kind: str
    path: str
    command: str

    @property
    def program(self) -> str:
        words = [word for word in re.sub(r" -[cC] \S+", "", self.command).split() if not word.startswith("-")]
        if Path(words[0]).name == "git":
            known = [word for word in words[1:] if "/" not in word and "=" not in word]
            return f"git {known[0] if known else ''}".strip()
        return "python" if Path(words[0]).name.startswith("python") else Path(words[0]).name

    @property
    def place(self) -> str:
        """What it is, whichever random names it has; a throw-away folder is one place."""
        if self.path.startswith("tmp/"):
            return f"{self.program}: {self.kind} {re.sub(r'-[^/-]+$', '', '/'.join(self.path.split('/')[:2]))}"
        return f"{self.program}: {self.kind} {_RANDOM.sub('*', self.path)}"


@dataclass(frozen=True)
class Struck:
    """How a command ended, and the call that was struck (none: it ended before)."""

    code: int
    out: str
    err: str
    call: Call | None


def possible() -> bool:
    """Whether this machine can do it."""
    return sys.platform == "linux" and shutil.which("cc") is not None


def library(folder: Path) -> Path:
    """The library, compiled."""
    made = folder / "calls.so"
    subprocess.run(["cc", "-O2", "-fPIC", "-shared", "-o", str(made), str(SOURCE), "-ldl"], check=True)
    return made


def run(
    command: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    under: Path,
    notes: Path,
    loaded: Path,
    at: int = 0,
    mode: str = "kill",
    errno: int = 0,
) -> tuple[Struck, list[Call], set[int]]:
    """Run a command to its end; its calls (with `at` the one that was struck alone) and the processes that it started.

    `under` is the folder in which calls count, `notes` one for what is noted; for the modes see `calls.c`.
    """
    notes.mkdir(parents=True, exist_ok=True)
    shared, listed = notes / "shared", notes / "list"
    shared.write_bytes(bytes(1 << 16))
    listed.unlink(missing_ok=True)
    own = {"LD_PRELOAD": loaded, "CALLS_SHARED": shared, "CALLS_UNDER": f"{under}/", "CALLS_LIST": listed}
    own |= {"CALLS_AT": at, "CALLS_MODE": mode, "CALLS_ERRNO": errno} if at else {}
    words = {key: str(value) for key, value in own.items()}
    process = subprocess.Popen(
        command, cwd=cwd, env={**env, **words}, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        out, err = process.communicate(timeout=300)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        err += "\nno end after 300 s"
    calls = _calls(listed, f"{under}/")
    struck = Struck(process.returncode, out, err, calls[0] if at and calls else None)
    return struck, calls, _started(shared)


def _calls(listed: Path, under: str) -> list[Call]:
    lines = listed.read_text(errors="replace").splitlines() if listed.exists() else []
    parts = (line.split("\t", 3) for line in lines)
    found = (Call(int(p[0]), p[1], p[2].removeprefix(under), p[3]) for p in parts if len(p) == 4)
    return sorted(found, key=lambda call: call.number)


def _started(shared: Path) -> set[int]:
    numbers = memoryview(shared.read_bytes()).cast("i")
    return {pid for pid in numbers[3:] if pid}


def living(pids: set[int]) -> set[int]:
    """Those of these processes that have not ended."""
    found = set()
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if state not in "ZX":
            found.add(pid)
    return found
