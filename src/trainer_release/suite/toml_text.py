"""TOML text to values, with a plain word where it is none, and where the values of a pyproject.toml stand in
it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import tomli

from trainer_release.errors import Problem, ReleaseError

LIMIT = 1024 * 1024
KEPT = 4096
"""How many documents' values are kept: every layout asks for them more than once, and so does the edited suite."""

DEPTH = 100
"""How deep arrays and tables may be nested; what walks through the values recurses."""

_NO_UTF8 = re.compile("[\ud800-\udfff]")
_LONG_NUMBER = re.compile(r"[0-9_]{4301}")
_LONG_KEY = re.compile(rf"(?<![\w\"'-])(?:[\w\"'-]++[ \t]*+\.[ \t]*+){{{DEPTH}}}")

PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")
SHOWN = 200
TEMPLATE = re.compile(r"\{\{|\{%")


@dataclass(frozen=True, slots=True)
class Number:
    """A number that is no integer, as it is written: two documents say the same where they spell it alike."""

    text: str

    def __str__(self) -> str:
        return self.text


@lru_cache(KEPT)
def _values(text: str) -> Mapping[str, Any]:
    """The values; RecursionError where they are nested deeper than `DEPTH`.

    tomli is tomllib, by the same author, compiled: it takes a third of the time.
    """
    if len(text) > LIMIT or not (text.isascii() or _NO_UTF8.search(text) is None):
        raise ValueError
    shallow = text.count("[") + text.count("{") + text.count(".") <= DEPTH  # each level takes one of these
    if not shallow and _LONG_KEY.search(text):
        raise RecursionError
    values = tomli.loads(text, parse_float=Number)
    if shallow:
        return values
    level: list[Any] = [values]
    for _ in range(DEPTH):
        held = (inner for each in level for inner in (each.values() if isinstance(each, dict) else each))
        level = [inner for inner in held if isinstance(inner, dict | list)]
        if not level:
            return values
    raise RecursionError


def parse(path: str, text: str) -> Mapping[str, Any]:
    """The document's values, to be read and not written to: one text is parsed once.

    ReleaseError `toml-invalid` with line and column where it is no TOML.
    """
    try:
        return _values(text)
    except RecursionError:
        raise invalid(path, "", f"arrays or tables are nested deeper than {DEPTH} levels", hint="flatten it") from None
    except ValueError as error:  # TOMLDecodeError, and Python's own limit on the digits of a number
        raise _refused(path, text, str(error)) from None


def _refused(path: str, text: str, message: str) -> ReleaseError:
    """The `toml-invalid` error for what tomli does not take, and for what it is not given."""
    if text.startswith("\ufeff"):
        hint = "save the file as UTF-8 without a byte order mark"
        return invalid(path, text, "it begins with a byte order mark", (1, 1), hint)
    if bad := _NO_UTF8.search(text):
        message = f"byte 0x{ord(bad[0]) & 0xFF:02X} is no UTF-8"
        return invalid(path, text, message, place_of(text, bad.start()), "save the file as UTF-8")
    if len(text) > LIMIT:
        return invalid(path, "", f"it is larger than {LIMIT} characters", (1, 1), "move out what is no metadata")
    if long := _LONG_NUMBER.search(text):
        return invalid(path, "", "a number has more than 4300 digits", place_of(text, long.start()), "shorten it")
    match = PLACE.search(message)
    place = (int(match[1]), int(match[2])) if match else ends(text, message)
    return invalid(path, text, PLACE.sub("", message).removesuffix("(at end of document)").strip(), place)


def place_of(text: str, offset: int) -> tuple[int, int]:
    """Line and column of a character, both from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def ends(text: str, message: str) -> tuple[int | None, int | None]:
    """The place behind the last character, where tomli says that the end came too early."""
    if "end of document" not in message:
        return None, None
    return place_of(text, len(text))


def invalid(
    path: str,
    text: str,
    message: str,
    place: tuple[int | None, int | None] = (None, None),
    hint: str = "correct the file by hand; a pyproject.toml is TOML 1.0 in UTF-8",
) -> ReleaseError:
    """The `toml-invalid` error, with the source line and a caret below it."""
    line, column = place
    context: tuple[str, ...] = ()
    if line is not None and column is not None and line <= len(lines := text.splitlines()) and column <= SHOWN:
        context = (lines[line - 1][:SHOWN], " " * (column - 1) + "^")
    return ReleaseError(Problem("toml-invalid", f"{path} is no TOML: {message}", path, line, column, hint, context))


def is_template(text: str) -> bool:
    """Whether the text is filled in by a tool (cookiecutter, copier) before it is TOML."""
    return TEMPLATE.search(text) is not None


def at(values: Any, keys: Iterable[str | int]) -> Any:
    """The value at a key path, or None where the path leaves the document."""
    for key in keys:
        if isinstance(values, dict):
            values = values.get(key)
        elif isinstance(values, list) and isinstance(key, int) and key < len(values):
            values = values[key]
        else:
            return None
    return values
