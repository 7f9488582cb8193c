"""What a command imports: start-up time is a feature."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from importlib.metadata import version

import pytest

from kit.suite import environment, tiny

SCRIPT = """
import sys
bare = set(sys.modules)
from trainer_release.cli import {door}
code = 0
try:
    {door}()
except SystemExit as end:
    code = end.code or 0
print("\\nIMPORTED", code, *sorted(set(sys.modules) - bare))
"""


def imported(folder, line, *, code=0, env=None):
    """The full names of all modules that a command line has imported when it ends. One that serves is interrupted."""
    program, *words = line.split()
    script = [sys.executable, "-P", "-c", SCRIPT.format(door=program.replace("-", "_")), *words]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "env": env}
    process = subprocess.Popen(script, cwd=folder, **pipes)
    if "serve" in words:
        assert process.stdout.readline().startswith("http://")
        process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=300)
    ended, *names = out.rpartition("\nIMPORTED ")[2].split()
    assert ended == str(code), f"{line}: {ended}\n{out}\n{err}"
    return set(names)


def first_names(modules):
    return {name.partition(".")[0] for name in modules}


# --- what is answered at once ----------------------------------------------------------------------------------------


def imported_at_once(folder, program, word):
    """The same, of a process that ends before anything can be asked of it."""
    script = f"from trainer_release.cli import {program.replace('-', '_')} as door; door()"
    line = [sys.executable, "-P", "-X", "importtime", "-c", script, word]
    said = subprocess.run(line, cwd=folder, capture_output=True, text=True, check=True).stderr
    return {row.rpartition("|")[2].strip() for row in said.rpartition("| site\n")[2].splitlines()}


@pytest.mark.parametrize("program", ["trainer-release", "test-agent"])
def test_version_and_help_import_nothing_but_their_text(tmp_path, program):
    door = {"trainer_release", "trainer_release.cli"}
    assert imported_at_once(tmp_path, program, "--version") == door | {"trainer_release.version"}
    for word in ("--help", "-h"):
        assert imported_at_once(tmp_path, program, word) == door | {"trainer_release.cli.commands"}


def test_the_check_for_users_imports_nothing_of_ours_and_nothing_installed(tmp_path):
    script = "import sys; from trainer_release import check_version_compatibility; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    ours = {name for name in done.stdout.split() if name.startswith("trainer_release")}
    assert ours == {"trainer_release", "trainer_release.compatibility"}


# --- what is heavy ---------------------------------------------------------------------------------------------------

HEAVY = {"build", "filelock", "griffe", "keyring", "networkx", "packaging", "pydantic", "pypiserver", "pytest"}
HEAVY |= {"requests", "rich", "ruamel", "tomli", "twine", "uv"}
"""Everything beside typer that is installed with us and takes a moment to import; and what only developers have."""

READ = "packaging tomli"
BUILD = f"{READ} uv filelock build requests"

RELEASE = (  # every command in the order in which a suite is released, and what of it that may import
    ("trainer-release explain drift", ""),
    ("trainer-release schema", ""),
    ("trainer-release prepare --help", ""),
    ("trainer-release init --dry-run", READ),
    ("trainer-release check", READ),
    ("trainer-release status", READ),
    ("trainer-release graph", READ),
    ("trainer-release graph --format svg", READ),
    ("trainer-release sync --check", READ),
    ("trainer-release index serve", f"{READ} pydantic"),  # the one that waits for Ctrl-C has time for typer's
    ("trainer-release build --module a", BUILD),
    ("trainer-release prepare 1.0.0 --dry-run", f"{READ} uv requests"),
    ("trainer-release prepare 1.0.0", BUILD),
    ("trainer-release tag 1.0.0", f"{READ} filelock"),
    ("trainer-release push 1.0.0", f"{READ} filelock"),
    ("trainer-release execute --yes", f"{READ} uv filelock requests twine rich"),  # twine imports rich
    ("trainer-release log", READ),
    ("trainer-release show 1.0.0", READ),
    ("trainer-release diff 1.0.0 1.0.0", READ),
    ("trainer-release verify m.json", READ),
    ("trainer-release prepare --bump patch", f"{BUILD} griffe"),
    ("trainer-release abandon 1.0.1", f"{READ} filelock requests"),
    ("trainer-release rehearse 1.0.0", f"{READ} uv filelock requests twine rich"),
    ("trainer-release drill --only nothing", f"{READ} filelock"),
    ("trainer-release withdraw 1.0.0 --dry-run", f"{READ} requests twine rich"),
    ("test-agent check", READ),
    ("test-agent discover", READ),
    ("test-agent run --module a", f"{READ} uv filelock build"),
    ("test-agent flaky --changed-since HEAD", f"{READ} uv filelock build"),
    ("test-agent compat --rows latest", f"{READ} uv filelock build requests"),
    ("test-agent report m.json", READ),  # no report, and refused
    ("test-agent schema", ""),
    ("test-agent generate", f"{READ} griffe"),
    ("test-agent compat --rows catalog", f"{READ} uv filelock build requests twine rich"),  # twine imports rich
    ("test-agent flaky --module a --runs 2", f"{READ} uv filelock build pydantic"),  # a number is converted by typer
    ("test-agent ci check", READ),
    ("test-agent ci write", READ),
    ("test-agent generate", f"{READ} griffe"),
)
REFUSED = {
    "test-agent check": 3,
    "test-agent report m.json": 3,
    "test-agent ci check": 7,
    "trainer-release drill --only nothing": 2,
}  # not installed here; no such fault


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    """A suite of one module with a remote, and a list of what is installed here, to be verified."""
    folder = tmp_path_factory.mktemp("imports")
    (folder / "home").mkdir()
    work = tiny(folder / "suite", folder / "home", {"a": ()}, umbrella=False)
    work.git("init", "--quiet", "--bare", str(folder / "remote.git"))
    work.git("remote", "add", "origin", str(folder / "remote.git"))
    work.git("push", "--quiet", "origin", "main")
    listed = {"suite_version": "1.0.0", "modules": {"pytest": {"version": version("pytest")}}}
    (work.root / ".git" / "m.json").write_text(json.dumps(listed))
    return work


@pytest.mark.e2e
def test_each_command_imports_no_more_of_what_is_heavy_than_it_may(suite):
    more = {}
    for line, may in RELEASE:
        words = line.replace("m.json", ".git/m.json")
        names = imported(suite.root, words, code=REFUSED.get(line, 0), env=environment(suite.home))
        more[line] = first_names(names) & HEAVY - set(may.split())
    assert {line: found for line, found in more.items() if found} == {}


def test_no_command_is_left_out():
    from kit.command_lines import DOORS, every_command

    said = [line for line, _ in RELEASE]
    every = [f"{door} {name}" for door, group in DOORS.items() for name in every_command(group)]
    assert [name for name in every if not any(f"{line} ".startswith(f"{name} ") for line in said)] == []


# --- of the standard library -----------------------------------------------------------------------------------------

READS = "__future__ _bisect _json _string _struct bisect configparser graphlib json logging string struct sysconfig unicodedata"


@pytest.mark.parametrize("line", ["trainer-release graph", "trainer-release sync --check"])
def test_to_read_a_suite_takes_little_of_the_standard_library_beside_what_typer_does(suite, line):
    script = "import sys; bare = set(sys.modules); import typer; print(*set(sys.modules) - bare)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    names = first_names(imported(suite.root, line, env=environment(suite.home))) & sys.stdlib_module_names
    assert names - first_names(done.stdout.split()) - {"atexit", "gc"} - set(READS.split()) == set()
