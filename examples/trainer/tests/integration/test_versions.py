"""The installed modules are the ones that were released together."""

import importlib
import subprocess
import sys
from importlib import metadata

import pytest

from trainer_core import check_version_compatibility
from trainer_core.suite import read_suite

MODULES = read_suite().modules


def trainer(cwd, *arguments):
    done = subprocess.run(
        [sys.executable, "-m", "trainer_core", *arguments],
        capture_output=True,
        check=False,
        cwd=cwd,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout


def test_the_installed_modules_belong_together():
    assert check_version_compatibility() is None


@pytest.mark.parametrize("package", sorted(MODULES))
def test_each_module_is_installed_typed_and_in_its_version(package):
    assert metadata.version(package) == MODULES[package]
    module = importlib.import_module(package.replace("-", "_"))
    files = [str(path) for path in metadata.files(package) or []]
    assert module.__doc__
    assert not files or any(path.endswith((".pth", "py.typed")) for path in files)


def test_the_command_confirms_the_versions(tmp_path):
    code, out = trainer(tmp_path, "check")
    assert (code, f"trainer {read_suite().version}" in out) == (0, True)


def test_the_command_lists_the_versions(tmp_path):
    code, out = trainer(tmp_path, "versions")
    listed = dict(line.split() for line in out.splitlines())
    assert code == 0
    assert listed == {"trainer": read_suite().version, **MODULES}


def test_the_console_script_is_the_module():
    scripts = [
        entry
        for entry in metadata.distribution("trainer-core").entry_points
        if entry.group == "console_scripts"
    ]
    assert [(entry.name, entry.value) for entry in scripts] == [("trainer", "trainer_core.cli:main")]
    assert scripts[0].load() is importlib.import_module("trainer_core.cli").main
