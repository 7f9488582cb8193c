"""Strings of a TOML document set to other values, in place; nothing else of it changes, or it is an error."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from trainer_release.errors import fail
from trainer_release.suite.layouts.toml_scan import Path, scan
from trainer_release.suite.layouts.toml_spans import quoted, replace
from trainer_release.suite.layouts.toml_tables import additions
from trainer_release.suite.toml_text import at, parse

if TYPE_CHECKING:
    from collections.abc import Mapping


def set_strings(path: str, text: str, wanted: Mapping[Path, str]) -> str:
    """The document with these strings at these key paths; what is missing is added to its table.

    ReleaseError `toml-edit-failed` where no edit is safe: the result is read again, and only these values differ.
    """
    values = parse(path, text)
    new = {keys: value for keys, value in wanted.items() if at(values, keys) != value}
    if not new:
        return text
    found = scan(text)
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
    return after


def check(path: str, before: str, after: str, new: Mapping[Path, str]) -> None:
    """Nothing but the intended values differs between the two texts, or it is an error of ours."""
    expected = tomllib.loads(before, parse_float=str)
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
