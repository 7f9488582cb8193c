"""The page: what is asked for beside what was measured, the growth, and a table for each group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from growth import Lines, each, steepest, times
from measure import Limit, Measured
from table_cells import amount, duration, durations, mebibytes, row, spread

HOW = """\
Every row is whole processes, started one after the other in turns: each round runs every command of a table once. Shown
are the median, and the least and the most in brackets; a ratio is the median of the ratios within the rounds. CPU is
user and system time of the command and all that it started. Memory is the peak of the largest process; where a command
has others beside it, of all of them at once (proportional set size, looked at every 50 ms in the run that warms up).

Our wheel is installed by uv, compiled, into an environment of CPython's own interpreter, the peers into others; uv is
told the interpreter. Caches are warm for everybody but where the title says otherwise. Suites are generated: layers
of modules that need five others on the average, six backends by turns, a last module that needs them all. In sync
every version and every pin on a module changes; bump-my-version, with one pattern for all files, writes versions."""
SAME = "Our files compared with those of `python -m build`, package by package: [sameness.md](sameness.md)."


@dataclass(frozen=True)
class About:
    """When and where, in words; `busy` where other work ran when it began."""

    when: str
    where: str
    busy: bool


def page(results: Sequence[Measured], found: Lines, same: Sequence[str], about: About) -> str:
    """The whole page in Markdown."""
    warning = "\n**Not quiet: other work ran when this began. Trust the CPU seconds before the ratios.**\n"
    parts = [f"# Benchmarks\n\n`benchmarks/run`, {about.when}.\n{about.where}.", warning if about.busy else ""]
    parts += ["## What is asked for\n", *asked(results, found), f"\n{HOW}\n"]
    if any(len(points) > 1 for points in found.values()):
        parts += ["## Growth\n", "![Time by number of modules](benchmarks.svg)\n", *growth(found), ""]
    for result in results:
        parts += [f"## {result.group.title.capitalize()}\n", *table(result), *absent(result), ""]
    if same:
        parts += ["## The same bytes\n", *same, "", SAME]
    return "\n".join(parts).rstrip() + "\n"


def asked(results: Sequence[Measured], found: Lines) -> Iterator[str]:
    """A line for each limit: measured, allowed, met."""
    yield row("", "measured", "at most", "met", "in CPU seconds")
    yield row("-", "-:", "-:", "-", "-:")
    for result in results:
        for limit in result.group.limits:
            yield of_limit(limit, result)
    for name, points in found.items():
        if pair := steepest(points):
            most = pair[1].size / pair[0].size
            words = f"growth of {name}, {pair[0].size:,} to {pair[1].size:,} modules: times"
            yield row(
                words, amount(times(pair)), f"{most:g}", met(times(pair) <= most), amount(pair[1].cpu / pair[0].cpu)
            )


def of_limit(limit: Limit, result: Measured) -> str:
    """Of memory without a base, else the ratio."""
    if not limit.base:
        peak = result.memory(limit.case)
        return row(limit.words, f"{peak:.0f} MiB", f"{limit.most:g} MiB", met(peak < limit.most), "")
    ratios, cpu = result.ratios(limit.case, limit.base), result.of_cpu(limit.case, limit.base)
    words = f"{limit.words}: times `{limit.base}`"
    return row(words, spread(ratios), f"{limit.most:g}", met(median(ratios) <= limit.most), spread(cpu))


def met(yes: bool) -> str:
    return "yes" if yes else "**no**"


def growth(found: Lines) -> Iterator[str]:
    """Medians by size, and what a further module costs in between."""
    sizes = sorted({point.size for points in found.values() for point in points})
    yield row("", *(f"{size:,}" for size in sizes), *(f"each, {a:,} to {b:,}" for a, b in pairwise(sizes)))
    yield row("-", *("-:" for _ in sizes), *("-:" for _ in sizes[1:]))
    for name, points in found.items():
        medians = [duration(point.middle) for point in points]
        yield row(name, *medians, *(duration(each(pair)) for pair in pairwise(points)))


def table(result: Measured) -> Iterator[str]:
    """A row a command, a column of ratios for each base."""
    bases = result.group.bases
    yield row("", "time", "CPU", "memory", *(f"to {base}" for base in bases))
    yield row("-", "-:", "-:", "-:", *("-:" for _ in bases))
    for name, runs in result.runs.items():
        yield row(
            name,
            durations([run.seconds for run in runs]),
            durations([run.cpu for run in runs]),
            mebibytes(result.memory(name)),
            *("1" if name == base else spread(result.ratios(name, base)) for base in bases),
        )


def absent(result: Measured) -> Iterator[str]:
    for name, why in result.group.missing.items():
        yield f"\n{name} was not run: {why}."
