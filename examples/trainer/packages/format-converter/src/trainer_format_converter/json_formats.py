"""JSON (one list of objects) and JSON Lines (one object a line)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from trainer_format_converter.records import FormatError, Record

_SPACE = re.compile(r"[ \t\r\n]*")


def loads_json(text: str, source: str) -> list[Record]:
    return [_record(value, source, line) for line, value in _items(text, source)]


def loads_jsonl(text: str, source: str) -> list[Record]:
    """One record for every line that is not blank."""
    records = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        value, end = _decode(line, _skip(line, 0), source, number)
        if _skip(line, end) != len(line):
            raise FormatError(f"text after the object, at column {end + 1}", source, number)
        records.append(_record(value, source, number))
    return records


def dumps_json(records: Sequence[Record]) -> str:
    return json.dumps(list(records), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def dumps_jsonl(records: Sequence[Record]) -> str:
    return "".join(json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n" for record in records)


def _items(text: str, source: str) -> Iterator[tuple[int, Any]]:
    """The values of a JSON list, each with its line: an error deep in a file can then say where."""
    position = _skip(text, 0)
    if text[position : position + 1] != "[":
        raise FormatError("a list of objects is expected", source, _line(text, position))
    position = _skip(text, position + 1)
    closed = text[position : position + 1] == "]"
    while not closed:
        start = _line(text, position)
        value, position = _decode(text, position, source, 1)
        yield start, value
        position = _skip(text, position)
        mark = text[position : position + 1]
        if mark not in (",", "]"):
            raise FormatError("',' or ']' is expected after an object", source, _line(text, position))
        closed = mark == "]"
        position = position if closed else _skip(text, position + 1)
    position = _skip(text, position + 1)
    if position != len(text):
        raise FormatError("text after the list", source, _line(text, position))


def _decode(text: str, position: int, source: str, first_line: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, position)
    except json.JSONDecodeError as error:
        reason = f"not valid JSON: {error.msg} at column {error.colno}"
        raise FormatError(reason, source, first_line + error.lineno - 1) from None
    except RecursionError:
        raise FormatError("nested too deeply", source, first_line + text.count("\n", 0, position)) from None
    except _RefusedError as error:
        raise FormatError(str(error), source, first_line + text.count("\n", 0, position)) from None


def _record(value: Any, source: str, line: int) -> Record:
    if not isinstance(value, dict):
        raise FormatError(
            f"an object is expected, not {json.dumps(value, ensure_ascii=False)[:40]}", source, line
        )
    return value


class _RefusedError(Exception):
    """Something that the json module would read but that has no one meaning."""


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> Record:
    record = dict(pairs)
    if len(record) != len(pairs):
        names = [name for name, _ in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise _RefusedError(f"given twice: {', '.join(twice)}")
    return record


def _refuse_constant(name: str) -> Any:
    raise _RefusedError(f"{name} is no JSON number")


_DECODER = json.JSONDecoder(object_pairs_hook=_refuse_duplicates, parse_constant=_refuse_constant)


def _skip(text: str, position: int) -> int:
    space = _SPACE.match(text, position)
    return space.end() if space else position


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
