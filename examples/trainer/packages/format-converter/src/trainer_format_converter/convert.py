"""Reading, writing and converting, whatever the format."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Callable, Union

from trainer_format_converter.csv_format import dumps_csv, loads_csv
from trainer_format_converter.json_formats import dumps_json, dumps_jsonl, loads_json, loads_jsonl
from trainer_format_converter.records import FormatError, Record

PathLike = Union[str, "os.PathLike[str]"]

_READERS: dict[str, Callable[[str, str], list[Record]]] = {
    "csv": loads_csv,
    "json": loads_json,
    "jsonl": loads_jsonl,
}
_WRITERS: dict[str, Callable[[Sequence[Record]], str]] = {
    "csv": dumps_csv,
    "json": dumps_json,
    "jsonl": dumps_jsonl,
}
FORMATS: tuple[str, ...] = tuple(sorted(_READERS))


def loads(text: str, format: str, source: str = "<text>") -> list[Record]:
    """Records of a text; ``source`` is the name that errors use."""
    return _READERS[_known(format)](text, source)


def dumps(records: Iterable[Record], format: str) -> str:
    """The records as text; the same records give the same text."""
    try:
        return _WRITERS[_known(format)](list(records))
    except (TypeError, ValueError) as error:
        if isinstance(error, FormatError):
            raise
        raise FormatError(f"cannot be written as {format}: {error}", "records") from None


def convert(text: str, source_format: str, target_format: str) -> str:
    return dumps(loads(text, source_format), target_format)


def format_of(path: PathLike) -> str:
    """The format that a file's name stands for."""
    return _known(Path(path).suffix[1:].lower(), str(path))


def read(path: PathLike, format: str | None = None) -> list[Record]:
    """Records of a UTF-8 file, by the format of its name where none is given."""
    chosen = format or format_of(path)
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise FormatError("not UTF-8", str(path), line) from None
    return loads(text, chosen, str(path))


def write(path: PathLike, records: Iterable[Record], format: str | None = None) -> None:
    """Write records as UTF-8; a file is only touched when all records fit the format."""
    text = dumps(records, format or format_of(path))
    try:
        content = text.encode("utf-8")
    except UnicodeEncodeError:
        raise FormatError("the records hold half a character", str(path)) from None
    Path(path).write_bytes(content)


def _known(format: str, source: str = "format") -> str:
    if format not in _READERS:
        raise FormatError(f"{format!r} is not one of {', '.join(FORMATS)}", source)
    return format
