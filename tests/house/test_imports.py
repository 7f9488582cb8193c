"""What a command imports: start-up time is a feature."""

from __future__ import annotations

import subprocess
import sys

import pytest

from kit.repo import repository
from kit.repo import suite as suite_files

HEAVY = {
    "rich",
    "networkx",
    "twine",
    "ruamel",
    "requests",
    "packaging",
    "pypiserver",
    "build",
    "griffe",
    "hypothesis",
    "pytest",
}
SCRIPT = """
import sys
sys.argv = {argv!r}
from trainer_release.cli import {door}
try:
    {door}()
except SystemExit as end:
    code = end.code or 0
else:
    code = 0
print("\\nIMPORTED", code, *sorted({{name.partition(".")[0] for name in sys.modules}}))
"""


def imported(folder, *words, door="trainer_release"):
    """The top-level names of what a command has imported when it ends."""
    script = SCRIPT.format(argv=[door.replace("_", "-"), *words], door=door)
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=False)
    code, *names = done.stdout.rpartition("\nIMPORTED ")[2].split()
    assert code == "0", done.stderr
    return set(names)


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    return repository(tmp_path_factory.mktemp("imports"), suite_files()).root


@pytest.mark.parametrize("door", ["trainer_release", "test_agent"])
def test_the_version_is_told_before_anything_is_imported(tmp_path, door):
    assert imported(tmp_path, "--version", door=door) & (HEAVY | {"typer", "click"}) == set()


@pytest.mark.parametrize(
    ("door", "words"),
    [
        ("trainer_release", ["--help"]),
        ("trainer_release", ["prepare", "--help"]),
        ("trainer_release", ["execute", "--help"]),
        ("trainer_release", ["schema"]),
        ("trainer_release", ["explain", "dirty-tree"]),
        ("test_agent", ["--help"]),
    ],
)
def test_help_and_pages_import_nothing_heavy(tmp_path, door, words):
    assert imported(tmp_path, *words, door=door) & HEAVY == set()


NETWORK = {"twine", "rich", "requests", "pypiserver", "build", "keyring", "urllib3", "griffe"}


@pytest.mark.parametrize("words", [["graph"], ["graph", "--format", "json"], ["sync", "--check"]])
def test_looking_at_files_imports_nothing_for_git_or_indexes(suite, words):
    assert imported(suite, *words) & NETWORK == set()


def test_the_check_of_every_pull_request_is_offline(suite):
    assert imported(suite, "check") & NETWORK == set()


def test_looking_at_a_fresh_repository_asks_no_index(suite):
    assert imported(suite, "status") & {"twine", "rich", "pypiserver", "build", "keyring"} == set()


def test_the_check_for_users_imports_nothing_of_ours_and_nothing_installed(tmp_path):
    script = "import sys; from trainer_release import check_version_compatibility; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    ours = {name for name in done.stdout.split() if name.startswith("trainer_release")}
    assert ours == {"trainer_release", "trainer_release.compatibility"}
