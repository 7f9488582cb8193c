"""Built files: what they are called, hash to and say, against what the plan says."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from trainer_release.errors import Problem, ReleaseError
from trainer_release.model.index import Dist
from trainer_release.world.archives import invalid, metadata_bytes, record_bytes
from trainer_release.world.files import sha256

if TYPE_CHECKING:
    from packaging.requirements import Requirement


_UNSYNCED = "run `trainer-release sync`; if that changes nothing, look for a dynamic field or build hook"
_UNTAGGED = "the version tells git's state: let its tool match the catalog's `release.tag` or `release.module-tag`"


@dataclass(frozen=True, slots=True)
class Metadata:
    """Core metadata of a built file, as written.

    `complete` is False for an sdist that leaves its requirements to the build (`Dynamic: Requires-Dist`, or
    metadata older than 2.2; PEP 643). `dynamic` are the fields that it leaves to the build, in small letters.
    """

    name: str
    version: str
    requires_dist: tuple[str, ...] = ()
    requires_python: str | None = None
    provides_extra: tuple[str, ...] = ()
    classifiers: tuple[str, ...] = ()
    complete: bool = True
    dynamic: frozenset[str] = frozenset()
    description: str | None = None
    description_type: str | None = None


def dist(path: Path) -> Dist:
    """A built file's name, hash and size."""
    return Dist(path.name, sha256(path), path.stat().st_size)


def read_metadata(path: Path) -> Metadata:
    """What a wheel's METADATA or an sdist's PKG-INFO says. Fails with `artifact-invalid`."""
    return _parsed(path, metadata_bytes(path))


def _parsed(path: Path, text: bytes) -> Metadata:
    from packaging.metadata import parse_email

    raw, _ = parse_email(text)
    name, version = raw.get("name"), raw.get("version")
    if not name or not version:
        raise invalid(path, "its metadata lacks Name or Version")
    dynamic = {field.lower() for field in raw.get("dynamic", ())}
    old = raw.get("metadata_version", "1.0") in {"1.0", "1.1", "1.2", "2.0", "2.1"}
    return Metadata(
        name,
        version,
        tuple(raw.get("requires_dist", ())),
        raw.get("requires_python"),
        tuple(raw.get("provides_extra", ())),
        tuple(raw.get("classifiers", ())),
        complete=path.suffix == ".whl" or not (old or "requires-dist" in dynamic),
        dynamic=frozenset(dynamic),
        description=raw.get("description"),
        description_type=raw.get("description_content_type"),
    )


def record_of(wheel: Path) -> dict[str, str]:
    """Path -> hash (`sha256=` and urlsafe base64, no padding) from a wheel's RECORD, itself left out."""
    lines = record_bytes(wheel).decode(errors="surrogateescape").splitlines()
    return {row[0]: row[1] for row in csv.reader(lines) if len(row) > 1 and row[1]}


def metadata_problems(
    path: Path,
    *,
    package: str,
    version: str,
    requires: Mapping[str, tuple[str, ...]],
    versions: Mapping[str, str] | None = None,
) -> tuple[Problem, ...]:
    """Everything in which a built file says something else than the plan, or that an index would refuse.

    `requires` maps the canonical name (PEP 503) of each internal package to the specifiers of all its
    occurrences (one per marker or extra; none means that it must not be required); they are compared as
    PEP 440 sets, whatever their order and spelling. What requires another package of `versions` must admit the
    version there. An sdist with dynamic requirements is not asked about them. Codes: `metadata-differs`,
    `artifact-invalid`.
    """
    try:
        text = metadata_bytes(path)
        said = _parsed(path, text)
        _validate(path, text)
    except ReleaseError as error:
        return error.problems
    required = _requirement_problems(path, said, requires, versions or {}) if said.complete else ()
    return (*_identity_problems(path, said, package, version), *required)


def _validate(path: Path, text: bytes) -> None:
    """Hold the metadata against the core metadata specification, as an index would at upload."""
    from packaging.metadata import InvalidMetadata
    from packaging.metadata import Metadata as Core

    try:
        Core.from_email(text)
    except ExceptionGroup as group:
        faults = [str(fault) for fault in group.exceptions if isinstance(fault, InvalidMetadata)]
        raise invalid(path, "; ".join(faults or [str(group)])) from group


def _identity_problems(path: Path, said: Metadata, package: str, version: str) -> Iterator[Problem]:
    """Name and version, in the metadata and in the file's name."""
    from packaging.utils import canonicalize_name, parse_sdist_filename, parse_wheel_filename
    from packaging.version import Version

    parse = parse_wheel_filename if path.suffix == ".whl" else parse_sdist_filename
    try:
        named = parse(path.name)[:2]
    except ValueError as error:
        yield from invalid(path, str(error)).problems
        named = (canonicalize_name(package), Version(version))
    if canonicalize_name(said.name) != canonicalize_name(package):
        yield _differs(path, "Name", package, said.name)
    if Version(said.version) != Version(version):
        yield _differs(path, "Version", version, said.version)
    elif Version(said.version).local is not None:
        yield _differs(path, "Version", "a version without a local part", said.version)
    if named != (canonicalize_name(said.name), Version(said.version)):
        yield _differs(path, "file name", f"{said.name} {said.version}", f"{named[0]} {named[1]}")


def _requirement_problems(
    path: Path, said: Metadata, requires: Mapping[str, tuple[str, ...]], versions: Mapping[str, str]
) -> Iterator[Problem]:
    """Direct references, and each internal package's specifiers."""
    from packaging.requirements import Requirement
    from packaging.specifiers import SpecifierSet
    from packaging.utils import canonicalize_name

    found: dict[str, list[Requirement]] = {}
    for requirement in map(Requirement, said.requires_dist):
        found.setdefault(canonicalize_name(requirement.name), []).append(requirement)
        if requirement.url is not None:
            yield _differs(path, "Requires-Dist", "no direct reference", f"{requirement.name} @ …")
    for name, expected in requires.items():
        written = found.get(name, [])
        if Counter(map(SpecifierSet, expected)) != Counter(entry.specifier for entry in written):
            yield _differs(path, f"Requires-Dist {name}", _spoken(expected), _spoken(tuple(map(_pin, written))))
    for name in versions.keys() & found.keys() - requires.keys():
        for entry in found[name]:
            if not entry.specifier.contains(versions[name], prereleases=True):
                yield _differs(path, f"Requires-Dist {name}", f"one that admits {versions[name]}", _pin(entry))


def _pin(requirement: Requirement) -> str:
    return str(requirement.specifier)


def _spoken(specifiers: tuple[str, ...]) -> str:
    """Specifiers for a reader: sorted, an empty one named."""
    return " and ".join(sorted(specifier or "any version" for specifier in specifiers)) or "no requirement"


def _differs(path: Path, field: str, expected: str, found: str) -> Problem:
    untagged = field == "Version" and "+" in found
    return Problem(
        "metadata-differs",
        f"{path.name}: {field}: expected {expected}, found {found}",
        path=str(path),
        hint=_UNTAGGED if untagged else _UNSYNCED,
    )
