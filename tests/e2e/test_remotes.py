"""Releases and their remote: what is pushed before the first upload, refusals, pull requests, fresh clones."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kit.suite import PAIR, ROW, Workspace, tiny

REFUSES = "#!/bin/sh\nwhile read old new ref; do\n  [ $ref = refs/heads/main ] && echo main is protected && exit 1\ndone\nexit 0\n"
LOGS = '#!/bin/sh\nwhile read old new ref; do echo "$ref" >> pushed; done\necho -- >> pushed\n'


def remote_of(work: Workspace) -> Path:
    """A bare remote that has the suite's branch."""
    bare = work.root.with_name("remote.git")
    work.git("init", "--quiet", "--bare", "--initial-branch=main", str(bare))
    work.git("remote", "add", "origin", str(bare))
    work.git("push", "--quiet", "--set-upstream", "origin", "main")
    return bare


def hook(bare: Path, name: str, text: str) -> None:
    place = bare / "hooks" / name
    place.write_text(text)
    place.chmod(0o755)


def files_of(record) -> dict[str, str]:
    return {dist["name"]: dist["sha256"] for module in record["modules"].values() for dist in module["files"]}


def published(work: Workspace) -> dict[str, str]:
    modules = work.manifest("1.0.0", "mill")["modules"].values()
    return {file["name"]: file["sha256"] for module in modules for file in module["files"]}


@pytest.fixture
def proposed(once, home, tmp_path) -> Workspace:
    """The same, prepared for a pull request, with a remote whose main refuses everybody but the merge button."""

    def make(folder: Path) -> Workspace:
        folder.mkdir()
        release = "{index: local, push: pull-request}"
        work = tiny(folder / "work", home, PAIR, umbrella=False, version="0.9.0", rows=ROW, release=release)
        hook(remote_of(work), "pre-receive", REFUSES)
        work.run("prepare", "1.0.0")
        return work

    shared = once("proposed", make)
    shutil.copytree(shared.root, tmp_path / "proposed", symlinks=True)
    work = Workspace(tmp_path / "proposed" / "work", shared.home)
    work.git("remote", "set-url", "origin", str(tmp_path / "proposed" / "remote.git"))
    return work


def merged_by_squash(work: Workspace, *, also: str | None = None) -> None:
    """What a person does on the forge: squash the proposed branch onto main, `also` with one more file."""
    bare, clone = work.root.with_name("remote.git"), work.root.with_name("clone")
    work.git("clone", "--quiet", str(bare), str(clone))
    (bare / "hooks" / "pre-receive").unlink()
    work.git("merge", "--quiet", "--squash", "origin/release/1.0.0", cwd=clone)
    if also:
        (clone / also).write_text("more\n")
        work.git("add", also, cwd=clone)
    work.git("commit", "--quiet", "-m", "Release 1.0.0 (#1)", cwd=clone)
    work.git("push", "--quiet", "origin", "main", cwd=clone)
    hook(bare, "pre-receive", REFUSES)


@pytest.mark.row("E6-protected")
def test_a_remote_that_refuses_main_ends_execute_before_any_upload(pair):
    bare = remote_of(pair)
    pair.git("push", "--quiet", "--force", "origin", "HEAD~1:main")
    hook(bare, "pre-receive", REFUSES)

    refused = pair.run("execute", code=6)

    assert "push-refused" in refused.err
    assert "main is protected" in refused.err
    assert [words for words in pair.log() if words[1] == "POST"] == []
    assert [line.split("\t")[1] for line in pair.git("ls-remote", "origin").splitlines()] == ["HEAD", "refs/heads/main"]


@pytest.mark.row("E6-moved", "E6-hook")
def test_a_remote_that_has_moved_on_and_a_push_hook_that_refuses_end_execute_before_any_upload(pair):
    bare, clone = remote_of(pair), pair.root.with_name("another")
    pair.git("push", "--quiet", "--force", "origin", "HEAD~1:main")
    refuses = pair.root / ".git" / "hooks" / "pre-push"
    refuses.write_text("#!/bin/sh\necho not before lunch >&2\nexit 1\n")
    refuses.chmod(0o755)
    assert "not before lunch" in pair.run("execute", code=6).err
    refuses.unlink()
    pair.git("clone", "--quiet", str(bare), str(clone))
    pair.git("commit", "--quiet", "--allow-empty", "-m", "Another's work", cwd=clone)
    pair.git("push", "--quiet", cwd=clone)

    refused = pair.run("execute", code=6).err

    assert "error[push-refused]" in refused
    assert "origin has moved on: abandon" in refused
    assert [words for words in pair.log() if words[1] == "POST"] == []


def test_branch_and_record_reach_the_remote_before_the_tag_and_the_tag_before_the_first_upload(pair):
    bare = remote_of(pair)
    pair.git("push", "--quiet", "--force", "origin", "HEAD~1:main")
    log = pair.data / "index" / "access.log"
    seen = f'grep -c " POST " {log} >> posts 2>/dev/null\n'
    hook(bare, "post-receive", f"{LOGS}{seen}")

    pair.run("execute")

    pushes = (bare / "pushed").read_text().split("--\n")
    lease = ["refs/trainer-release/mill/lease"]
    assert [sorted(push.split()) for push in pushes if push] == [
        lease,
        ["refs/heads/main", "refs/trainer-release/mill/1.0.0"],
        ["refs/tags/v1.0.0"],
        lease,
    ]
    assert (bare / "posts").read_text().split() == ["0", "0", "0", "4"]
    assert "/lease" not in pair.git("ls-remote", "origin")
    assert len(pair.uploads()) == 4
    here = pair.git("rev-parse", "HEAD", "v1.0.0", "refs/trainer-release/mill/1.0.0").split()
    there = {ref: oid for oid, ref in (line.split() for line in pair.git("ls-remote", "origin").splitlines())}
    assert [there[f"refs/{ref}"] for ref in ("heads/main", "tags/v1.0.0", "trainer-release/mill/1.0.0")] == here


def test_a_proposed_release_is_pushed_merged_by_squash_tagged_and_published_with_the_prepared_bytes(proposed):
    files = files_of(proposed.record("refs/trainer-release/mill/1.0.0"))
    assert proposed.git("tag") == ""
    assert proposed.git("log", "-1", "--format=%s", "main") == "The suite"
    assert "not-tagged" in proposed.run("execute", code=6).err

    proposed.run("push", "1.0.0")
    merged_by_squash(proposed)
    proposed.run("tag", "1.0.0")
    proposed.run("execute")

    assert proposed.git("rev-parse", "v1.0.0^{}") == proposed.git("rev-parse", "origin/main")
    assert published(proposed) == files
    assert sorted(proposed.uploads()) == sorted(files)
    assert files_of(proposed.record("v1.0.0")) == files
    assert "refs/tags/v1.0.0" in proposed.git("ls-remote", "origin")


def test_a_merge_that_changed_the_tree_is_not_tagged(proposed):
    proposed.run("push", "1.0.0")
    merged_by_squash(proposed, also="slipped-in.txt")

    refused = proposed.run("tag", "1.0.0", code=6)

    assert "tree-differs" in refused.err
    assert proposed.git("tag") == ""
    assert "not-tagged" in proposed.run("execute", code=6).err
    assert proposed.uploads() == []


def test_a_fresh_clone_finishes_the_release_from_the_remotes_record_and_the_prepared_files(pair, tmp_path):
    bare = remote_of(pair)
    pair.run("push", "1.0.0")
    pair.git("clone", "--quiet", "--no-tags", str(bare), str(tmp_path / "clone"))
    clone = Workspace(tmp_path / "clone", pair.home)

    told = clone.run("execute", "1.0.0", "--artifacts", str(pair.cache / "artifacts")).err

    assert "built again" not in told, "the bytes are at hand"
    assert published(clone) == files_of(pair.record("v1.0.0"))
    assert len(clone.uploads()) == 4


@pytest.mark.row("H-artifacts-changed")
def test_artifacts_with_other_bytes_are_not_uploaded(pair, tmp_path):
    shutil.copytree(pair.cache / "artifacts", tmp_path / "given")
    shutil.rmtree(pair.cache)
    wheel = next((tmp_path / "given").rglob("mill_b*.whl"))
    wheel.write_bytes(wheel.read_bytes() + b"\0")

    refused = pair.run("execute", "--artifacts", str(tmp_path / "given"), code=10)

    assert "file-differs" in refused.err
    assert wheel.name in refused.err
    assert pair.uploads() == []
