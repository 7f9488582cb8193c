"""A suite of four git repositories: one plan, one release, and nothing half-done between them."""

from __future__ import annotations

import contextlib
import os
import signal

import pytest

from kit.processes import processes, wait
from kit.several import NEEDS, Several, several

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> Several:
    """The suite, prepared as 2.0.0, nothing pushed."""
    folder = tmp_path_factory.mktemp("four")
    made = several(folder, folder / "home")
    made.work.run("prepare", "2.0.0")
    return made


def test_the_plan_names_every_commit_and_changes_nothing(tmp_path):
    made = several(tmp_path, tmp_path / "home", uris=True)
    before, there = made.work.state(), made.there()
    plan = made.work.run("prepare", "2.0.0", "--dry-run", "--json").json
    heads = {name: made.work.git("rev-parse", "main", cwd=made.remotes[name]) for name in NEEDS}
    assert {name: place["commit"] for name, place in plan["repositories"].items()} == {
        ".": made.work.git("rev-parse", "HEAD"),
        **heads,
    }
    assert plan["waves"] == [["a"], ["b"], ["c"], ["core"]]
    assert {edit["path"] for edit in plan["edits"]} >= {"a:/pyproject.toml", "b:/pyproject.toml", "c:/pyproject.toml"}
    assert (made.work.state(), made.there()) == (before, there)


def test_every_repository_is_committed_and_tagged_and_the_record_lists_commit_and_tree(prepared):
    record = prepared.work.record("v2.0.0")
    for name in NEEDS:
        git, clone = prepared.work.git, prepared.clone(name)
        commit = git("rev-parse", "v2.0.0^{commit}", cwd=clone)
        assert commit == git("rev-parse", "main", cwd=clone) == record["repositories"][name]["commit"]
        assert git("rev-parse", "main^{tree}", cwd=clone) == record["repositories"][name]["tree"]
        assert 'version = "2.0.0"' in git("show", "main:pyproject.toml", cwd=clone)
        assert git("diff", "--name-only", "main~1", "main", cwd=clone) == "pyproject.toml"
    assert '"mill-b==2.0.0"' in prepared.work.git("show", "main:pyproject.toml", cwd=prepared.clone("c"))
    assert prepared.work.git("status", "--porcelain") == ""
    assert "all in step" in prepared.work.run("check").out


def cut_off(made: Several) -> None:
    """Kill `prepare 3.0.0` (all of its processes) when b has its tag, while c still waits for a lock on its branch."""
    made.work.git("config", "core.filesRefLockTimeout", "60000", cwd=made.clone("c"))
    lock = made.clone("c") / "refs" / "heads" / "main.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    lock.touch()
    process = made.work.start("prepare", "3.0.0")
    assert wait(lambda: bool(made.work.git("for-each-ref", "refs/tags/v3.0.0", cwd=made.clone("b"))), 120)
    assert process.poll() is None
    for pid in (process.pid, *processes(made.work.root)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.communicate()
    lock.unlink()
    made.work.git("config", "--unset", "core.filesRefLockTimeout", cwd=made.clone("c"))
    assert [bool(made.work.git("tag", "-l", "v3.0.0", cwd=made.clone(name))) for name in "abc"] == [True, True, False]
    assert made.work.git("tag", "-l", "v3.0.0") == ""


def test_a_kill_between_two_repositories_is_finished_or_undone(prepared, tmp_path):
    made = prepared.copy(tmp_path / "killed")
    before = made.refs()
    cut_off(made)
    other = made.copy(tmp_path / "undone")

    told = made.work.run("status", "--json").json["releases"][0]
    assert (told["version"], told["state"], len(told["missing"])) == ("3.0.0", "cut off", 5)
    refused = made.work.run("prepare", "4.0.0", code=6)
    assert "release-pending" in refused.err
    made.work.run("prepare", "3.0.0")
    record = made.work.record("v3.0.0")
    for name in NEEDS:
        commit = made.work.git("rev-parse", "v3.0.0^{commit}", cwd=made.clone(name))
        assert commit == made.work.git("rev-parse", "main", cwd=made.clone(name))
        assert commit == record["repositories"][name]["commit"]
    assert made.work.git("status", "--porcelain") == ""
    assert 'version: "3.0.0"' in made.work.read("versions.yaml")
    assert "prepared already" in made.work.run("prepare", "3.0.0").err
    assert len(made.work.run("execute", "3.0.0", "--json").json["uploaded"]) == 8

    said = other.work.run("abandon", "3.0.0").out
    assert other.refs() == before
    assert other.work.git("status", "--porcelain") == ""
    assert "a: refs/tags/v3.0.0" in said
    assert "b: refs/heads/main" in said
    assert "nothing-prepared" in other.work.run("abandon", "3.0.0", code=6).err


def test_abandon_restores_every_repository_its_remote_too(prepared, tmp_path):
    made = prepared.copy(tmp_path / "back")
    made.work.run("push", "2.0.0")
    pushed = made.there()
    assert all("refs/tags/v2.0.0" in refs for refs in pushed.values())
    said = made.work.run("abandon", "2.0.0").out
    assert all("v2.0.0" not in refs for refs in (*made.refs().values(), *made.there().values()))
    assert "a: the release commit" in said  # a pushed branch is nobody's to move back


def test_abandon_leaves_what_somebody_else_has_under_a_name_of_ours(prepared, tmp_path):
    made = prepared.copy(tmp_path / "foreign")
    for place in made.remotes.values():
        made.work.git("tag", "v2.0.0", "main", cwd=place)
    before = made.there()
    made.work.run("abandon", "2.0.0")
    assert made.there() == before
    assert all("v2.0.0" not in refs for refs in made.refs().values())


def test_what_was_pushed_is_executed_from_a_fresh_clone_and_verified(prepared, tmp_path):
    made = prepared.copy(tmp_path / "pushed")
    said = made.work.run("push", "2.0.0").out.splitlines()
    assert said[-1].endswith("refs/tags/v2.0.0")
    assert ":" not in said[-1].split()[-1]
    files = made.work.cache / "artifacts" / "2.0.0"
    made.work.git("clone", "--quiet", str(made.remotes["suite"]), str(tmp_path / "pushed" / "fresh"))
    fresh = made.work.__class__(tmp_path / "pushed" / "fresh", made.work.home)
    fresh.run("execute", "2.0.0", "--artifacts", str(files), "--dry-run")
    assert not (fresh.data / "repositories").exists()
    built = tmp_path / "built"
    fresh.run("build", "--module", "b", "--out", str(built))
    assert [file.read_bytes() for file in sorted(built.iterdir())] == [
        file.read_bytes() for file in sorted((files / "b").iterdir())
    ]
    done = fresh.run("execute", "2.0.0", "--artifacts", str(files), "--json").json
    assert len(done["uploaded"]) == 8
    order = [name.split("-")[0] for name in fresh.uploads()]
    assert [order.index(f"mill_{name}") for name in "abc"] == sorted(order.index(f"mill_{name}") for name in "abc")
    manifest = fresh.manifest("2.0.0")
    assert set(manifest["git"]["repositories"]) == set(NEEDS)
    assert fresh.run("status", "--json").json["releases"][0]["state"] == "published"


def test_a_ref_that_moved_since_prepare_invalidates_the_release(prepared, tmp_path):
    made = prepared.copy(tmp_path / "moved")
    made.push_to("b", "README.md", "news\n")
    before = made.there()
    for words in (["execute", "2.0.0"], ["push", "2.0.0"], ["execute", "2.0.0", "--dry-run"]):
        refused = made.work.run(*words, code=6)
        assert "repository-moved" in refused.err
        assert "abandon 2.0.0" in refused.err
    assert made.there() == before
    assert made.work.uploads() == []
    assert "repository-moved" in made.work.run("prepare", "3.0.0", code=6).err
    made.work.run("abandon", "2.0.0")
    made.work.run("prepare", "2.0.0")
    assert made.work.git("show", "v2.0.0:README.md", cwd=made.clone("b")) == "news"


def test_a_gate_that_fails_leaves_every_repository_as_it_was(prepared, tmp_path):
    made = prepared.copy(tmp_path / "red")
    made.work.run("abandon", "2.0.0")
    made.push_to("c", "tests/test_mill_c.py", "def test_no():\n    assert 0\n")
    before, there = made.refs(), made.there()
    failed = made.work.run("prepare", "2.0.0", code=5)
    assert "run_isolated_tests c" in failed.err
    made.work.git("update-ref", "refs/heads/main", before["c"].split()[0], cwd=made.clone("c"))
    assert (made.refs(), made.there()) == (before, there)


def test_bad_repositories_are_all_named(prepared, tmp_path):
    made = prepared.copy(tmp_path / "bad")
    made.work.run("abandon", "2.0.0")
    made.work.replace("versions.yaml", "repository: ../a.git", "repository: ../nowhere.git")
    made.work.replace("versions.yaml", "repository: ../b.git, ref: main", "repository: ../b.git, ref: no-such")
    refused = made.work.run("prepare", "2.0.0", code=6)
    assert "remote-unreachable" in refused.err
    assert "nowhere.git" in refused.err
    assert "ref-missing" in refused.err
    assert "no-such" in refused.err


@pytest.mark.full
def test_a_tag_as_ref_is_released_as_it_stands_and_not_otherwise(prepared, tmp_path):
    made = prepared.copy(tmp_path / "fixed")
    made.work.run("abandon", "2.0.0")
    made.work.git("tag", "steady", "main", cwd=made.remotes["a"])
    made.work.replace("versions.yaml", "repository: ../a.git, ", "repository: ../a.git, ref: steady")
    assert "ref-fixed" in made.work.run("prepare", "2.0.0", "--dry-run", code=6).err
    made.work.replace(
        "versions.yaml",
        "release:",
        'compatibility:\n  "1.1.0": {a: "1.0.0", b: "1.1.0", c: "1.1.0"}\nrelease:',
    )
    made.work.run("prepare", "1.1.0")
    record = made.work.record("v1.1.0")["repositories"]["a"]
    assert record["branch"] is None
    assert record["commit"] == made.work.git("rev-parse", "main", cwd=made.remotes["a"])
    assert len(made.work.run("execute", "1.1.0", "--json").json["uploaded"]) == 8


@pytest.mark.full
def test_a_release_by_pull_requests_is_merged_and_tagged_in_every_repository(tmp_path):
    made = several(tmp_path, tmp_path / "home", release="{index: local, push: pull-request}")
    work = made.work
    work.run("prepare", "2.0.0")
    assert all("refs/heads/release/2.0.0" in refs and "v2.0.0" not in refs for refs in made.refs().values())
    work.run("push", "2.0.0")
    assert "tree-differs" in work.run("tag", "2.0.0", code=6).err
    for name, place in made.remotes.items():
        other = tmp_path / f"merge-{name}"
        work.git("clone", "--quiet", str(place), str(other))
        work.git("merge", "--quiet", "--squash", "origin/release/2.0.0", cwd=other)
        work.git("commit", "--quiet", "-m", "Squashed", cwd=other)
        work.git("push", "--quiet", "origin", "main", ":release/2.0.0", cwd=other)
    work.run("tag", "2.0.0")
    for name in NEEDS:
        assert work.git("rev-parse", "v2.0.0^{commit}", cwd=made.clone(name)) == work.git(
            "rev-parse", "main", cwd=made.remotes[name]
        )
    work.run("push", "2.0.0")
    fresh = work.__class__(tmp_path / "fresh", work.home)
    work.git("clone", "--quiet", str(made.remotes["suite"]), str(fresh.root))
    files = work.cache / "artifacts" / "2.0.0"
    assert len(fresh.run("execute", "2.0.0", "--artifacts", str(files), "--json").json["uploaded"]) == 8


@pytest.mark.full
@pytest.mark.parametrize("refs", range(1, 9))
@pytest.mark.parametrize("all_of_it", [True, False])
def test_killed_wherever_it_is_the_refs_are_finished_or_undone(prepared, tmp_path, refs, all_of_it):
    """Killed as soon as so many of the nine refs of 3.0.0 are there."""
    made = prepared.copy(tmp_path / "killed")
    before = made.refs()
    places = [made.clone(name) for name in NEEDS] + [made.work.top / ".git"]

    def moved() -> int:
        tags = sum((place / "refs" / "tags" / "v3.0.0").exists() for place in places)
        records = (places[-1] / "refs" / "trainer-release" / "mill" / "3.0.0").exists()
        heads = [(place / "refs" / "heads" / "main").read_text().strip() for place in places if place.exists()]
        return tags + records + sum(head not in str(before) for head in heads)

    process = made.work.start("prepare", "3.0.0")
    assert wait(lambda: process.poll() is not None or moved() >= refs, 120)
    for pid in (process.pid, *(processes(made.work.root) if all_of_it else ())):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.communicate()
    assert wait(lambda: not processes(made.work.root), 30)
    other = made.copy(tmp_path / "undone")
    made.work.run("prepare", "3.0.0")
    record = made.work.record("v3.0.0")["repositories"]
    assert {name: made.work.git("rev-parse", "main", cwd=made.clone(name)) for name in NEEDS} == {
        name: record[name]["commit"] for name in NEEDS
    }
    assert made.work.git("status", "--porcelain") == ""
    other.work.run("abandon", "3.0.0", code=0 if other.refs() != before else None)
    assert other.refs() == before
    assert other.work.git("status", "--porcelain") == ""
