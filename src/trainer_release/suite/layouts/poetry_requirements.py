"""A dependency in Poetry's tables as the requirement that poetry-core makes of it (PEP 508)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from trainer_release.suite.layouts.poetry_constraints import OR, clauses, pep440, specifier
from trainer_release.suite.layouts.poetry_entries import DIRECT, Entry, refused
from trainer_release.suite.layouts.requirements import pinned as of_string

if TYPE_CHECKING:
    from trainer_release.errors import Problem
    from trainer_release.model.project import Pinned
    from trainer_release.suite.layouts.toml_scan import Path, Span


def pinned(path: str, entry: Entry, spans: Mapping[Path, Span]) -> tuple[list[Pinned], Problem | None]:
    """The entry as a requirement, once for each list; or the complaint that it is none (`requirement-invalid`)."""
    line = line_of(entry, spans)
    try:
        text = requirement(entry)
        return [of_string(path, where, text, lambda: line or 1) for where in entry.wheres], None
    except (ValueError, TypeError) as error:
        return [], refused(path, f"{'.'.join(map(str, entry.keys))}: {str(error).splitlines()[0]}", line)


def line_of(entry: Entry, spans: Mapping[Path, Span]) -> int | None:
    """Where the constraint stands; without one, where its table's first string does."""
    if entry.keys in spans:
        return spans[entry.keys].line
    above = entry.keys[:-1]
    return min((span.line for keys, span in spans.items() if keys[: len(above)] == above), default=None)


def requirement(entry: Entry) -> str:
    """The PEP 508 string that poetry-core would make of it, but for the extra's marker."""
    extras = ",".join(map(str, entry.table.get("extras") or ()))
    head = entry.name + (f"[{extras}]" if extras else "")
    marker = " and ".join(markers(entry.table))
    if entry.direct:
        return f"{head} @ {reference(entry.table)}" + (f" ; {marker}" if marker else "")
    stated = templated(entry.constraint) if "{" in entry.constraint else specifier(entry.constraint)
    return head + stated + (f"; {marker}" if marker else "")


def templated(constraint: str) -> str:
    """A constraint that a plugin fills in: the version exactly, or at least that version where a range is written."""
    exact = constraint.startswith(("{", "="))
    return ("==" if exact else ">=") + constraint.lstrip("=^~<> ")


def reference(table: Mapping[str, Any]) -> str:
    """What stands behind `@`: a path as it is written, a URL, a repository with its branch, tag or commit."""
    kind = next(key for key in DIRECT if key in table)
    place = quote(str(table[kind]), safe="/:@%+?&=#~!$,;.-_")
    ref = next((f"@{table[key]}" for key in ("rev", "tag", "branch") if key in table), "")
    return f"git+{place}{ref}" if kind == "git" else place


def markers(table: Mapping[str, Any]) -> Iterator[str]:
    """The conditions on an entry, each in brackets where it holds an `or`."""
    if table.get("markers"):
        yield enclosed(str(table["markers"]))
    if table.get("python", "*") != "*":
        yield enclosed(" or ".join(map(python_marker, OR.split(str(table["python"]).strip()))))
    if "platform" in table:
        each = (name.lstrip("=! ") for name in OR.split(str(table["platform"])))
        operator = "!=" if str(table["platform"]).startswith("!") else "=="
        yield enclosed(" or ".join(f'sys_platform {operator} "{name}"' for name in each))


def python_marker(alternative: str) -> str:
    """`>=3.9,<3.12` on `python_version`, or on `python_full_version` where a patch is named."""
    found = ((clause.operator, clause.version.removesuffix(".*")) for clause in pep440(clauses(alternative)))
    return " and ".join(
        f'python_{"full_" if version.count(".") > 1 else ""}version {operator} "{version}"'
        for operator, version in found
    )


def enclosed(marker: str) -> str:
    return f"({marker})" if " or " in marker else marker
