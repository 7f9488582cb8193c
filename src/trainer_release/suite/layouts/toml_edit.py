"""Strings of a TOML document set to other values, in place; nothing else of it changes, or it is an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trainer_release.errors import ReleaseError, fail
from trainer_release.suite.layouts.toml_scan import Path, only_place, scan
from trainer_release.suite.layouts.toml_spans import quoted, replace
from trainer_release.suite.layouts.toml_tables import Piece, additions
from trainer_release.suite.toml_text import at, parse

if TYPE_CHECKING:
    from collections.abc import Mapping


FEW = 50


def set_strings(path: str, text: str, wanted: Mapping[Path, str]) -> str:
    """The document with these strings at these key paths; what is missing is added to its table.

    ReleaseError `toml-edit-failed` where no edit is safe: the result is read again, and only these values differ.
    """
    values = parse(path, text)
    new = {keys: value for keys, value in wanted.items() if at(values, keys) != value}
    if not new:
        return text
    after = replace(text, quick_pieces(text, values, new) or all_pieces(text, values, new))
    check(path, values, after, new)
    return after


def quick_pieces(text: str, values: Mapping[str, Any], new: Mapping[Path, str]) -> list[Piece]:
    """The pieces where there are few and each old string stands just once in the text, so that no scan is needed; else
    none."""
    pieces: list[Piece] = []
    for keys, value in new.items():
        said = at(values, keys)
        start = only_place(text, said) if len(new) <= FEW else None
        if start is None:
            return []
        pieces.append((start, start + len(said) + 2, quoted(value, text[start])))
    return pieces


def all_pieces(text: str, values: Mapping[str, Any], new: Mapping[Path, str]) -> list[Piece]:
    """The pieces, by a scan; strings that are missing are added to their tables."""
    found = scan(text)
    newline = "\r\n" if "\r\n" in text else "\n"
    pieces: list[Piece] = []
    missing: dict[Path, dict[str, str]] = {}
    for keys, value in new.items():
        if (span := found.strings.get(keys)) is not None:
            pieces.append((span.start, span.end, quoted(value, span.style, newline)))
        elif at(values, keys) is None:
            missing.setdefault(keys[:-1], {})[str(keys[-1])] = value
    for table, entries in missing.items():
        pieces += additions(found, table, entries)
    return pieces


def check(path: str, before: Mapping[str, Any], after: str, new: Mapping[Path, str]) -> None:
    """Nothing but the intended values differs between what was said and the new text, or it is an error of ours."""
    try:
        same = parse(path, after) == changed(before, new)
    except ReleaseError:
        same = False
    if not same:
        places = ", ".join(".".join(map(str, keys)) for keys in new)
        raise fail(
            "toml-edit-failed",
            f"{path}: setting {places} would change something else as well",
            path=path,
            hint='write these values by hand in the plain form, one `key = "value"` a line, and run it again',
        )


def changed(values: Any, new: Mapping[Path, str]) -> Any:
    """The document's values with others at these key paths; nothing that is not on the way there is copied."""
    below: dict[Any, dict[Path, str]] = {}
    for keys, value in new.items():
        below.setdefault(keys[0], {})[keys[1:]] = value
    copied = values.copy()
    for key, inner in below.items():
        copied[key] = inner[()] if () in inner else changed(values[key], inner)
    return copied
