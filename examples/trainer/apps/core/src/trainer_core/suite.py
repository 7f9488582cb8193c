"""Which versions belong together, read from ``suite.json``, and whether they are the ones installed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

SUITE_FILE = Path(__file__).with_name("suite.json")


@dataclass(frozen=True)
class Suite:
    """A release of the suite: its name, its version and the version of each package."""

    name: str
    version: str
    modules: dict[str, str]


@dataclass(frozen=True)
class Mismatch:
    """A package that is not what the suite says; ``installed`` is None where it is missing."""

    package: str
    expected: str
    installed: str | None

    def __str__(self) -> str:
        return f"{self.package}: expected {self.expected}, {_found(self.installed)}"


class VersionMismatchError(Exception):
    """The installed packages are not the ones that were released together; all differences are named."""

    def __init__(self, suite: Suite, mismatches: Sequence[Mismatch]) -> None:
        self.mismatches = tuple(mismatches)
        lines = [f"this is not {suite.name} {suite.version}:", *(f"  {mismatch}" for mismatch in mismatches)]
        super().__init__("\n".join(lines))


def read_suite(path: Path | None = None) -> Suite:
    """The suite of a file; without one, the suite that this package was released with."""
    content = json.loads((path or SUITE_FILE).read_text(encoding="utf-8"))
    return Suite(content["suite"], content["version"], content["modules"])


def installed_version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def check_version_compatibility(path: Path | None = None) -> None:
    """Raise ``VersionMismatchError`` unless every package of the suite has exactly its version."""
    suite = read_suite(path)
    found = [
        Mismatch(package, version, installed_version(package)) for package, version in suite.modules.items()
    ]
    mismatches = [mismatch for mismatch in found if mismatch.installed != mismatch.expected]
    if mismatches:
        raise VersionMismatchError(suite, mismatches)


def _found(installed: str | None) -> str:
    return "not installed" if installed is None else f"found {installed}"
