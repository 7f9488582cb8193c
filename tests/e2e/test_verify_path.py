"""`verify`: a user's environment against a suite version, without a network."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from kit.index import make_wheel
from kit.installed import empty, install, serving
from kit.suite import BIN, Done, Workspace, environment

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def standing(executed, tmp_path):
    """The published suite and an environment that was installed from its index as the constraints file says."""
    python = empty(tmp_path / "env", executed.home)
    constraints = executed.data / "manifests" / "mill-core-1.0.0-constraints.txt"
    with serving(executed) as url:
        install(python, executed.home, "--index-url", url, "--constraint", constraints, "mill-core")
    return executed, python


def cut_off() -> list[str]:
    """The words that take a command's network away, none where this machine cannot."""
    words = ["unshare", "--map-root-user", "--net"]
    can = shutil.which("unshare") and subprocess.run([*words, "true"], check=False, capture_output=True).returncode == 0
    return words if can else []


def offline(work: Workspace, *words: str, cwd=None) -> Done:
    proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "PIP_INDEX_URL", "UV_DEFAULT_INDEX"), NOWHERE)
    line = [*cut_off(), str(BIN / "trainer-release"), *words]
    done = subprocess.run(
        line, cwd=cwd or work.root, env=environment(work.home) | proxies, check=False, capture_output=True, text=True
    )
    return Done(words, done.returncode, done.stdout, done.stderr)


def test_a_right_environment_is_confirmed_and_a_wrong_module_is_named_without_a_network(standing, tmp_path):
    work, python = standing
    manifest = str(work.data / "manifests" / "mill-core-1.0.0-manifest.json")
    ways = {
        "the newest manifest of the workspace": ([], work.root),
        "a manifest from anywhere": ([manifest], tmp_path),
        "a suite version of the workspace": (["mill==1.0.0"], work.root),
    }
    for how, (words, cwd) in ways.items():
        right = offline(work, "verify", *words, "--python", str(python), cwd=cwd)
        assert (how, right.code, right.err) == (how, 0, "")
        assert "1.0.0" in right.out

    install(python, work.home, "--offline", "--no-deps", make_wheel(tmp_path, "mill-b", "1.0.5"))

    wrong = offline(work, "verify", "--python", str(python))
    assert (wrong.code, wrong.out) == (4, "")
    assert "mill-b: 1.0.0 expected, 1.0.5 found" in wrong.err
    assert "mill-a" not in wrong.err
    answer = offline(work, "verify", manifest, "--python", str(python), "--json", cwd=tmp_path)
    document = json.loads(answer.out)
    assert (answer.code, document["ok"], document["suite_version"]) == (4, False, "1.0.0")
    assert [each["package"] for each in document["mismatches"]] == ["mill-b"]


def test_a_module_that_is_missing_is_named(standing):
    work, python = standing
    command = [str(BIN / "uv"), "pip", "uninstall", "--quiet", "--python", str(python), "mill-c"]
    subprocess.run(command, check=True, env=environment(work.home))
    assert "mill-c: 1.0.0 expected, not installed" in work.run("verify", "--python", str(python), code=4).err


def test_without_anything_to_verify_against_the_next_move_is_told(fresh, tmp_path):
    work = fresh({"a": ()}, umbrella=False)
    told = work.run("verify", "--python", str(BIN / "python"), code=None)
    assert told.code == 6
    assert "error[nothing-to-verify]" in told.err
    assert "\n   = " in told.err
