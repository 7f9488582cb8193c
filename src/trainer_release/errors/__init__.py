"""The words for what goes wrong: a Problem is one complaint, a ReleaseError carries all of them at once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Exit(IntEnum):
    """The exit codes of `trainer-release` (the contract's section 3)."""

    DONE = 0
    INTERNAL = 1
    USAGE = 2
    INVALID = 3
    DRIFT = 4
    GATE = 5
    PREFLIGHT = 6
    PARTIAL = 7
    PAUSED = 8
    LOCKED = 9
    MISMATCH = 10
    UNKNOWN = 11
    INTERRUPTED = 130


class Severity(StrEnum):
    """How much a Problem weighs: only an error changes the exit code."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Problem:
    """One complaint: a stable code, what happened, where, and the next move.

    `line` and `column` count from 1. `context` holds lines to show below the message: the source line with a caret,
    or the last lines of a command's output. The code must stand in `codes.CODES`; an unknown one is a KeyError. (The
    pages are imported with the first problem: most commands have none.)
    """

    code: str
    message: str
    path: str | None = None
    line: int | None = None
    column: int | None = None
    hint: str = ""
    context: tuple[str, ...] = ()
    severity: Severity = Severity.ERROR

    def __post_init__(self) -> None:
        from trainer_release.errors.codes import CODES

        if self.code not in CODES:
            raise KeyError(self.code)

    @property
    def where(self) -> str:
        """`path:line:column`, as much of it as is known; empty where nothing is."""
        parts = [str(part) for part in (self.path, self.line, self.column) if part is not None]
        return ":".join(parts) if self.path is not None else ""

    @property
    def exit(self) -> Exit:
        """The exit code that this complaint alone would cause."""
        from trainer_release.errors.codes import CODES

        return Exit(CODES[self.code].exit)


class ReleaseError(Exception):
    """One or more problems that stop a run; its exit code is the gravest of theirs.

    Drift counts only where nothing else is wrong; otherwise the first problem's family decides.
    """

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(f"{problem.code}: {problem.message}" for problem in problems))
        self.problems = problems

    @property
    def exit(self) -> Exit:
        """The exit code of the run that this error ends."""
        exits = [problem.exit for problem in self.problems if problem.severity is Severity.ERROR]
        graver = [code for code in exits if code is not Exit.DRIFT]
        return (graver or exits or [Exit.DONE])[0]


def fail(
    code: str,
    message: str,
    *,
    hint: str = "",
    path: str | None = None,
    line: int | None = None,
    context: tuple[str, ...] = (),
) -> ReleaseError:
    """A ReleaseError of one problem, to be raised where it is known."""
    return ReleaseError(Problem(code, message, path=path, line=line, hint=hint, context=context))
