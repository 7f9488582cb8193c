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
    cell (a module's own `tests/integration`); `also` are folders and files, relative to the folder of the
    configuration, that the tests read; `requires` what they need installed, beyond the modules."""

    __test__ = False
    origin: str
    path: str
    config: str | None = None
    ignore: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """What bounds the tests of a cell. Seconds throughout; `test` of one test's phases together, `wall` of all of them,
    `grace` what is left to end in before a kill; `max_failures` 0: no maximum."""

    test: float = 120.0
    wall: float = 900.0
    grace: float = 2.0
    max_failures: int = 0
    max_processes: int = 0


@dataclass(frozen=True, slots=True)
class Conduct:
    """How tests are run. `layer` is unit, integration, e2e or None: tests of every layer; `seed` orders them and seeds
    what hashes and draws, None: in their files' order; `select` are the node ids to run, in this order where `ordered`
    (None: all), `exclude` a pytest expression of markers left out, `extra` further words for pytest.

    `confinement` is auto, or the level that must be reached: namespaces, subreaper, group; `network` loopback (the
    test's own) or host; `leaks` fail, report or off; `cleanup` aggressive (a worker with a leaked thread is replaced),
    normal or off; `allowed_leaks` are patterns (fnmatch) of leaks that are no fault; `retain` keeps a failed test's
    temporary files. `hidden` are folders that the tests cannot see, where namespaces can hide them, but for those in
    them that are `shown`. `env` are variables that the tests get beside those that every test gets, and before them."""

    layer: str | None = None
    seed: int | None = None
    select: tuple[str, ...] | None = None
    ordered: bool = False
    exclude: str = ""
    extra: tuple[str, ...] = ()
    confinement: str = "auto"
    network: str = "loopback"
    leaks: str = "fail"
    cleanup: str = "aggressive"
    allowed_leaks: tuple[str, ...] = ()
    retain: bool = True
    hidden: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    limits: Limits = Limits()
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cell:
    """One environment and the tests to run in it.

    `wheels` are what is under test and installed by name; `siblings` are suite wheels that may be installed, where a
    declared dependency asks for them, and from nowhere else. `python` is an interpreter's absolute path. `existing`
    is the interpreter of an environment that is tested as it stands: nothing is installed then. `requires` are the test
    requirements (pytest among them). `stubs` are packages among `siblings` that get a stub instead; `absent` are the
    top-level import names of modules that must not be there, with the module's name; `pins` are versions
    (`package==1.0`) to hold the resolution to, `resolution` highest or lowest-direct; `optional_imports` are modules
    whose import may fail in the bare check. `family` are the packages of the suite, with the module of each: one that
    has neither a wheel nor a pin `package==version` here comes from nowhere.
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
    conduct: Conduct = Conduct()
    stubs: tuple[str, ...] = ()
    absent: Mapping[str, str] = field(default_factory=dict)
    pins: tuple[str, ...] = ()
    resolution: str = "highest"
    optional_imports: tuple[str, ...] = ()
    family: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Leak:
    """What a test left behind. `kind` is process, port, descriptor, file or thread; `what` names it; `dead` tells
    whether it was put out of the way."""

    kind: str
    what: str
    dead: bool = True


@dataclass(frozen=True, slots=True)
class TestResult:
    """One test. `test` is its node id below its stage, `origin` that of its source; `outcome` is passed, failed, error,
    skipped, xfailed, xpassed, timeout, crashed or leaked; `text` what there is to read: a traceback, the reason of a
    skip, stacks; `seconds` of its phases together."""

    __test__ = False
    test: str
    origin: str
    outcome: str
    seconds: float = 0.0
    text: str = ""
    leaks: tuple[Leak, ...] = ()


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try to import a module of the suite that is not declared: its import name, the module, who asked
    (`file:line`), where it would have come from (empty: nowhere), and during which test (empty: collection)."""

    name: str
    module: str
    by: str
    where: str = ""
    test: str = ""


@dataclass(frozen=True, slots=True)
class CellReport:
    """What one cell showed. `status` is passed, failed, empty (no test ran) or broken (no result).

    `code` is the error code of a broken cell; `files` the hashes of the wheels under test, by file name; `python` a
    version; `junit` one `<testsuite>` element as text. `siblings` says of every other module how it was there:
    `absent`, `real:<sha256>` or `stub:<sha256>`; `environment` is the key of what the environment was made from,
    `packages` what it held (`name==version`), `freeze` the sha256 of that, equal before and after; `confinement` the
    level reached; `leaks` those found only at the end; `attempts` to reach what was absent."""

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
    layer: str | None = None
    seed: int | None = None
    confinement: str = ""
    siblings: Mapping[str, str] = field(default_factory=dict)
    environment: str = ""
    freeze: str = ""
    packages: tuple[str, ...] = ()
    tests: tuple[TestResult, ...] = ()
    leaks: tuple[Leak, ...] = ()
    attempts: tuple[Attempt, ...] = ()
