"""The manifest: what was published, in the seed's shape and complete enough to check every byte. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from trainer_release.model.catalog import Tested
from trainer_release.model.index import Listing
from trainer_release.model.record import Record, Recorded

SCHEMA = "trainer-release/manifest/v1"


def name(record: Record) -> str:
    """The stem of the manifest's and the constraints file's name."""
    return f"{record.umbrella or record.suite}-{record.version}"


def place(record: Record, asked: Path) -> Path:
    """Where the manifest that a person asked for goes: that file where it ends in `.json`, else into that folder."""
    return asked if asked.suffix == ".json" else asked / f"{name(record)}-manifest.json"


def constraints(record: Record) -> str:
    """`==` for every module: installing the umbrella with `-c` gives exactly this suite."""
    pins = sorted(f"{module.package}=={module.version}" for module in record.modules.values())
    return f"# {record.suite} {record.version}\n" + "".join(f"{pin}\n" for pin in pins)


def text(
    record: Record, listings: Mapping[str, Listing], pages: Mapping[str, str], tag: str, tested: Tested | None = None
) -> str:
    """The manifest as JSON text. `pages` gives each package's page for a person; files are what the index lists;
    `tested` is what the catalog's row tells of these versions together."""
    document = {
        "schema": SCHEMA,
        "suite": record.suite,
        "suite_version": record.version,
        "released_at": datetime.fromtimestamp(record.epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "umbrella": record.umbrella,
        "modules": {module.package: _module(record, module, listings, pages) for module in _ordered(record)},
        "waves": [[record.modules[name].package for name in wave] for wave in record.waves],
        "git": {"commit": record.commit, "tree": record.tree, "tag": tag, **_elsewhere(record)},
        "tested_with": _tested(record.verdict) | ({"row": asdict(tested)} if tested else {}),
    }
    return json.dumps(document, indent=2) + "\n"


def withdrawn(published: str, why: str) -> str:
    """A manifest that was written, with the mark that its suite version was withdrawn, and why."""
    return json.dumps(json.loads(published) | {"withdrawn": why}, indent=2) + "\n"


def _elsewhere(record: Record) -> dict[str, Any]:
    """The suite's other repositories, where there are any."""
    known = record.elsewhere.items()
    places = {name: {"url": at.url, "commit": at.commit, "tree": at.tree} for name, at in known}
    return {"repositories": places} if places else {}


def _ordered(record: Record) -> list[Recorded]:
    return [record.modules[name] for wave in record.waves for name in wave]


def _module(
    record: Record, module: Recorded, listings: Mapping[str, Listing], pages: Mapping[str, str]
) -> dict[str, Any]:
    files = listings.get(module.package, {}).get(module.version, ())
    sizes = {dist.name: dist.size for dist in module.files}
    return {
        "version": module.version,
        "pypi_url": pages[module.package],
        "requires_python": module.requires_python,
        "depends": [record.modules[name].package for name in module.depends],
        "carried": not module.published,
        "files": [
            {"name": file.name, "sha256": file.sha256, "size": file.size or sizes.get(file.name), "url": file.url}
            for file in sorted(files, key=lambda file: file.name)
        ],
    }


def _tested(verdict: Mapping[str, Any]) -> dict[str, Any]:
    """What really ran: interpreters and platforms of the verdict's cells, and the cells."""
    cells = verdict.get("cells", [])
    return {
        "python": ", ".join(sorted({cell["python"] for cell in cells}, key=_numbers)),
        "platforms": sorted({cell["platform"] for cell in cells}),
        "cells": [
            {key: cell[key] for key in ("name", "mode", "status", "passed", "failed", "skipped") if key in cell}
            for cell in cells
        ],
    }


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdigit()]
