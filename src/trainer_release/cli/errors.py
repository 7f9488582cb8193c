"""How a problem looks: what and which code, where, the lines that show it, the next move."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import TextIO

from trainer_release.errors import Problem, ReleaseError, Severity

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.NOTE: "36"}


def show(error: ReleaseError, *, stream: TextIO) -> None:
    """Every problem of an error."""
    tell(error.problems, stream=stream)


def tell(problems: Iterable[Problem], *, stream: TextIO) -> None:
    """Problems, errors first, each on lines of its own."""
    order = list(Severity)
    pages = sorted(problems, key=lambda each: order.index(each.severity))
    write("".join(_page(problem, colour=coloured(stream)) for problem in pages), stream)


def write(text: str, stream: TextIO) -> None:
    """Write, whether anybody reads on or not (`2>&1 | head`): the run ends with its own code."""
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        mute(stream)


def mute(stream: TextIO) -> None:
    """From now on the stream leads nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def coloured(stream: TextIO) -> bool:
    """Whether colours are welcome: a terminal, and neither NO_COLOR nor a dumb one."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty() or bool(os.environ.get("FORCE_COLOR"))


def plain(text: str) -> str:
    """Text without control characters: what came from files and servers must not steer a terminal."""
    return (
        re.sub(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f]", "", text).encode("utf-8", "replace").decode()
    )


def annotation(problem: Problem) -> str:
    """The problem as a workflow annotation of GitHub's."""
    kind = {"error": "error", "warning": "warning", "note": "notice"}[problem.severity.value]
    places = {"file": problem.path, "line": problem.line, "col": problem.column, "title": problem.code}
    words = ((key, _escaped(str(value))) for key, value in places.items() if value is not None)
    known = ",".join(f"{key}={word.replace(':', '%3A').replace(',', '%2C')}" for key, word in words)
    text = problem.message + (f"; {problem.hint}" if problem.hint else "")
    return f"::{kind} {known}::{_escaped(text)}"


def _escaped(text: str) -> str:
    """As actions/toolkit writes the data of a command; properties have two characters more."""
    return plain(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _page(problem: Problem, *, colour: bool) -> str:
    head = f"{problem.severity.value}[{problem.code}]"
    if colour:
        head = f"\x1b[1;{_COLOURS[problem.severity]}m{head}\x1b[0m"
    lines = [f"{head}: {plain(problem.message)}"]
    if problem.where:
        lines.append(f"  --> {plain(problem.where)}")
    lines += [f"   | {plain(line)}" for line in problem.context]
    if problem.hint:
        lines.append(f"   = {plain(problem.hint)}")
    return "\n".join(lines) + "\n"
