"""TOML text to values, with a plain word where it is none, and where the values of a pyproject.toml stand in it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

from trainer_release.errors import Problem, ReleaseError

LIMIT = 1024 * 1024
PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")
TEMPLATE = re.compile(r"\{\{|\{%")


def parse(path: str, text: str) -> dict[str, Any]:
    """The document's values. ReleaseError `toml-invalid` with line and column where it is no TOML."""
    if text.startswith("\ufeff"):
        raise invalid(
            path, text, "the file begins with a byte order mark", 1, 1, "save the file as UTF-8 without BOM"
        )
    if len(text) > LIMIT:
        raise invalid(
            path,
            "",
            f"the file is larger than {LIMIT} characters",
            1,
            1,
            "move what is no metadata out of it",
        )
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise invalid(path, text, "arrays or tables are nested too deeply") from None
    except ValueError as error:  # TOMLDecodeError, and Python's own limit on the digits of a number
        message = str(error)
    place = PLACE.search(message)
    line, column = (int(place[1]), int(place[2])) if place else ends(text, message)
    raise invalid(
        path, text, PLACE.sub("", message).removesuffix(" (at end of document)").strip(), line, column
    )


def ends(text: str, message: str) -> tuple[int | None, int | None]:
    """The place behind the last character, where tomllib says that the end came too early."""
    if "end of document" not in message:
        return None, None
    return text.count("\n") + 1, len(text) - (text.rfind("\n") + 1) + 1


def invalid(
    path: str,
    text: str,
    message: str,
    line: int | None = None,
    column: int | None = None,
    hint: str = "correct the file by hand; a pyproject.toml is TOML 1.0 in UTF-8",
) -> ReleaseError:
    """The `toml-invalid` error, with the source line and a caret below it."""
    context: tuple[str, ...] = ()
    if line is not None and column is not None and line <= len(lines := text.splitlines()):
        context = (lines[line - 1], " " * (column - 1) + "^")
    return ReleaseError(
        Problem("toml-invalid", f"{path} is no TOML: {message}", path, line, column, hint, context)
    )


def is_template(text: str) -> bool:
    """Whether the text is filled in by a tool (cookiecutter, copier) before it is TOML."""
    return TEMPLATE.search(text) is not None


def at(values: Any, keys: Iterable[str | int]) -> Any:
    """The value at a key path, or None where the path leaves the document."""
    for key in keys:
        if isinstance(values, Mapping) and key in values:
            values = values[key]
        elif isinstance(values, list) and isinstance(key, int) and key < len(values):
            values = values[key]
        else:
            return None
    return values
