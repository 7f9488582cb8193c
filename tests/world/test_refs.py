"""Refs here and on a remote: all or nothing, and a refusal in the remote's own words."""

from __future__ import annotations

import pytest

from kit.repo import Repository, repository, with_remote
from trainer_release.errors import ReleaseError
from trainer_release.world.git import Git
from trainer_release.world.refs import RefChange, fetch, holds, push, remote_name, remote_refs, update

MAIN = "refs/heads/main"


@pytest.fixture
def made(tmp_path):
    return repository(tmp_path / "repo")


@pytest.fixture
def remote(made, tmp_path):
    return with_remote(made, tmp_path / "remote")


def refused(act):
    with pytest.raises(ReleaseError) as caught:
        act()
    (problem,) = caught.value.problems
    return problem


def test_all_changes_are_made_at_once(made):
    first, second = made.head, made.commit()
    made.git("tag", "gone", first)
    moves = [
        RefChange(MAIN, second, first),
        RefChange("refs/x/new", None, second),
        RefChange("refs/tags/gone", first, None),
    ]
    update(Git(made.root), moves)
    assert made.refs == {MAIN: first, "refs/x/new": second}


@pytest.mark.parametrize(
    "last",
    [
        pytest.param(lambda a, b: RefChange(MAIN, a, b), id="a branch that has moved"),
        pytest.param(lambda a, b: RefChange("refs/tags/taken", None, b), id="a name that is taken"),
        pytest.param(lambda a, b: RefChange("refs/tags/taken", b, None), id="a name that is another object"),
        pytest.param(lambda a, b: RefChange("refs/tags/none", b, None), id="a name that is not there"),
        pytest.param(lambda a, b: RefChange("refs/tags/x..y", None, b), id="a name that git forbids"),
        pytest.param(lambda a, b: RefChange("refs/tags/ghost", None, "1" * 40), id="an object that is not there"),
    ],
)
def test_one_change_that_cannot_be_made_refuses_all(made, last):
    first, second = made.head, made.commit()
    made.git("tag", "taken", first)
    before = made.refs
    problem = refused(lambda: update(Git(made.root), [RefChange("refs/tags/new", None, second), last(first, second)]))
    assert problem.code == "ref-moved"
    assert problem.context
    assert made.refs == before


@pytest.mark.row("E7-ref-lock")
def test_a_lock_file_beside_a_ref_refuses_all_and_is_named(made):
    (made.root / ".git/refs/heads/main.lock").write_text("")
    second = made.git("commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", "x")
    problem = refused(
        lambda: update(Git(made.root), [RefChange("refs/x/new", None, second), RefChange(MAIN, made.head, second)])
    )
    assert problem.code == "git-locked"
    assert (problem.path or "").endswith("refs/heads/main.lock")
    assert "made 0 s ago" in problem.message
    assert set(made.refs) == {MAIN}


def test_the_remote_is_the_one_that_the_branch_pushes_to(made, tmp_path):
    git = Git(made.root)
    assert remote_name(git.settings(), "main") is None
    made.git("remote", "add", "fork", str(tmp_path))
    assert remote_name(git.settings(), "main") == "fork"
    made.git("remote", "add", "other", str(tmp_path))
    assert remote_name(git.settings(), "main") is None, "two remotes, none of them named"
    made.git("remote", "add", "origin", str(tmp_path))
    assert (remote_name(git.settings(), "main"), remote_name(git.settings(), None)) == ("origin", "origin")
    made.git("config", "branch.main.remote", "other")
    assert remote_name(git.settings(), "main") == "other"
    made.git("config", "branch.main.pushRemote", "fork")
    assert remote_name(git.settings(), "main") == "fork"
    made.git("config", "branch.main.pushRemote", "http://x.example/y")
    assert remote_name(git.settings(), "main") == "origin", "an address is no name"


def test_the_remotes_refs_are_those_of_this_moment(made, remote):
    git = Git(made.root)
    assert remote_refs(git, "origin")[MAIN] == made.head
    remote.git("update-ref", "refs/x/new", made.head)
    assert remote_refs(git, "origin")["refs/x/new"] == made.head


def test_a_remote_that_is_gone_is_unreachable_and_the_next_move_is_named(made, tmp_path):
    made.git("remote", "add", "origin", str(tmp_path / "none"))
    problem = refused(lambda: remote_refs(Git(made.root), "origin"))
    assert (problem.code, problem.exit) == ("remote-unreachable", 6)
    assert "git ls-remote origin" in problem.hint
    assert any("none" in line for line in problem.context)


def test_a_push_brings_commits_tags_and_records_and_removes(made, remote):
    made.git("tag", "--annotate", "--message", "x", "v1")
    git, tag = Git(made.root), made.refs["refs/tags/v1"]
    push(git, "origin", [f"{made.commit()}:{MAIN}", f"{tag}:refs/tags/v1", f"{tag}:refs/trainer-release/demo/1"])
    assert remote.refs == {MAIN: made.head, "refs/tags/v1": tag, "refs/trainer-release/demo/1": tag}
    push(git, "origin", [":refs/tags/v1"])
    assert set(remote.refs) == {MAIN, "refs/trainer-release/demo/1"}


def test_only_what_is_named_is_pushed(made, remote):
    made.git("config", "push.followTags", "true")
    made.git("tag", "--annotate", "--message", "x", "mine")
    push(Git(made.root), "origin", [f"{made.commit()}:{MAIN}"])
    assert set(remote.refs) == {MAIN}


@pytest.mark.row("E6-pre-receive")
def test_a_hook_of_the_remote_refuses_in_its_own_words_and_nothing_arrives(made, remote):
    remote.hook("pre-receive", "echo the branch is protected; echo ask the owner >&2; exit 1")
    before = remote.refs
    problem = refused(lambda: push(Git(made.root), "origin", [f"{made.commit()}:{MAIN}", f"{made.head}:refs/x/new"]))
    assert (problem.code, problem.exit) == ("push-refused", 6)
    said = "\n".join(problem.context)
    assert "remote: the branch is protected" in said
    assert "remote: ask the owner" in said
    assert "pre-receive hook declined" in said
    assert remote.refs == before


@pytest.mark.row("E6-accepted-then-cut")
def test_a_push_that_the_remote_took_before_the_line_broke_has_arrived(made, remote):
    remote.hook("post-receive", "kill -9 $PPID")
    made.git("tag", "v1")
    push(Git(made.root), "origin", [f"{made.commit()}:{MAIN}", "refs/tags/v1:refs/tags/v1"])
    assert remote.refs == {MAIN: made.head, "refs/tags/v1": made.refs["refs/tags/v1"]}
    push(Git(made.root), "origin", [":refs/tags/v1"])
    assert set(remote.refs) == {MAIN}


def test_a_push_is_all_or_nothing_where_one_ref_is_refused(made, remote):
    remote.hook("update", 'case "$1" in refs/tags/*) echo no tags; exit 1;; esac')
    before = remote.refs
    problem = refused(lambda: push(Git(made.root), "origin", [f"{made.commit()}:{MAIN}", f"{made.head}:refs/tags/v1"]))
    assert any("no tags" in line for line in problem.context)
    assert remote.refs == before


@pytest.mark.row("E6-not-forward")
def test_a_branch_that_has_gone_on_is_not_overwritten(made, remote, tmp_path):
    other = Repository(tmp_path / "other")
    made.git("clone", "--quiet", str(remote.root), str(other.root))
    other.commit("Another's work")
    other.git("push", "--quiet")
    before = remote.refs
    problem = refused(lambda: push(Git(made.root), "origin", [f"{made.commit()}:{MAIN}"]))
    assert any("rejected" in line for line in problem.context)
    assert remote.refs == before


def test_a_remote_that_knows_no_atomic_push_is_pushed_to_all_the_same(made, remote):
    remote.git("config", "receive.advertiseAtomic", "false")
    push(Git(made.root), "origin", [f"{made.commit()}:{MAIN}", f"{made.head}:refs/tags/v1"])
    assert remote.refs == {MAIN: made.head, "refs/tags/v1": made.head}


def test_a_fetch_brings_the_named_refs_and_no_tag_beside_them(made, remote, tmp_path):
    made.git("tag", "--annotate", "--message", "x", "v1")
    made.git("push", "--quiet", "origin", "v1", "HEAD:refs/trainer-release/demo/1")
    clone = repository(tmp_path / "clone")
    clone.git("remote", "add", "origin", str(remote.root))
    fetch(
        Git(clone.root),
        "origin",
        [f"{MAIN}:refs/remotes/origin/main", "refs/trainer-release/demo/1:refs/trainer-release/demo/1"],
    )
    assert set(clone.refs) == {MAIN, "refs/remotes/origin/main", "refs/trainer-release/demo/1"}
    assert refused(lambda: fetch(Git(clone.root), "origin", ["refs/none"])).code == "git-failed"


def test_a_remote_holds_an_object_or_a_branch_that_has_gone_on_from_it(made):
    git, first, second = Git(made.root), made.head, made.commit()
    assert holds(git, MAIN, first, first)
    assert holds(git, MAIN, second, first)
    assert not holds(git, MAIN, first, second)
    assert not holds(git, MAIN, None, first)
    assert not holds(git, MAIN, "1" * 40, first), "an object that is not here"
    assert not holds(git, "refs/tags/v1", second, first), "a tag never moves"
