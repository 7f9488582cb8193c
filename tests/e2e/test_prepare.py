"""What `prepare` refuses, what it takes in its stride, and how it is undone."""

from __future__ import annotations

import signal
import time

import pytest

ONE = {"a": ()}
ROW = '  "1.0.0": {a: "1.0.0"}\n'
CHOICE = {"umbrella": False, "version": "0.9.0", "rows": ROW}


def refused(work, code: str, *words: str, version: str = "1.0.0", exit_code: int = 6) -> str:
    """Refused with this code, a next move is given, and nothing has changed."""
    before = work.state()
    done = work.run("prepare", version, code=exit_code)
    assert f"error[{code}]" in done.err
    assert "\n   = " in done.err
    assert [word for word in words if word not in done.err] == []
    after = work.state()
    assert {key: after[key] for key in before if key != "folders"} == {
        k: v for k, v in before.items() if k != "folders"
    }
    return done.err


def test_a_dirty_tree_is_refused_and_its_files_are_named(fresh):
    work = fresh(ONE, **CHOICE)
    work.write("packages/a/mill_a.py", "def name():\n    return 'a'\n")
    refused(work, "dirty-tree", "packages/a/mill_a.py")


def test_a_file_inside_a_module_that_git_does_not_know_is_refused(fresh):
    work = fresh(ONE, **CHOICE)
    work.write("packages/a/mill_more.py", "")
    refused(work, "dirty-tree", "packages/a/mill_more.py")


def test_another_branch_and_a_detached_head_are_refused(fresh):
    work = fresh(ONE, **CHOICE)
    work.git("switch", "--quiet", "--create", "feature/x")
    refused(work, "wrong-branch", "feature/x", "git switch main")
    work.git("switch", "--quiet", "--detach")
    refused(work, "wrong-branch", "detached")


@pytest.mark.row("E5-here")
def test_a_tag_that_exists_is_refused(fresh):
    work = fresh(ONE, **CHOICE)
    work.git("tag", "v1.0.0")
    refused(work, "tag-taken", "refs/tags/v1.0.0")


@pytest.mark.row("E5-remote-only")
def test_a_tag_that_only_the_remote_has_is_refused(fresh):
    work = fresh(ONE, **CHOICE)
    bare = work.root.with_name("remote.git")
    work.git("clone", "--quiet", "--bare", str(work.root), str(bare))
    work.git("tag", "v1.0.0", cwd=bare)
    work.git("remote", "add", "origin", str(bare))
    refused(work, "tag-taken", "refs/tags/v1.0.0 exists on origin")


def test_a_remote_with_commits_that_are_not_here_is_refused(fresh):
    work = fresh(ONE, **CHOICE)
    bare = work.root.with_name("remote.git")
    work.git("commit", "--quiet", "--allow-empty", "-m", "Another's work")
    work.git("clone", "--quiet", "--bare", str(work.root), str(bare))
    work.git("reset", "--quiet", "--hard", "HEAD~1")
    work.git("remote", "add", "origin", str(bare))
    refused(work, "behind-remote", "git pull")


def test_a_remote_that_does_not_answer_is_refused(fresh):
    work = fresh(ONE, **CHOICE)
    work.git("remote", "add", "origin", str(work.root.with_name("nowhere.git")))
    refused(work, "remote-unreachable", "origin")


def test_a_version_that_the_index_has_is_refused(executed):
    for ref in executed.git("for-each-ref", "--format=%(refname)", "refs/tags", "refs/trainer-release").split():
        executed.git("update-ref", "-d", ref)
    refused(executed, "version-taken", "mill-core 1.0.0")


def test_what_waits_in_another_prepared_release_is_not_built_a_second_time(pair):
    pair.row("1.1.0", '{a: "1.1.0", b: "1.0.0"}')
    refused(pair, "bound-elsewhere", "mill-b 1.0.0", "trainer-release execute 1.0.0", version="1.1.0")


def test_all_that_is_wrong_is_told_at_once(fresh):
    work = fresh(ONE, **CHOICE)
    work.git("tag", "v1.0.0")
    work.git("switch", "--quiet", "--create", "feature/x")
    work.write("packages/a/mill_a.py", "")
    text = refused(work, "dirty-tree")
    assert "error[tag-taken]" in text
    assert "error[wrong-branch]" in text


def test_a_folder_that_is_no_repository_is_refused(fresh):
    work = fresh(ONE, **CHOICE)
    (work.root / ".git").rename(work.root.with_name("elsewhere"))
    assert "error[not-a-repository]" in work.run("prepare", "1.0.0", code=6).err
    work.run("check")  # needs no git


def test_a_repository_without_a_commit_is_refused(fresh):
    work = fresh(ONE, **CHOICE, commit=False)
    assert "error[not-a-repository]" in work.run("prepare", "1.0.0", code=6).err


def test_what_is_no_version_is_a_fault_of_usage(fresh):
    work = fresh(ONE, **CHOICE)
    for text in ("1.0.x", "1.0.0/../x"):
        assert text in work.run("prepare", text, code=2).err


def test_a_version_below_what_the_branch_has_released_is_refused(fresh):
    work = fresh(ONE, **CHOICE)
    work.git("tag", "v1.0.1")
    refused(work, "version-not-newer", "1.0.1")


def test_the_seeds_workflow_edit_the_catalog_and_prepare_it_from_anywhere_inside(fresh):
    work = fresh(ONE, umbrella=False, version="0.9.0")
    head = work.git("rev-parse", "HEAD")
    work.replace("versions.yaml", "release:", f"compatibility:\n{ROW.rstrip()}  # for the fair\nrelease:")
    work.write("notes.txt", "not for git\n")
    work.write("documents/deep/empty.txt", "")

    done = work.run("prepare", "1.0.0", cwd=work.root / "documents" / "deep")

    assert "warning[dirty-tree]" in done.err
    assert "notes.txt" in done.err
    assert work.git("rev-parse", "HEAD~1", "v1.0.0^{}").split() == [head, work.git("rev-parse", "HEAD")]
    changed = work.git("diff", "--name-only", "HEAD~1", "HEAD").split()
    assert changed == ["CHANGELOG.md", "packages/a/pyproject.toml", "versions.yaml"]
    assert "# for the fair" in work.git("show", "HEAD:versions.yaml")
    assert work.git("status", "--porcelain").splitlines() == ["?? documents/", "?? notes.txt"]
    assert 'version = "1.0.0"' in work.read("packages/a/pyproject.toml")
    work.run("check")

    again = work.run("prepare", "1.0.0")
    assert "prepared already" in again.err
    assert work.git("rev-list", "--count", "HEAD") == "2"


def test_abandon_takes_the_release_back_and_it_can_be_prepared_again(fresh):
    work = fresh(ONE, umbrella=False, version="0.9.0", release="{index: local, push: none}")
    work.row("1.0.0", '{a: "1.0.0"}')  # not committed
    before = work.state()
    work.run("prepare", "1.0.0")
    assert work.state()["refs"] != before["refs"]

    work.run("abandon", "1.0.0")

    after = work.state()
    assert [key for key in ("tree", "refs") if after[key] != before[key]] == []
    assert work.git("status", "--porcelain") == "M versions.yaml"
    work.run("execute", code=6)
    work.run("prepare", "1.0.0")
    assert work.git("tag") == "v1.0.0"
    work.replace("packages/a/pyproject.toml", "A part", "A good part")
    prepared = work.state()
    assert "error[file-changed]" in work.run("abandon", "1.0.0", code=6).err
    assert {**work.state(), "folders": ""} == {**prepared, "folders": ""}


def test_a_proposal_is_prepared_once_and_abandoned_with_the_catalogs_edit_given_back(fresh):
    work = fresh(ONE, umbrella=False, version="0.9.0", release="{index: local, push: pull-request}")
    work.row("1.0.0", '{a: "1.0.0"}')
    before = work.state()

    work.run("prepare", "1.0.0")
    assert work.git("status", "--porcelain") == ""
    assert work.git("branch", "--format=%(refname:short)").split() == ["main", "release/1.0.0"]
    assert "prepared already" in work.run("prepare", "1.0.0").err
    work.run("abandon", "1.0.0")

    after = work.state()
    assert [key for key in ("tree", "refs") if after[key] != before[key]] == []


def test_a_catalog_that_was_never_committed_joins_the_release_commit(fresh):
    work = fresh(ONE, **CHOICE)
    (work.root / "CHANGELOG.md").unlink()
    work.git("rm", "--quiet", "--cached", "versions.yaml")
    work.git("commit", "--quiet", "--all", "-m", "Without a catalog")
    before = work.state()

    work.run("prepare", "1.0.0")
    assert "versions.yaml" in work.git("ls-tree", "--name-only", "v1.0.0").split()
    assert work.git("status", "--porcelain") == ""
    work.run("execute", "--dry-run")
    work.run("abandon", "1.0.0")

    after = work.state()
    assert [key for key in ("tree", "refs", "index") if after[key] != before[key]] in ([], ["index"])
    assert work.git("status", "--porcelain") == "?? versions.yaml"


def test_what_is_published_cannot_be_abandoned(executed):
    before = executed.state()
    assert "published-already" in executed.run("abandon", "1.0.0", code=6).err
    assert executed.state()["refs"] == before["refs"]


def test_while_one_run_works_another_is_told_who_and_an_ended_run_leaves_nothing(fresh):
    work = fresh(ONE, **CHOICE)
    before = work.state()
    first = work.start("prepare", "1.0.0")
    end = time.monotonic() + 30
    while not list(work.cache.glob("trees/*/versions.yaml")) and time.monotonic() < end:
        time.sleep(0.01)

    told = work.run("prepare", "1.0.0", code=9).err
    first.send_signal(signal.SIGTERM)
    first.communicate(timeout=30)

    assert "error[locked]" in told
    assert f"`trainer-release prepare 1.0.0`, process {first.pid}" in told
    assert first.returncode == 130
    after = work.state()
    assert [key for key in ("tree", "refs", "index") if after[key] != before[key]] == []
    assert len(work.git("worktree", "list").splitlines()) == 1


def test_a_suite_in_a_folder_of_its_repository_is_released_from_there(fresh):
    work = fresh(
        {"a": (), "b": ("a",)},
        umbrella=False,
        version="0.9.0",
        inside="py/suite",
        rows='  "1.0.0": {a: "1.0.0", b: "1.0.0"}\n',
    )
    (work.top / "README").write_text("of the repository, not of the suite\n")
    work.commit()
    work.replace("versions.yaml", "release:", "# edited\nrelease:")

    work.run("prepare", "1.0.0")
    work.run("execute")

    changed = work.git("diff", "--name-only", "HEAD~1", "HEAD", cwd=work.top).split()
    assert changed == [
        f"py/suite/{name}"
        for name in ("CHANGELOG.md", "packages/a/pyproject.toml", "packages/b/pyproject.toml", "versions.yaml")
    ]
    assert work.git("status", "--porcelain") == ""
    assert len(work.uploads()) == 4
    assert work.manifest("1.0.0", "mill")["suite_version"] == "1.0.0"
