"""Which versions belong together."""

import json
import re
import subprocess
import sys
from importlib import metadata

import pytest

import trainer_core
from trainer_core import VersionMismatchError, check_version_compatibility
from trainer_core.suite import SUITE_FILE, read_suite


def suite_file(folder, **modules):
    content = {
        "schema": "trainer-release/suite/v1",
        "suite": "demo",
        "version": "7.0.0",
        "modules": {name.replace("_", "-"): version for name, version in modules.items()},
    }
    path = folder / "suite.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_matching_versions_pass_in_silence(tmp_path):
    path = suite_file(tmp_path, pytest=metadata.version("pytest"))
    assert check_version_compatibility(path) is None


def test_every_mismatch_is_named_missing_modules_too(tmp_path):
    installed = metadata.version("pytest")
    path = suite_file(tmp_path, pytest="0.0.1", demo_absent="7.0.0", demo_gone="6.0.0")
    with pytest.raises(VersionMismatchError) as caught:
        check_version_compatibility(path)
    assert str(caught.value).splitlines() == [
        "this is not demo 7.0.0:",
        f"  pytest: expected 0.0.1, found {installed}",
        "  demo-absent: expected 7.0.0, not installed",
        "  demo-gone: expected 6.0.0, not installed",
    ]
    assert [mismatch.package for mismatch in caught.value.mismatches] == [
        "pytest",
        "demo-absent",
        "demo-gone",
    ]


def test_only_the_very_same_version_will_do(tmp_path):
    path = suite_file(tmp_path, pytest=metadata.version("pytest") + ".post1")
    with pytest.raises(VersionMismatchError):
        check_version_compatibility(path)


def test_the_embedded_suite_names_core_and_all_it_requires():
    required = {
        re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0] for line in metadata.requires("trainer-core") or []
    }
    suite = read_suite()
    assert set(suite.modules) == required | {"trainer-core"}
    assert suite.modules["trainer-core"] == suite.version


def test_the_embedded_suite_has_its_canonical_form():
    text = SUITE_FILE.read_text(encoding="utf-8")
    content = json.loads(text)
    assert list(content) == ["schema", "suite", "version", "modules"]
    assert list(content["modules"]) == sorted(content["modules"])
    assert text == json.dumps(content, indent=2) + "\n"


def test_importing_core_imports_no_other_module_of_the_suite():
    script = (
        "import sys, trainer_core, trainer_core.cli; "
        "print(*(m for m in sys.modules if m.startswith('trainer_') and not m.startswith('trainer_core')))"
    )
    done = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, check=True)
    assert done.stdout.strip() == b""


def test_an_attribute_that_is_not_there_is_an_error():
    assert trainer_core.Workflow.__name__ == "Workflow"
    with pytest.raises(AttributeError):
        _ = trainer_core.Workflows
