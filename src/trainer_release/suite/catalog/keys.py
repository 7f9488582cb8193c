"""Every key and every fixed word of versions.yaml, by level; versions.schema.json says the same."""

from __future__ import annotations

from trainer_release.model.catalog import Pin

SUITE = ("version", "package", "path", "also")
NAMED_SUITE = ("name", *SUITE)
MODULE = ("version", "package", "path", "repository", "ref", "pin", "publish", "build", "also")
NEEDED_OF_GROUP = ("version", "modules")
GROUP = (*NEEDED_OF_GROUP, "follows", "as")
RETIRED = ("since", "replaced-by")
LONG_ROW = ("released", "from", "modules")
MARKS = ("withdrawn", "tested")
ROW = (*LONG_ROW, *MARKS)
NEEDED_OF_TESTED = ("date", "result")
TESTED = (*NEEDED_OF_TESTED, "python", "platform", "by")
RELEASE = (
    "versioning",
    "pin",
    "branches",
    "push",
    "build",
    "tag",
    "module-tag",
    "embed",
    "index",
    "github",
)
NEEDED_OF_INDEX = ("upload", "simple")
PLACES = (*NEEDED_OF_INDEX, "json")
LIMITS = ("new-projects", "window", "file-size")
INDEX = (*PLACES, *LIMITS)
LAYERS = ("unit", "integration", "e2e")
AGENT_LAYER = ("timeout", "exclude", "max-failures", "network")
AGENT_FLAT = ("process-timeout", "max-parallel-cases", "max-python-processes", "max-pool-size")
"""Limits that may stand in the section itself, too."""
AGENT_LIMITS = ("timeout", "wall", "grace", "max-failures", "jobs", *AGENT_FLAT)
AGENT_EVERY = ("siblings", "extras", "tests", "optional-imports", "stage-also", "network", "python")
"""What may be said of one module, or in the section itself of all."""
AGENT_MODULE = (*AGENT_EVERY, "timeout")
AGENT_MODULE_LATER = ("dist", "import")
AGENT = (
    "layers",
    "limits",
    *AGENT_EVERY,
    "leaks",
    "allowed-leaks",
    "cleanup-policy",
    "retain-on-failure",
    "parallel",
    "confinement",
    "factories",
    "modules",
    "integration-tests-repo",
)
AGENT_LATER = ("contracts", "critical-paths", "gates")
RESERVED = (
    "schema",
    "suite",
    "modules",
    "groups",
    "exclude",
    "retired",
    "compatibility",
    "release",
    "indexes",
    "test-agent",
)

PINS = tuple(pin.value for pin in Pin)
VERSIONINGS = ("fixed", "independent")
PUSHES = ("direct", "pull-request", "none")
BINDINGS = ("here", "ci")
FORGES = ("auto", "none")
RESULTS = ("passed", "failed")
MODULE_BUILDS = ("sdist", "tree")
INDEXES = ("local", "pypi", "testpypi")
SIBLINGS = ("real", "stub")
LEAKS = ("fail", "report", "off")
CLEANUPS = ("aggressive", "normal", "off")
CONFINEMENTS = ("auto", "namespaces", "subreaper", "group")
NETWORKS = ("loopback", "host")
