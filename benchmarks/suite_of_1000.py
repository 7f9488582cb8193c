"""What `check`, `graph` and `prepare --dry-run` cost on a large suite, against the least that any tool must do.

    .venv/bin/python benchmarks/suite_of_1000.py [MODULES [ROUNDS]]

The least is a process of this Python that parses the same pyproject.toml files with tomllib and does nothing else.
All are whole processes. Each round runs each of them once, one after the other, so that a slow moment of the machine
meets all of them; the table shows the medians. Where other work keeps the cores busy, the CPU's seconds tell more.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from generated import ALONE, PERSON, suite_of

LEAST = "parse with tomllib alone"
PARSE = """\
import sys, tomllib
from pathlib import Path
for path in Path(sys.argv[1]).rglob("pyproject.toml"):
    tomllib.loads(path.read_text(encoding="utf-8"))
"""
TOOL = str(Path(sys.executable).parent / "trainer-release")


@dataclass
class Runs:
    """Seconds on the clock and of the CPU, and the peak resident memory (MiB), of one command's runs."""

    command: list[str]
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    def run(self, folder: Path, *, counted: bool) -> None:
        """Run it once; it must succeed."""
        env = os.environ | PERSON | ALONE | {"NO_COLOR": "1"}
        began = time.perf_counter()
        process = subprocess.Popen(self.command, cwd=folder, env=env, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        took = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{' '.join(self.command)} ended with {process.returncode}")
        if counted:
            self.seconds.append(took)
            self.cpu.append(used.ru_utime + used.ru_stime)
            self.memory.append(used.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024))


def commands(folder: Path) -> dict[str, Runs]:
    """What is measured, the least first."""
    ours = {
        "check": [TOOL, "check"],
        "graph --format json": [TOOL, "graph", "--format", "json"],
        "prepare 1.5.0 --dry-run --json": [TOOL, "prepare", "1.5.0", "--dry-run", "--json"],
    }
    least = {LEAST: [sys.executable, "-c", PARSE, str(folder)]}
    return {name: Runs(command) for name, command in (least | ours).items()}


def table(runs: dict[str, Runs]) -> str:
    """Medians, and how often the least goes into them."""
    limit, least = median(runs[LEAST].seconds), median(runs[LEAST].cpu)
    lines = [f"{'':32}{'seconds':>9}{'ratio':>8}{'CPU s':>9}{'ratio':>8}{'peak MiB':>10}"]
    for name, each in runs.items():
        took, used = median(each.seconds), median(each.cpu)
        times = f"{took:9.2f}{took / limit:8.1f}{used:9.2f}{used / least:8.1f}"
        lines.append(f"{name:32}{times}{median(each.memory):10.0f}")
    return "\n".join(lines)


def main() -> None:
    """Generate, warm up once, measure."""
    modules, rounds = (*map(int, sys.argv[1:]), *(1000, 5)[len(sys.argv) - 1 :])
    with TemporaryDirectory(prefix="suite-of-") as name:
        folder = suite_of(Path(name).resolve(), modules)
        runs = commands(folder)
        for number in range(rounds + 1):
            for each in runs.values():
                each.run(folder, counted=number > 0)
    print(f"{modules} modules, medians of {rounds}; Python {platform.python_version()}, {os.cpu_count()} cores")
    print(table(runs))


if __name__ == "__main__":
    main()
