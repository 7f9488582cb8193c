"""The bare check: before pytest enters, wheels are imported in full beside what they declare."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Any

from packaging.utils import canonicalize_name

from trainer_release.agent.environments.brings import brought_by, distribution_of, for_extras
from trainer_release.errors import Problem
from trainer_release.model.testing import Cell, WheelRef
from trainer_release.world import artifacts, files, process, site_packages

_SCRIPT = Path(__file__).parents[1] / "inject" / "ta_bare.py"
_LIMIT = 120.0
_CODE = (".py", ".so", ".pyd")
_NOT_IMPORTED = {"tests", "test", "__main__", "conftest"}
Answer = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Subject:
    """The installed wheels of a cell: files by module name, entry points, whose a file is."""

    site: Path
    modules: Mapping[str, str]
    entries: tuple[tuple[str, str, str], ...]
    owners: Mapping[str, WheelRef]


def check(cell: Cell, python: Path, site: Path, drop: tuple[str, ...]) -> tuple[Problem, ...]:
    """What the wheels under test import and do not declare, and what they promise and do not hold: Problems
    `undeclared-dependency`, `wheel-incomplete`. `site` is the environment's folder of packages, `drop` the variables
    that no child sees.

    A module that fails otherwise, or ends the process, is no complaint of this check: its tests will tell.
    """
    subject = _subject(cell, site)
    found: dict[tuple[Any, ...], Problem] = {}
    for answer in _asked(subject, python, drop):
        what = str(answer.get("missing") or answer.get("entry")).partition(".")[0]
        for problem in _problems(cell, subject, answer):  # many modules may import the one that fails
            found.setdefault((problem.code, problem.path, problem.line, what), problem)
    return tuple(found.values())


def _subject(cell: Cell, site: Path) -> _Subject:
    held = {each.name: each for each in site_packages.distributions([site])}
    modules: dict[str, str] = {}
    owners: dict[str, WheelRef] = {}
    entries: list[tuple[str, str, str]] = []
    for wheel in cell.wheels:
        found = held[canonicalize_name(wheel.package)]
        owners |= dict.fromkeys(found.record, wheel)
        named = {name: path for path in found.record if (name := module_name(path))}
        modules |= {name: path for name, path in named.items() if not _optional(cell, name)}
        listed = next((path for path in found.record if path.endswith(".dist-info/entry_points.txt")), None)
        entries += _entries(files.text_or_none(site / listed) or "") if listed else ()
    return _Subject(site, modules, tuple(each for each in entries if not _optional(cell, each[1])), owners)


def module_name(path: str) -> str | None:
    """The module that a path below a folder of packages is; None for what is none, or is not to be imported."""
    place = PurePosixPath(path)
    parts = [*place.parent.parts, place.name.partition(".")[0]]
    if place.suffix not in _CODE or not all(part.isidentifier() for part in parts) or _NOT_IMPORTED & set(parts):
        return None
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts) or None


def _optional(cell: Cell, module: str) -> bool:
    return any(fnmatch(module, pattern) or module.startswith(f"{pattern}.") for pattern in cell.optional_imports)


def _entries(text: str) -> Iterator[tuple[str, str, str]]:
    """The entry points of a distribution, scripts and plugins, as name, module, attribute."""
    import configparser

    parser = configparser.RawConfigParser(delimiters=("=",), strict=False)
    parser.optionxform = str  # type: ignore[assignment]  # names are case sensitive
    parser.read_string(text)
    for group in parser.sections():
        for name, value in parser.items(group):
            module, _, attribute = value.partition("[")[0].strip().partition(":")
            yield f"{group}: {name}", module.strip(), attribute.strip()


def _asked(subject: _Subject, python: Path, drop: tuple[str, ...]) -> list[Answer]:
    """Every answer; where a module ends the process (or takes too long), the rest is asked in another."""
    modules, entries = sorted(subject.modules), list(subject.entries)
    sources = {name: str(subject.site / path) for name, path in subject.modules.items() if path.endswith(".py")}
    answers: list[Answer] = []
    while True:
        failed = [each["module"] for each in answers if len(each) > 1]
        wanted = {"modules": modules, "entries": entries, "files": sources, "failed": failed}
        with files.scratch("bare") as folder:
            files.replace_text(folder / "asked.json", json.dumps(wanted), lasting=False)
            words: list[str | Path] = [python, "-I", _SCRIPT, folder / "asked.json", folder / "answers"]
            done = process.run(words, cwd=folder, drop=drop, timeout=_LIMIT)
            said = [json.loads(line) for line in (files.text_or_none(folder / "answers") or "").splitlines()]
        answers += [line for line in said if "begun" not in line]
        begun = said[-1].get("begun") if said else None
        if begun is None:
            return answers
        how = f"it ended the interpreter with {done.code}" if done.code is not None else f"it took {_LIMIT:g} s"
        answers.append({"module": begun, "error": how})
        modules = modules[modules.index(begun) + 1 :] if begun in modules else []
        names = [name for name, _, _ in entries]
        entries = entries[names.index(begun) + 1 :] if begun in names else entries


def _problems(cell: Cell, subject: _Subject, answer: Answer) -> Iterator[Problem]:
    path, line = _place(subject, answer)
    if answer.get("missing"):
        wheel = subject.owners.get(path) or cell.wheels[0]
        yield from _absent(cell, subject, wheel, answer, path, line)
    elif "error" in answer and "entry" in answer and "AttributeError" in answer["error"]:
        message = f"the entry point {answer['entry']} is not there: {answer['error']}"
        yield Problem("wheel-incomplete", message, path, hint="mend [project.scripts] or the entry points' table")


def _absent(
    cell: Cell, subject: _Subject, wheel: WheelRef, answer: Answer, path: str, line: int | None
) -> Iterator[Problem]:
    missing = answer["missing"]
    where = f"{path}:{line}" if line else path
    if missing.rpartition(".")[0] in subject.modules and missing not in cell.absent:
        message = f"{wheel.package}: {where} imports {missing}, which the wheel does not hold"
        hint = "let the build include the file: see the build backend's settings"
        yield Problem("wheel-incomplete", message, path, line, hint=hint)
        return
    extras = for_extras(artifacts.read_metadata(Path(wheel.path)).requires_dist)
    if _optional(cell, missing) or brought_by(missing, extras):
        return
    brings = distribution_of(missing, _known(cell))
    message = f"{wheel.package} imports {missing} and declares nothing that brings it: {where}"
    hint = f"add {brings} to its project.dependencies; where it can do without, to `optional-imports`"
    yield Problem("undeclared-dependency", message, path, line, hint=hint, context=_way(answer, path))


def _known(cell: Cell) -> dict[str, str]:
    packages = {module: package for package, module in cell.family.items()}
    return {name: packages.get(module, module) for name, module in cell.absent.items()}


def _place(subject: _Subject, answer: Answer) -> tuple[str, int | None]:
    """The innermost line of the wheels' own that led to what is missing."""
    lead = f"{subject.site}/"
    own = [(path.removeprefix(lead), line) for path, line in answer.get("frames", ()) if path.startswith(lead)]
    found = [(path, line) for path, line in own if path in subject.owners]
    return found[-1] if found else (subject.modules.get(answer["module"], answer["module"]), None)


def _way(answer: Answer, path: str) -> tuple[str, ...]:
    """Where another distribution's code stands between the wheel and what is missing, its last line."""
    last = answer["frames"][-1] if answer.get("frames") else None
    return (f"asked for by {last[0]}:{last[1]}",) if last and not last[0].endswith(path) else ()
