"""A project whose version stands in `[project] version` (PEP 621), whatever its build backend."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from trainer_release.errors import Problem, ReleaseError, fail
from trainer_release.model.catalog import Pin
from trainer_release.model.edit import FileEdit
from trainer_release.model.project import Project, Wanted
from trainer_release.suite.layouts.requirements import requirements
from trainer_release.suite.layouts.toml_scan import Path, Scan, scan
from trainer_release.suite.layouts.toml_spans import quoted, replace
from trainer_release.suite.layouts.toml_tables import additions
from trainer_release.suite.pins import repin
from trainer_release.suite.toml_text import at, parse

if TYPE_CHECKING:
    from trainer_release.suite.layouts.contract import Files

NAME = "pep621"
VERSION: Path = ("project", "version")


def matches(pyproject: Mapping[str, Any], folder: str, files: Files) -> bool:  # noqa: ARG001 - a layout's signature
    """A version that is a string, and not dynamic besides."""
    dynamic = at(pyproject, ("project", "dynamic")) or ()
    return isinstance(at(pyproject, VERSION), str) and "version" not in dynamic


def read(folder: str, files: Files) -> Project:
    """The project as its pyproject.toml states it.

    ReleaseError with every `requirement-invalid` and `project-version-invalid` at once.
    """
    path = "pyproject.toml" if folder == "." else f"{folder}/pyproject.toml"
    text = files(path) or ""
    values = parse(path, text)
    spans = scan(text).strings
    found, problems = requirements(path, values, spans)
    version = spans[VERSION]
    problems += version_problems(path, version.value, version.line)
    if problems:
        raise ReleaseError(*problems)
    requires_python = at(values, ("project", "requires-python"))
    return Project(
        path=folder,
        package=values["project"]["name"],
        version=version.value,
        layout=NAME,
        requirements=tuple(pinned for _, pinned in found),
        requires_python=requires_python if isinstance(requires_python, str) else None,
        private=is_private(values),
        version_line=version.line,
        extras=tuple(at(values, ("project", "optional-dependencies")) or ()),
        groups=tuple(at(values, ("dependency-groups",)) or ()),
        texts={path: text},
    )


def version_problems(path: str, version: str, line: int) -> Iterator[Problem]:
    try:
        Version(version)
    except InvalidVersion:
        hint = 'write it as PEP 440 says: "1.2.3", "2.0.0rc1"'
        yield Problem("project-version-invalid", f"{version!r} is no version", path, line, hint=hint)


def is_private(values: Mapping[str, Any]) -> bool:
    """Marked as not for upload: a `Private ::` classifier (indexes refuse it), or uv's `package = false`."""
    classifiers = at(values, ("project", "classifiers")) or ()
    marked = any(isinstance(item, str) and item.startswith("Private ::") for item in classifiers)
    return marked or at(values, ("tool", "uv", "package")) is False


def edit(project: Project, wanted: Wanted) -> tuple[FileEdit, ...]:
    """One edit of the pyproject.toml, or none. ReleaseError `toml-edit-failed` where none is safe."""
    path = project.pyproject
    text = project.texts[path]
    found = scan(text)
    values = parse(path, text)
    new = wanted_values(path, values, found, project, wanted)
    newline = "\r\n" if "\r\n" in text else "\n"
    pieces = []
    missing: dict[Path, dict[str, str]] = {}
    for keys, value in new.items():
        if (span := found.strings.get(keys)) is not None:
            pieces.append((span.start, span.end, quoted(value, span.style, newline)))
        elif at(values, keys) is None:
            missing.setdefault(keys[:-1], {})[str(keys[-1])] = value
    for table, entries in missing.items():
        pieces += additions(found, table, entries)
    after = replace(text, pieces)
    check(path, text, after, new)
    return (FileEdit(path, text, after),) if after != text else ()


def wanted_values(
    path: str, values: Mapping[str, Any], found: Scan, project: Project, wanted: Wanted
) -> dict[Path, str]:
    """By key path, the strings that are to be others than they are, and the entries that are to be added."""
    new: dict[Path, str] = {VERSION: wanted.version}
    own = canonicalize_name(project.package)
    for keys, pinned in requirements(path, values, found.strings)[0]:
        if pinned.name == own:
            new[keys] = repin(pinned.text, wanted.version, Pin.KEEP)
        elif pinned.name in wanted.siblings:
            version, policy = wanted.siblings[pinned.name]
            new[keys] = repin(pinned.text, version, Pin(policy))
    for name, entries in wanted.tables.items():
        table = tuple(name.split("."))
        if isinstance(at(values, table), Mapping):
            new |= {(*table, key): value for key, value in entries.items()}
    return {keys: value for keys, value in new.items() if at(values, keys) != value}


def check(path: str, before: str, after: str, new: Mapping[Path, str]) -> None:
    """Nothing but the intended values differs between the two texts, or it is an error of ours."""
    expected = deepcopy(tomllib.loads(before, parse_float=str))
    for keys, value in new.items():
        at(expected, keys[:-1])[keys[-1]] = value
    try:
        same = tomllib.loads(after, parse_float=str) == expected
    except tomllib.TOMLDecodeError:
        same = False
    if not same:
        places = ", ".join(".".join(map(str, keys)) for keys in new)
        raise fail(
            "toml-edit-failed",
            f"{path}: setting {places} would change something else as well",
            path=path,
            hint='write these values by hand in the plain form, one `key = "value"` a line, and run it again',
        )
