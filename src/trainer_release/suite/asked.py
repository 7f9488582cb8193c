"""What a person asks of the next versions on the command line, checked against the suite before anything else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from trainer_release.errors import Problem, ReleaseError, fail
from trainer_release.model.suite import Suite
from trainer_release.suite.bumps import LEVELS, bump, chosen


@dataclass(frozen=True, slots=True)
class Asked:
    """`bumps`: module to level or version; `groups`: group to version; `only`: the modules of a hotfix. `level` is the
    suite's own bump, where no version was given."""

    bumps: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    level: str | None = None


def read(bumps: Iterable[str] = (), groups: Iterable[str] = (), only: Iterable[str] = ()) -> Asked:
    """The words behind `--bump`, `--group` and `--only`; what cannot be read is `usage` (exit 2)."""
    words = list(bumps)
    levels = [word for word in words if "=" not in word]
    if len(levels) > 1:
        raise fail("usage", f"--bump is given {len(levels)} levels for the suite", hint="one: " + ", ".join(LEVELS))
    modules = [word for word in words if "=" in word]
    level = levels[0] if levels else None
    return Asked(_pairs("--bump", modules), _pairs("--group", groups), tuple(dict.fromkeys(only)), level)


def suite_version(now: str, version: str | None, asked: Asked) -> str:
    """The suite version that is meant: the one given, or the next by `--bump LEVEL`; exactly one of both (exit 2)."""
    if (version is None) == (asked.level is None):
        said = "neither VERSION nor --bump LEVEL" if version is None else "both VERSION and --bump LEVEL"
        raise fail("usage", f"{said} is given", hint="give one of both: `prepare 1.2.0`, `prepare --bump minor`")
    if asked.level is not None and asked.level not in LEVELS:
        raise fail("bump-invalid", f'there is no level "{asked.level}"', hint="one of " + ", ".join(LEVELS))
    return version or bump(now, asked.level or "")


def check(suite: Suite, asked: Asked) -> None:
    """Refuse every module and group that is none, and every version that does not rise, all at once (exit 2)."""
    problems = [*_unknown(suite, asked), *_unrisen(suite, asked)]
    if problems:
        raise ReleaseError(*problems)


def stated(suite: Suite) -> dict[str, str]:
    """Every module's version as the catalog has it now: by the row of its own version, else under `modules`."""
    row = suite.catalog.rows.get(suite.catalog.version)
    said = row.modules if row else {}
    return {name: said.get(name, module.version) for name, module in suite.modules.items()}


def _pairs(option: str, words: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not (name and equals and value) or name in found:
            what = f"names {name} twice" if name in found else f'cannot be "{word}"'
            raise fail("usage", f"{option} {what}", hint=f"write {option} NAME=VERSION, once for each name")
        found[name] = value
    return found


def _unknown(suite: Suite, asked: Asked) -> Iterator[Problem]:
    groups, umbrella = suite.catalog.groups, suite.umbrella
    modules = [name for name in suite.graph.order if not suite.modules[name].umbrella]
    for name in dict.fromkeys((*asked.bumps, *asked.only)):
        listed = suite.catalog.modules.get(name)
        if umbrella and name == umbrella.name:
            yield Problem("usage", f"{name} is the umbrella: it takes the suite's version", hint="leave it out")
        elif name not in modules:
            yield Problem("module-unknown", f'there is no module "{name}"', hint="one of " + ", ".join(modules))
        elif listed and listed.group and name in asked.bumps:
            hint = f"--group {listed.group}=VERSION"
            yield Problem("usage", f"{name} shares the version of the group {listed.group}", hint=hint)
    for name in asked.groups:
        if name not in groups:
            hint = "one of " + ", ".join(groups) if groups else "the catalog has no `groups`"
            yield Problem("group-unknown", f'there is no group "{name}"', hint=hint)
    if asked.bumps and suite.catalog.release.versioning == "fixed":
        hint = "leave it out, write a row, or set `release: {versioning: independent}`"
        yield Problem("usage", "--bump MODULE=LEVEL, but every module takes the suite's version (fixed)", hint=hint)


def _unrisen(suite: Suite, asked: Asked) -> Iterator[Problem]:
    now = stated(suite)
    wishes = [(now[name], wish) for name, wish in asked.bumps.items() if name in now]
    groups = [
        (suite.catalog.groups[name].version, wish)
        for name, wish in asked.groups.items()
        if name in suite.catalog.groups
    ]
    for version, wish in (*wishes, *((version, wish) for version, wish in groups if version != wish)):
        try:
            chosen(version, wish)
        except ReleaseError as error:
            yield from error.problems
