"""The workflows, ours and the example's: what they may do, whether their commands exist, and that they release a suite."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sys
from pathlib import Path

import pytest

from kit.command_lines import parse
from kit.suite import BIN, Workspace, environment
from kit.workflow import Forge, load, steps
from trainer_release.app import ci

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "trainer"
WORKFLOWS = sorted([*ROOT.glob(".github/workflows/*.yml"), *EXAMPLE.glob(".github/workflows/*.yml")])
pytestmark = pytest.mark.skipif(not (ROOT / "scripts").is_dir(), reason="about the repository, which is not here")
RELEASES = [path for path in WORKFLOWS if path.name == "release.yml"]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def commands(path: Path) -> list[str]:
    """The lines of ours in a workflow's scripts, each variable a word."""
    lines = [line.strip() for _, step in steps(load(path)) for line in step.get("run", "").splitlines()]
    return [line for line in lines if line.startswith(("trainer-release ", "test-agent "))]


def test_both_projects_have_their_two_workflows_and_the_example_one_a_module_and_one_for_all():
    own = {"ci.yml", "release.yml"}
    modules = ("prompt-manager", "llm-provider", "data-retriever", "format-converter", "test-agent", "core")
    assert {path.name for path in WORKFLOWS if EXAMPLE not in path.parents} == own
    made = {"integration.yml", *(f"test-{name}.yml" for name in modules)}
    assert {path.name for path in WORKFLOWS if EXAMPLE in path.parents} == own | made
    assert len(RELEASES) == 2


def test_the_example_s_workflows_are_those_that_its_catalog_asks_for():
    assert ci.check(EXAMPLE, None) == ()


@pytest.mark.parametrize("path", WORKFLOWS, ids=named)
def test_every_action_is_named_by_a_commit(path):
    used = [step["uses"] for _, step in steps(load(path)) if "uses" in step]
    assert used
    assert [name for name in used if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", name)] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=named)
def test_a_workflow_has_no_rights_but_those_that_a_job_asks_for(path):
    workflow = load(path)
    assert workflow["permissions"] == {}
    for name, job in workflow["jobs"].items():
        wanted = {"contents": "read"} if name != "publish" else {"id-token": "write", "contents": "write"}
        assert job["permissions"] == wanted, name


@pytest.mark.parametrize("path", WORKFLOWS, ids=named)
def test_every_job_has_a_limit_and_keeps_no_token_in_its_clone(path):
    workflow = load(path)
    assert [name for name, job in workflow["jobs"].items() if not job.get("timeout-minutes")] == []
    checkouts = [step for _, step in steps(workflow) if step.get("uses", "").startswith("actions/checkout@")]
    assert len(checkouts) == len(workflow["jobs"])
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


@pytest.mark.parametrize("path", WORKFLOWS, ids=named)
def test_no_text_of_the_event_is_pasted_into_a_script(path):
    assert [step["run"] for _, step in steps(load(path)) if "${{" in step.get("run", "")] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=named)
def test_every_command_in_a_workflow_exists_with_its_options(path):
    for line in commands(path):
        parse(line)
    assert commands(path) or "scripts/test" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", RELEASES, ids=named)
def test_a_release_starts_with_a_suite_tag_and_nothing_else(path):
    assert load(path)["on"] == {"push": {"tags": ["v[0-9]+.[0-9]+.[0-9]+*"]}}


@pytest.mark.parametrize("path", RELEASES, ids=named)
def test_what_may_publish_neither_builds_nor_tests(path):
    jobs = load(path)["jobs"]
    assert list(jobs) == ["build", "test", "publish"]
    assert jobs["test"]["needs"] == "build"
    assert jobs["publish"]["needs"] == "test"
    scripts = "\n".join(step.get("run", "") for step in jobs["publish"]["steps"])
    assert "trainer-release execute --artifacts dist --verdict verdicts" in scripts
    assert not re.search(r"trainer-release build|test-agent|pytest|pip install \.|-m build", scripts)


def digests(folder: Path) -> dict[str, str]:
    """sha256 of every distribution below a folder, by name."""
    found = [path for path in folder.rglob("*") if path.name.endswith((".whl", ".tar.gz"))]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


@pytest.mark.e2e
def test_a_tag_made_by_hand_is_built_tested_and_published_by_the_three_jobs_as_the_same_bytes(tmp_path):
    work = Workspace(tmp_path / "trainer", tmp_path / "home", "trainer")
    shutil.copytree(EXAMPLE, work.root)
    work.git("init", "--quiet", "--initial-branch=main")
    work.commit("The suite")
    work.git("tag", "v1.0.0")  # as in the seed: no record anywhere
    env = environment(work.home) | {"CI": "true", "PATH": f"{BIN}:{environment(work.home)['PATH']}"}
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    forge = Forge(
        work.root, "v1.0.0", tmp_path / "run", env, {"--index pypi": "--index local"}, {"python": here}
    )  # fmt: skip
    jobs = load(EXAMPLE / ".github/workflows/release.yml")["jobs"]
    assert here in jobs["test"]["strategy"]["matrix"]["python"]

    built = digests(forge.play("build", jobs["build"]) / "dist")
    assert len(built) == 12
    forge.play("test", jobs["test"])
    published = forge.play("publish", jobs["publish"])

    assert digests(published / ".git/trainer-release/trainer/data/index") == built
    manifest = json.loads((published / "out/trainer-core-1.0.0-manifest.json").read_text())
    listed = {file["name"]: file["sha256"] for module in manifest["modules"].values() for file in module["files"]}
    assert listed == built
    assert {(cell["mode"], cell["status"]) for cell in manifest["tested_with"]["cells"]} == {
        ("isolated", "passed"),
        ("integration", "passed"),
    }
    assert (published / "out/trainer-core-1.0.0-constraints.txt").is_file()
    assert not [line for line in forge.ran if line.startswith("gh ")]
