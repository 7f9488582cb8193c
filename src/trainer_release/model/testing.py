"""What the test agent is asked and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class WheelRef:
    """A wheel on disk and the hash of its bytes; `path` is absolute."""

    package: str
    version: str
    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class TestSource:
    """Test files and where they come from: `module`, `tests/integration`, or `repo:<path>`; `path` is absolute.

    `config` names the folder whose pytest configuration counts; `ignore` are paths below `path` that are not of this
    cell (a module's own `tests/integration`)."""

    __test__ = False
    origin: str
    path: str
    config: str | None = None
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """One environment and the tests to run in it.

    `wheels` are what is under test and installed by name; `siblings` are suite wheels that may be installed, where a
    declared dependency asks for them, and from nowhere else. `python` is an interpreter's absolute path. `existing`
    is the interpreter of an environment that is tested as it stands: nothing is installed then. `requires` are the test
    requirements (pytest among them).
    """

    name: str
    mode: str
    modules: tuple[str, ...]
    wheels: tuple[WheelRef, ...]
    siblings: tuple[WheelRef, ...]
    tests: tuple[TestSource, ...]
    python: str
    existing: str | None = None
    requires: tuple[str, ...] = ("pytest>=8",)
    extras: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    timeout: float = 900.0


@dataclass(frozen=True, slots=True)
class CellReport:
    """What one cell showed. `status` is passed, failed, empty (no test ran) or broken (no result).

    `code` is the error code of a broken cell; `files` the hashes of the wheels under test, by file name; `python` a
    version; `junit` one `<testsuite>` element as text."""

    name: str
    mode: str
    modules: tuple[str, ...]
    status: str
    python: str
    platform: str
    passed: int
    failed: int
    skipped: int
    seconds: float
    files: Mapping[str, str] = field(default_factory=dict)
    tail: tuple[str, ...] = ()
    junit: str | None = None
    code: str | None = None
