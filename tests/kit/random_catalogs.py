"""Catalogs of every make from one description: short and long forms, blocks and braces, quotes, comments, aliases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kit.random_texts import Hole, Piece, Pieces, whole

PLAIN = re.compile(r"\d+\.\d+\.\d+((a|b|rc)\d+|\.post\d+|\.dev\d+)?")
"""Versions that YAML reads as strings without quotes."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A module as the catalog lists it; `version` None where its group's counts."""

    name: str
    version: str | None
    package: str | None = None
    path: str | None = None
    pin: str | None = None
    form: str = "short"
    quote: str = '"'


@dataclass(frozen=True, slots=True)
class Draft:
    """What a catalog says. `rows` gives the versions of every module by suite version."""

    version: str
    entries: tuple[Entry, ...]
    groups: Mapping[str, tuple[str, tuple[str, ...]]]
    rows: Mapping[str, Mapping[str, str]]
    versioning: str = "fixed"
    pin: str = "keep"
    flow_rows: bool = False
    aliases: bool = False
    named: bool = False
    newline: str = "\n"


def pieces_of(draft: Draft) -> Pieces:
    """The catalog's text with a hole for each version, and one where a new row goes."""
    anchor = "&now " if draft.aliases else ""
    lead = "suite:\n  name: demo\n" if draft.named else "demo:\n"
    head: list[Piece] = [
        "# What is released together.\n",
        lead,
        f"  version: {anchor}",
        value(draft.version, '"', "suite"),
    ]
    release = f"release: {{versioning: {draft.versioning}, pin: {draft.pin}}}\n"
    parts = [head, ["  # the suite\n"], modules(draft), groups(draft)]
    # where no row is yet, the whole section is new, and it is the last
    tail = [["\n", *rows(draft), release]] if draft.rows else [[release, Hole("", "row")]]
    return whole([piece for part in [*parts, *tail] for piece in part], draft.newline)


def value(version: str, quote: str, about: str) -> Hole:
    """A version as a scalar, its quotes among what may change."""
    plain = not quote and PLAIN.fullmatch(version)
    quote = "" if plain else quote or '"'
    return Hole(f"{quote}{version}{quote}", about, quote)


def stated(draft: Draft, entry: Entry) -> Hole:
    about = f"module {entry.name}"
    if draft.aliases and entry.version == draft.version:
        return Hole("*now", about, "*")
    return value(entry.version or "", entry.quote, about)


def modules(draft: Draft) -> list[Piece]:
    found: list[Piece] = ["\nmodules:\n"]
    for entry in draft.entries:
        more = [(key, said) for key in ("package", "path", "pin") if (said := getattr(entry, key))]
        pairs: list[list[Piece]] = [[f"{key}: {said}"] for key, said in more]
        pairs[1:1] = [["version: ", stated(draft, entry)]] if entry.version else []
        if entry.form == "short" and not more and entry.version:
            found += [f"  {entry.name}: ", stated(draft, entry), "\n"]
        elif entry.form == "block" and pairs:
            found += [f"  {entry.name}:\n", *(p for pair in pairs for p in ["    ", *pair, "\n"])]
        else:
            inside = [p for at, pair in enumerate(pairs) for p in ([", "] if at else []) + pair]
            found += [f"  {entry.name}: {{", *inside, "}  # in braces\n"]
    return found


def groups(draft: Draft) -> list[Piece]:
    found: list[Piece] = ["groups:\n"] if draft.groups else []
    for name, (version, members) in draft.groups.items():
        found += [f"  {name}:\n    modules: [{', '.join(members)}]\n    version: "]
        found += [value(version, "'", f"group {name}"), "\n"]
    return found


def rows(draft: Draft) -> Iterable[Piece]:
    """Rows are a person's word: none of their characters changes."""
    yield "compatibility:\n"
    for version, said in draft.rows.items():
        if draft.flow_rows:
            yield f'  "{version}": {{{", ".join(f"{name}: {version!r}" for name, version in said.items())}}}\n'
        else:
            yield f'  "{version}":\n' + "".join(f'    {name}: "{version}"  # so\n' for name, version in said.items())
    yield Hole("", "row")
