"""A gate fails in `prepare`: exit 5, the module and the end of its output are shown, and nothing of the release exists."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kit.suite import Workspace

REWRITER = """
import base64, hashlib, os, zipfile
from flit_core.buildapi import *
from flit_core import buildapi

def build_wheel(folder, config_settings=None, metadata_directory=None):
    name = buildapi.build_wheel(folder, config_settings, metadata_directory)
    with zipfile.ZipFile(os.path.join(folder, name)) as archive:
        members = {each: archive.read(each) for each in archive.namelist()}
    with zipfile.ZipFile(os.path.join(folder, name), "w") as archive:
        for path, data in members.items():
            if path.endswith("/METADATA"):
                data = data.replace(b"mill-a", b"mill-a-of-another-suite")
            archive.writestr(path, data)
    return name
"""


def failing_unit_test(work: Workspace) -> None:
    work.write("packages/b/tests/test_more.py", "def test_sums():\n    assert 1 + 1 == 3, 'sums are wrong'\n")


def failing_integration_test(work: Workspace) -> None:
    work.write("tests/integration/test_more.py", "def test_both():\n    assert 0, 'they do not fit'\n")


def module_that_does_not_build(work: Workspace) -> None:
    (work.root / "packages/b/mill_b.py").unlink()


def wheel_with_other_metadata(work: Workspace) -> None:
    work.write("packages/b/rewriter.py", REWRITER)
    work.replace("packages/b/pyproject.toml", "flit_core.buildapi", "rewriter")
    work.replace("packages/b/pyproject.toml", "[project]", 'backend-path = ["."]\n\n[project]')
    more = '\n[tool.flit.module]\nname = "mill_b"\n\n[tool.flit.sdist]\ninclude = ["rewriter.py"]\n'
    work.write("packages/b/pyproject.toml", work.read("packages/b/pyproject.toml") + more)


@pytest.mark.parametrize(
    ("fault", "shown"),
    [
        (failing_unit_test, ["tests-failed", "b alone:", "sums are wrong", "1 failed, 1 passed"]),
        (failing_integration_test, ["tests-failed", "together:", "they do not fit", "1 failed, 1 passed"]),
        (module_that_does_not_build, ["build-failed", "build_dists b", "No file/folder found for module mill_b"]),
        (
            wheel_with_other_metadata,
            ["metadata-differs", "check_metadata b", "Requires-Dist mill-a", "mill_b-1.0.0-py3-none-any.whl"],
        ),
    ],
)
def test_a_failed_gate_leaves_nothing_behind(fresh, fault: Callable[[Workspace], None], shown: list[str]):
    work = fresh({"a": (), "b": ("a",)}, umbrella=False, version="0.9.0", rows='  "1.0.0": {a: "1.0.0", b: "1.0.0"}\n')
    fault(work)
    work.commit()
    before = work.state()

    failed = work.run("prepare", "1.0.0", code=5)

    assert [words for words in shown if words not in failed.err] == []
    assert failed.out == ""
    after = work.state()
    assert [key for key in ("tree", "refs", "index", "writes") if before[key] != after[key]] == []
    assert work.git("status", "--porcelain") == ""
    assert len(work.git("worktree", "list").splitlines()) == 1
    work.run("execute", "1.0.0", code=6)
