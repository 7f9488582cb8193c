"""`rehearse` goes the whole way, and nothing of the person's, their remotes' or their index's is another afterwards."""

from __future__ import annotations

import hashlib
import os

import pytest

from kit.index import make_sdist, make_wheel
from kit.several import several
from kit.suite import environment, tiny
from trainer_release.app.drill import drill
from trainer_release.app.rehearse import rehearse
from trainer_release.errors import ReleaseError
from trainer_release.world.local_index import running


def digest(*folders):
    """Every path below the folders with its bytes, links and all of .git among them; caches of uv and of build
    environments, which hold by content what any command may leave there, aside."""
    said = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if ".cache" not in path.parts:
                said.update(f"{path} {path.lstat().st_mode}\0".encode())
                said.update(bytes(path.readlink()) if path.is_symlink() else b"")
                said.update(path.read_bytes() if path.is_file() else b"")
    return said.hexdigest()


def test_a_rehearsal_of_a_hotfix_pushes_uploads_and_verifies_in_copies_alone(tmp_path):
    """One module is carried from a named index; the row is not committed; the remote is ahead by a branch."""
    home = tmp_path / "home"
    home.mkdir()
    for make in (make_wheel, make_sdist):
        make(
            tmp_path / "index" / "files",
            "mill-a",
            "1.0.0",
            files={"mill_a/__init__.py": "def name():\n    return 'a'\n"},
        )
    with running(tmp_path / "index", ["mill-a", "mill-b"]) as server:
        index = f"indexes: {{house: {{upload: {server.address.upload}, simple: {server.address.simple}}}}}\n"
        release = "{index: house, versioning: independent, build: ci}"
        work = tiny(tmp_path / "suite", home, {"a": (), "b": ("a",)}, umbrella=False, release=release, more=index)
        remote = tmp_path / "remote.git"
        work.git("init", "--quiet", "--bare", str(remote))
        work.git("remote", "add", "origin", str(remote))
        work.git("push", "--quiet", "--set-upstream", "origin", "main")
        somebody = tmp_path / "somebody"
        work.git("clone", "--quiet", str(remote), str(somebody))
        work.git("commit", "--quiet", "--allow-empty", "-m", "Theirs", cwd=somebody)
        work.git("push", "--quiet", "origin", "HEAD:refs/heads/theirs", cwd=somebody)
        for hooks in (work.root / ".git" / "hooks", remote / "hooks"):
            for name in ("pre-push", "pre-commit", "pre-receive", "reference-transaction"):
                (hooks / name).write_text(f"#!/bin/sh\necho >> {tmp_path}/hooked\nexit 1\n")
                (hooks / name).chmod(0o755)
        work.row("1.1.0", '{a: "1.0.0", b: "1.1.0"}')
        before = digest(work.root, remote, home, tmp_path / "index" / "files")

        work.run("prepare", "1.1.0", "--dry-run")
        assert digest(work.root, remote, home, tmp_path / "index" / "files") == before
        said = work.run("rehearse", "1.1.0", "--json", CI="1").json

        assert digest(work.root, remote, home, tmp_path / "index" / "files") == before
        assert not (tmp_path / "hooked").exists()
        asked = [line.split()[1] for line in (tmp_path / "index" / "access.log").read_text().splitlines()]
        assert set(asked) == {"GET"}
    assert sorted(said["uploaded"]) == ["mill_b-1.1.0-py3-none-any.whl", "mill_b-1.1.0.tar.gz"]
    assert [push["refs"] for push in said["execute"]["pushes"]] == [
        ["refs/heads/main", "refs/trainer-release/mill/1.1.0"],
        ["refs/tags/v1.1.0"],
    ]
    assert {name: one["version"] for name, one in said["manifest"]["modules"].items()} == {
        "mill-a": "1.0.0",
        "mill-b": "1.1.0",
    }
    assert said["manifest"]["modules"]["mill-a"]["carried"]


@pytest.fixture
def alone(monkeypatch, home):
    """This very process in the environment that commands are started in."""
    wanted = environment(home)
    for key in {*os.environ} - {*wanted}:
        monkeypatch.delenv(key)
    for key, value in wanted.items():
        monkeypatch.setenv(key, value)


def refused(act):
    with pytest.raises(ReleaseError) as caught:
        act()
    return caught.value.exit, {problem.code for problem in caught.value.problems}


def test_a_rehearsal_ends_as_the_release_would_and_leaves_nothing(fresh, alone):
    work = fresh({"a": ()}, umbrella=False, version="0.9.0")
    work.row("1.0.0", '{a: "1.0.0"}')
    work.write("packages/a/tests/test_mill_a.py", "def test_it():\n    assert False\n")
    work.write("new.txt", "not tracked\n")
    before = digest(work.root, work.home)
    assert refused(lambda: rehearse(work.root, "1.0.0")) == (6, {"dirty-tree"})
    assert digest(work.root, work.home) == before
    work.commit()
    before = digest(work.root, work.home)
    assert refused(lambda: rehearse(work.root, "1.0.0")) == (5, {"tests-failed"})
    assert digest(work.root, work.home) == before


def test_a_global_setting_that_leads_out_of_the_copy_is_refused(fresh, alone, monkeypatch, tmp_path):
    work = fresh({"a": ()}, umbrella=False)
    remote = tmp_path / "remote.git"
    work.git("init", "--quiet", "--bare", str(remote))
    work.git("remote", "add", "origin", str(remote))
    work.git("push", "--quiet", "origin", "main")
    (tmp_path / "gitconfig").write_text(f'[remote "origin"]\n\tpushurl = {remote}\n')
    before = digest(work.root, remote)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    assert refused(lambda: rehearse(work.root, "1.1.0")) == (6, {"rehearsal-leaves"})
    assert digest(work.root, remote) == before


def test_a_drill_replays_faults_on_the_suite_and_leaves_nothing(fresh, alone, tmp_path):
    work = fresh({"a": ()}, umbrella=False)
    remote = tmp_path / "remote.git"
    work.git("init", "--quiet", "--bare", str(remote))
    work.git("remote", "add", "origin", str(remote))
    work.git("push", "--quiet", "origin", "main")
    before = digest(work.root, remote)

    found = drill(work.root, only=["kill-middle", "stored-502"])

    assert digest(work.root, remote) == before
    assert (found.version, found.uploads) == ("1.0.1", 2)
    assert [(row.trial.name, row.codes[-1], row.wrong) for row in found.rows] == [
        ("kill-middle", 0, ()),
        ("stored-502", 0, ()),
    ]
    assert found.rows[0].codes == (-9, 0)
    assert refused(lambda: drill(work.root, only=["kil-middle"])) == (2, {"fault-unknown"})


def test_a_proposal_over_several_repositories_is_rehearsed_to_its_end(tmp_path):
    """Merged and tagged in the copies as people would: nothing moves in any clone or on any remote."""
    made = several(tmp_path, tmp_path / "home", release="{index: local, push: pull-request}")
    made.work.row("2.0.0", '{a: "2.0.0", b: "2.0.0", c: "2.0.0"}')
    before = digest(made.work.root, *made.remotes.values())
    said = made.work.run("rehearse", "2.0.0", "--json").json
    assert digest(made.work.root, *made.remotes.values()) == before
    assert len(said["uploaded"]) == 8
    assert len(said["manifest"]["git"]["repositories"]) == 3
