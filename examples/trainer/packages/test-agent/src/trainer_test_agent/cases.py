"""A case is a question and the answer it should get."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass

from trainer_format_converter import Record, read

_FIELDS = ("id", "question", "expected")


class CaseError(ValueError):
    """Records that are no cases; every faulty one is named."""


@dataclass(frozen=True)
class Case:
    id: str
    question: str
    expected: str


def load_cases(path: str | os.PathLike[str]) -> list[Case]:
    """The cases of a JSON, JSON Lines or CSV file, with the fields question, expected and, if wanted, id."""
    return cases_of(read(path), str(path))


def cases_of(records: Iterable[Record], source: str = "cases") -> list[Case]:
    cases: list[Case] = []
    complaints: list[str] = []
    for number, record in enumerate(records, start=1):
        faults = _faults(record)
        if faults:
            complaints.append(f"{source}: record {number}: {', '.join(faults)}")
        else:
            identity = str(record.get("id") or number)
            cases.append(Case(identity, record["question"].strip(), record["expected"].strip()))
    names = [case.id for case in cases]
    for name in sorted({name for name in names if names.count(name) > 1}):
        complaints.append(f"{source}: id {name!r} is given {names.count(name)} times")
    if complaints:
        raise CaseError("\n".join(complaints))
    if not cases:
        raise CaseError(f"{source}: no cases")
    return cases


def _faults(record: Record) -> list[str]:
    faults = [
        f"{name} must be a text" if name in record else f"{name} is missing"
        for name in ("question", "expected")
        if not (isinstance(record.get(name), str) and record[name].strip())
    ]
    return faults + [f"unknown field {name}" for name in record if name not in _FIELDS]
