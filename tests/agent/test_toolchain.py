"""pytest in environments: resolved, installed and compiled once, then copied."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from kit.cells import cell, source, tools, wheel
from trainer_release.agent.environments.making import ready
from trainer_release.errors import ReleaseError
from trainer_release.world.venvs import Venvs, interpreter

TEST = {"tests/test_it.py": "def test_it(): pass\n"}


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """A folder that holds a toolchain already."""
    base = tmp_path_factory.mktemp("toolchain")
    made(base, base / "cache", wheel(base / "dist", "kit-first"))
    return base / "cache"


def made(folder, cache, *wheels, venvs=None, **changes):
    given = cell(source(folder / "p", TEST), wheels, **changes)
    return ready(given, venvs or tools().venvs, folder / "cell", cache)


def telling(folder: Path) -> Venvs:
    """uv, and a file to which it is told what it is asked."""
    script = folder / "uv"
    uv = tools().venvs.uv
    script.write_text(f'#!/bin/sh\necho "$*" >> "{folder}/asked"\nexec "{uv}" "$@"\n')
    script.chmod(0o755)
    return Venvs(interpreter(), str(script))


def asked(folder: Path) -> list[str]:
    return (folder / "asked").read_text().splitlines()


def test_the_next_environment_gets_pytest_without_an_installer_and_without_an_index(cache, tmp_path):
    first = made(tmp_path, cache, wheel(tmp_path / "dist", "kit-one"))
    second = made(tmp_path, cache, wheel(tmp_path / "dist", "kit-two"), venvs=telling(tmp_path))
    assert set(first.packages) - {"kit-one==1.0"} == set(second.packages) - {"kit-two==1.0"}
    creates, installs = asked(tmp_path)
    assert creates.startswith("venv ")
    assert {"--offline", "pytest>=8"} & set(installs.split()) == {"--offline"}
    assert len(list(cache.glob("test-agent/toolchains/*/env-*"))) == 1


def test_what_was_compiled_once_is_not_compiled_again(cache, tmp_path):
    found = made(tmp_path, cache, wheel(tmp_path / "dist", "kit-one", "1.1"))
    words = [found.python, "-I", "-v", "-c", "import _pytest.assertion.rewrite"]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stderr
    (site,) = found.folders
    assert f"# code object from '{site}/_pytest/assertion/__pycache__/rewrite.cpython" in said
    assert f"# code object from {site}" not in said  # as it says of a source file


def test_a_script_that_was_copied_runs_in_the_environment_that_it_lies_in(cache, tmp_path):
    found = made(tmp_path, cache, wheel(tmp_path / "dist", "kit-one", "1.2"))
    test = tmp_path / "test_prefix.py"
    test.write_text(f"import sys, kit_one\ndef test_it(): assert sys.prefix == {str(found.prefix)!r}\n")
    subprocess.run([found.prefix / "bin" / "pytest", "-q", test], check=True, capture_output=True)


def test_a_toolchain_that_was_changed_is_made_anew(tmp_path):
    cache = tmp_path / "cache"
    before = made(tmp_path, cache, wheel(tmp_path / "dist", "kit-one"))
    (place,) = cache.glob("test-agent/toolchains/*/env-*/lib/python*/site-packages/_pytest/__pycache__/main.*.pyc")
    at = place.stat()
    place.write_bytes(place.read_bytes().replace(b"no tests ran", b"no tests run"))
    os.utime(place, ns=(at.st_atime_ns, at.st_mtime_ns))
    after = made(tmp_path, cache, wheel(tmp_path / "dist", "kit-two"))
    assert len(list(cache.glob("test-agent/toolchains/*/env-*"))) == 2
    (site,) = after.folders
    copied = next(Path(site).glob("_pytest/__pycache__/main.*.pyc"))
    assert b"no tests run" not in copied.read_bytes()
    assert before.freeze != after.freeze  # they hold other modules


def test_what_a_module_declares_bounds_what_its_tests_get(cache, tmp_path):
    """It is there before pytest is, and pytest takes it as it is."""
    one = wheel(tmp_path / "dist", "kit-bound", "1.0", ["iniconfig<2.1"])
    found = made(tmp_path, cache, one)
    (line,) = [line for line in found.packages if line.startswith("iniconfig==")]
    assert line < "iniconfig==2.1"
    assert any(line.startswith("pytest==") for line in found.packages)
    again = made(
        tmp_path, cache, wheel(tmp_path / "new", "kit-bound", "1.1", ["iniconfig<2.1"]), venvs=telling(tmp_path)
    )
    assert line in again.packages
    assert all("--offline" in words.split() for words in asked(tmp_path)[1:])  # the same as recorded for these modules


def test_a_module_of_the_suite_that_pytest_needs_comes_from_its_file(cache, tmp_path):
    own = wheel(tmp_path / "dist", "pluggy", "1.9.9")
    found = made(tmp_path, cache, own, family={"pluggy": "plug"})
    assert "pluggy==1.9.9" in found.packages


def test_a_module_that_brings_a_file_of_pytest_is_told_as_what_differs(cache, tmp_path):
    one = wheel(tmp_path / "dist", "kit-one", "1.0", **{"py.py": "own = True\n"})
    with pytest.raises(ReleaseError) as caught:
        made(tmp_path, cache, one)
    assert caught.value.problems[0].code == "environment-differs"


def test_without_a_cache_an_environment_is_made_of_itself(tmp_path):
    found = made(tmp_path, None, wheel(tmp_path / "dist", "kit-one", "1.3"))
    assert any(line.startswith("pytest==") for line in found.packages)
    assert not list(tmp_path.glob("**/toolchains"))


def test_a_refresh_asks_the_index(cache, tmp_path):
    given = cell(source(tmp_path / "p", TEST), (wheel(tmp_path / "dist", "kit-one", "1.4"),))
    ready(given, telling(tmp_path), tmp_path / "cell", cache, refresh=True)
    assert any("pytest>=8" in words and "--offline" not in words for words in asked(tmp_path))
