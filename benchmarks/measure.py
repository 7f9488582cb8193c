"""Commands as whole processes: what each takes on the clock, of the CPU and of memory, in rounds that take turns.

Each round runs every command of a group once, beginning with another one each time, so that a slow moment of the
machine meets all of them. Ratios are taken within a round; of these the median is told. Where other work keeps the
cores busy, the CPU's seconds tell more than the clock's.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from memory import Watch

UNIT = 1 << 20 if sys.platform == "darwin" else 1 << 10
"""What the system counts memory in, to the MiB."""


def nothing(*_: str) -> None:
    """There is nothing to prepare, or to look at."""


@dataclass(frozen=True)
class Case:
    """One command. Outside the timing, `before` sets the stage, and `after` gets what it printed, looks at what it did,
    and raises WrongError where that is not its work. `line` is its name in the plot of growth, if it is there. `tree`
    wants the memory of all its processes at once, taken in the run that warms up."""

    name: str
    command: Sequence[str | Path]
    folder: Path
    env: Mapping[str, str] = field(default_factory=dict)
    before: Callable[[], object] = nothing
    after: Callable[[str], object] = nothing
    line: str = ""
    tree: bool = False


@dataclass(frozen=True)
class Limit:
    """What the issue asks for: of this case at most so many times the base; without a base, at most so many MiB."""

    words: str
    case: str
    base: str
    most: float


@dataclass(frozen=True)
class Group:
    """Commands that take turns. `bases` are the names of those that the others are compared with; `missing` are the
    peers that could not be run, and why."""

    title: str
    cases: Sequence[Case]
    rounds: int
    size: int = 0
    bases: Sequence[str] = ()
    limits: Sequence[Limit] = ()
    missing: Mapping[str, str] = field(default_factory=dict)
    warm: bool = True


@dataclass(frozen=True)
class Run:
    """Seconds on the clock, CPU seconds of the tree, and the peak resident memory of its largest process (MiB)."""

    seconds: float
    cpu: float
    memory: float


@dataclass(frozen=True)
class Measured:
    """A group's runs by case, in rounds; `trees` is the peak memory of a whole tree (MiB), where it was asked for."""

    group: Group
    runs: Mapping[str, Sequence[Run]]
    trees: Mapping[str, float]

    def ratios(self, case: str, base: str) -> list[float]:
        """How many times the base, in each round."""
        pairs = zip(self.runs[case], self.runs[base], strict=True)
        return [one.seconds / other.seconds for one, other in pairs]

    def of_cpu(self, case: str, base: str) -> list[float]:
        """The same of the CPU's seconds."""
        return [one.cpu / other.cpu for one, other in zip(self.runs[case], self.runs[base], strict=True)]

    def memory(self, case: str) -> float:
        """The peak of the whole tree where it is known, else of the largest process."""
        return self.trees.get(case) or max(run.memory for run in self.runs[case])


class WrongError(Exception):
    """A command that failed, or has not done what is measured."""


def measured(group: Group, env: Mapping[str, str], tell: Callable[[str], None], *, warm: bool) -> Measured:
    """Warm up, at the same time take the memory of trees, then all rounds."""
    trees = {}
    for case in group.cases:
        tell(f"{group.title}: warming up, {case.name}")
        if case.tree:
            trees[case.name] = memory_of_tree(case, env)
        elif warm and group.warm:
            run(case, env)
    runs: dict[str, list[Run]] = {case.name: [] for case in group.cases}
    for number in range(group.rounds):
        tell(f"{group.title}: round {number + 1} of {group.rounds}")
        at = number % len(group.cases)
        for case in (*group.cases[at:], *group.cases[:at]):
            runs[case.name].append(run(case, env))
    return Measured(group, runs, {name: peak for name, peak in trees.items() if peak})


def memory_of_tree(case: Case, env: Mapping[str, str]) -> float:
    """The peak of the sum over all its processes, in MiB; 0 where the system does not tell."""
    with Watch() as watch:
        run(case, env, watch)
    return watch.peak


def run(case: Case, env: Mapping[str, str], watch: Watch | None = None) -> Run:
    """Run it once; it must succeed and have done its work."""
    case.before()
    words = [str(word) for word in case.command]
    environment = {**env, **case.env}
    with TemporaryFile() as out, TemporaryFile() as err:
        began = time.perf_counter()
        process = subprocess.Popen(
            words, cwd=case.folder, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=err
        )
        if watch:
            watch.over(process.pid)
        _, status, used = os.wait4(process.pid, 0)
        took = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            tail = (text(out) + text(err))[-2000:]
            raise WrongError(f"{case.name}: {' '.join(words)} ended with {process.returncode}\n{tail}")
        case.after(text(out))
    return Run(took, used.ru_utime + used.ru_stime, used.ru_maxrss / UNIT)


def text(said: IO[bytes]) -> str:
    """What a command wrote into a file."""
    said.seek(0)
    return said.read().decode(errors="replace")
