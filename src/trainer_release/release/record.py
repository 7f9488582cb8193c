"""The record as text: a readable table for people and, below it, the whole record for the tool. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from trainer_release.errors import fail
from trainer_release.model.index import Dist
from trainer_release.model.record import SCHEMA, Record, Recorded, RecordedRepository

_BEGIN = "-----BEGIN TRAINER-RELEASE RECORD-----"
_END = "-----END TRAINER-RELEASE RECORD-----"


def annotation(record: Record) -> str:
    """The text of the suite tag: title, table, record."""
    rows = [("module", "package", "from", "to", "")]
    for name in (name for wave in record.waves for name in wave):
        module = record.modules[name]
        fate = "published by this release" if module.published else "carried over"
        rows.append((name, module.package, module.before or "-", module.version, fate))
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    table = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    files = [f"{dist.sha256}  {dist.name}" for dist in sorted(record.files().values(), key=lambda d: d.name)]
    document = json.dumps(to_json(record), indent=1, sort_keys=True)
    places = [f"{name}: {there.commit} of {there.url}" for name, there in record.elsewhere.items()]
    table += ["", *places] if places else []
    parts = [f"{record.suite} {record.version}", "\n".join(table), "\n".join(files), f"{_BEGIN}\n{document}\n{_END}"]
    return "\n\n".join(part for part in parts if part) + "\n"


def note(record: Record, tag: str) -> str:
    """The text of every other tag of a release."""
    return f"{tag}\n\n{record.suite} {record.version}\n"


def parse(text: str, where: str) -> Record | None:
    """The record in a tag's annotation; None where there is none. A broken one is `record-invalid`, naming `where`."""
    _, begin, rest = text.partition(_BEGIN)
    if not begin:
        return None
    try:
        return from_json(json.loads(rest.partition(_END)[0]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise fail(
            "record-invalid",
            f"the record in {where} cannot be read: {error}",
            hint="use the version of trainer-release that wrote it, or abandon the release and prepare again",
        ) from error


def to_json(record: Record) -> dict[str, Any]:
    """The record as plain JSON (`trainer-release/record/v1`)."""
    return {
        "schema": SCHEMA,
        "plan_id": record.plan,
        "suite": record.suite,
        "version": record.version,
        "timestamp": datetime.fromtimestamp(record.epoch, UTC).isoformat(),
        "umbrella": record.umbrella,
        "repositories": {
            ".": {"commit": record.commit, "tree": record.tree},
            **{name: asdict(repository) for name, repository in record.elsewhere.items()},
        },
        "modules": {name: asdict(module) for name, module in record.modules.items()},
        "waves": [list(wave) for wave in record.waves],
        "verdict": dict(record.verdict),
        "build": dict(record.build),
    }


def from_json(document: Mapping[str, Any]) -> Record:
    """The reverse of `to_json`. ValueError, KeyError or TypeError where the document is not of this schema."""
    if document["schema"] != SCHEMA:
        raise ValueError(f"schema {document['schema']!r} is not {SCHEMA}")
    home = document["repositories"]["."]
    return Record(
        plan=document["plan_id"],
        suite=document["suite"],
        version=document["version"],
        epoch=int(datetime.fromisoformat(document["timestamp"]).timestamp()),
        commit=home["commit"],
        tree=home["tree"],
        umbrella=document["umbrella"],
        modules={name: _recorded(module) for name, module in document["modules"].items()},
        waves=tuple(tuple(wave) for wave in document["waves"]),
        verdict=document["verdict"],
        build=document["build"],
        elsewhere={
            name: RecordedRepository(**repository)
            for name, repository in document["repositories"].items()
            if name != "."
        },
    )


def _recorded(module: Mapping[str, Any]) -> Recorded:
    files = tuple(Dist(**file) for file in module["files"])
    return Recorded(**(dict(module) | {"files": files, "depends": tuple(module["depends"])}))
