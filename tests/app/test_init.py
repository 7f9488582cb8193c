"""init on real repositories: what it prints, writes, refuses and asks."""

import os
import pty
import subprocess
from pathlib import Path

import pytest

from kit.suite import BIN, Workspace, add_module, environment
from trainer_release.app import init
from trainer_release.errors import ReleaseError


@pytest.fixture
def work(tmp_path):
    """A repository of three packages, one of them an example, without a catalog."""
    home = Workspace(tmp_path / "repository", tmp_path)
    home.root.mkdir()
    add_module(home, "a", path="packages/a")
    add_module(home, "b", path="packages/b", needs=["mill-a>=1.0.0"])
    add_module(home, "shown", path="examples/shown")
    return home


def committed(work):
    work.git("init", "--quiet", "--initial-branch=trunk")
    work.commit("All")
    work.git("tag", "release-1.0.0")
    work.git("tag", "release-0.9.0")
    return work


def test_a_repository_is_adopted_and_all_agrees(work):
    done = committed(work).run("init")
    assert done.out.startswith("wrote versions.yaml: mill 1.0.0, 2 packages, fixed versions\n")
    assert "left out: examples/shown (an example)" in done.out
    assert "check: all in step" in done.out
    text = work.read("versions.yaml")
    assert 'tag: "release-{version}"  # the pattern in use' in text
    assert 'branches: [trunk, "release/*"]' in text
    assert work.run("check").out == "mill 1.0.0: 2 modules, all in step\n"
    assert work.run("graph", "--format", "json").json["waves"] == [["a"], ["b"]]


def test_a_dry_run_prints_what_would_be_written_and_writes_nothing(work):
    before = sorted(work.root.rglob("*"))
    printed = work.run("init", "--dry-run").out
    assert sorted(work.root.rglob("*")) == before
    work.run("init")
    assert work.read("versions.yaml") == printed


def test_it_works_without_git(work):
    assert work.run("init").out.startswith("wrote versions.yaml")
    assert 'tag: "v{version}"' in work.read("versions.yaml")


def test_an_existing_catalog_is_never_replaced(work):
    work.write("versions.yaml", "mine: yes\n")
    done = work.run("init", code=6)
    assert "catalog-exists" in done.err
    assert "--dry-run" in done.err
    assert work.read("versions.yaml") == "mine: yes\n"
    assert "schema: 1" in work.run("init", "--dry-run").out
    work.run("init", "--output", "other.yaml")
    assert work.run("check", "--catalog", "other.yaml").out.endswith("all in step\n")


def test_what_check_says_of_the_new_catalog_is_said_at_once(work):
    work.replace("packages/b/pyproject.toml", "mill-a>=1.0.0", "mill-a>=1.5,<2")
    done = work.run("init", code=4)
    assert "pin-excludes" in done.err
    assert "packages/b/pyproject.toml:" in done.err
    assert (work.root / "versions.yaml").exists()


def test_a_second_place_of_a_version_that_drifted_is_found_told_mended_and_prepared(work):
    place = "packages/a/src/mill_a/_version.py"
    work.write("packages/a/README.md", "    pip install mill-a==1.0.0\n")
    work.write(place, '__version__ = "0.9.0"\n')
    done = committed(work).run("init", code=4)
    assert f"{place}:1" in done.err
    assert 'a: {version: "1.0.0", also: [README.md, src/mill_a/_version.py]}' in work.read("versions.yaml")
    work.run("sync")
    assert work.read(place) == '__version__ = "1.0.0"\n'
    work.run("check")
    work.git("add", "--all")
    work.commit("Adopted")
    edits = work.run("prepare", "1.1.0", "--dry-run", "--json", "--index", "local").json["edits"]
    assert {place, "packages/a/README.md"} <= {edit["path"] for edit in edits}


def test_a_broken_project_is_told_with_its_place_and_the_others_are_adopted(work):
    work.write("packages/c/pyproject.toml", "[project\n")
    done = work.run("init", "--json", code=3)
    assert sorted(done.json["modules"]) == ["a", "b"]
    assert [problem["path"] for problem in done.json["problems"]] == ["packages/c/pyproject.toml"]


def test_the_json_holds_the_catalog_and_what_was_found(work):
    document = work.run("init", "--json", "--dry-run").json
    assert document["schema"] == "trainer-release/init/v1"
    assert document["written"] is False
    assert document["modules"]["b"] == {
        "package": "mill-b",
        "path": "packages/b",
        "version": "1.0.0",
        "layout": "pep621",
    }
    assert document["left_out"] == [{"path": "examples/shown", "package": "mill-shown", "why": "an example"}]
    assert document["catalog"].startswith("# Written by `trainer-release init`")
    assert not (work.root / "versions.yaml").exists()


def test_a_folder_without_released_projects_is_refused(tmp_path):
    add_module(Workspace(tmp_path, tmp_path), "x", path="examples/x")
    with pytest.raises(ReleaseError) as caught:
        init.look(tmp_path)
    assert (caught.value.problems[-1].code, caught.value.exit) == ("nothing-to-adopt", 3)
    with pytest.raises(ReleaseError):
        init.look(tmp_path, Path("nowhere/versions.yaml"))


def test_the_repository_is_called_by_its_address_and_a_workspace_in_it_by_its_folder(work):
    add_module(work, "other", path="packages/other", package="different")
    committed(work).git("remote", "add", "origin", "git@git.example:team/grinder.git")
    assert init.look(work.root).called == "grinder"
    assert init.look(work.root / "packages").called == "packages"
    work.git("checkout", "--quiet", "--detach")
    assert init.look(work.root).branch is None


def test_a_person_is_asked_for_the_name_and_the_index(work):
    screen = answered(work, "grist\nlocal\n")
    assert "The suite's name [mill]:" in screen
    text = work.read("versions.yaml")
    assert "\ngrist:\n" in text
    assert "index: local" in text


def test_nobody_is_asked_in_a_workflow(work):
    assert "The suite's name" not in answered(work, "", CI="true")
    assert "\nmill:\n" in work.read("versions.yaml")


def answered(work, keys, **more):
    """What a terminal shows of `init` while these keys are typed."""
    here, there = pty.openpty()
    line = [BIN / "trainer-release", "init"]
    process = subprocess.Popen(
        line, cwd=work.root, env=environment(work.home) | more, stdin=there, stdout=there, stderr=there
    )
    os.close(there)
    os.write(here, keys.encode())
    shown = b""
    while chunk := read_of(here):
        shown += chunk
    assert process.wait(timeout=60) == 0, shown
    os.close(here)
    return shown.decode()


def read_of(terminal):
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux says so at the end
        return b""
