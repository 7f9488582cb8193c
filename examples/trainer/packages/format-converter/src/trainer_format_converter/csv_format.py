"""CSV with a header. A cell is text: numbers come back as text, and an absent value as the empty text."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any

from trainer_format_converter.records import FormatError, Record


def loads_csv(text: str, source: str) -> list[Record]:
    rows = _rows(text, source)
    line, header = next(rows, (1, []))
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise FormatError(f"columns given twice: {', '.join(twice)}", source, line)
    if "" in header:
        raise FormatError(f"column {header.index('') + 1} has no name", source, line)
    records = []
    for line, row in rows:
        if len(row) != len(header):
            raise FormatError(f"{len(row)} cells, the header has {len(header)}", source, line)
        records.append(dict(zip(header, row)))
    return records


def dumps_csv(records: Sequence[Record]) -> str:
    """Columns in order of first appearance; a record without one gets an empty cell."""
    columns = list(dict.fromkeys(name for record in records for name in record))
    if not columns:
        if records:
            raise FormatError("records without any field have no place in CSV", "record 1")
        return ""
    if "" in columns:
        raise FormatError("a column needs a name", "records")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for number, record in enumerate(records, start=1):
        writer.writerow([_cell(record.get(name), name, number) for name in columns])
    return text.getvalue()


def _rows(text: str, source: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank with the number of its first line."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise FormatError(f"not valid CSV: {error}", source, line) from None
        if row:
            yield line, row


def _cell(value: Any, name: str, number: int) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, int, float)):
        return json.dumps(value)
    raise FormatError(
        f"column {name!r}: a {type(value).__name__} does not fit in a CSV cell", f"record {number}"
    )
