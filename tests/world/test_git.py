"""git by its plumbing: what it answers, and what a hostile repository cannot make it do."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from kit.processes import processes, wait
from kit.repo import repository, with_remote
from trainer_release.errors import ReleaseError
from trainer_release.world import refs, worktree
from trainer_release.world.git import Git, open_repository


@pytest.fixture
def made(tmp_path):
    return repository(tmp_path / "repo", {"a.txt": "one\n", "sub/b.txt": "two\r\n"})


def test_a_repository_is_found_from_a_folder_inside_it(made):
    found = open_repository(made.root / "sub")
    assert found is not None
    assert (found.root, found.common) == (made.root, made.root / ".git")


def test_where_there_is_no_repository_none_is_found(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    assert open_repository(tmp_path) is None


def test_a_linked_work_tree_shares_the_common_folder(made, tmp_path):
    made.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"))
    found = open_repository(tmp_path / "linked")
    assert found is not None
    assert (found.root, found.common) == ((tmp_path / "linked").resolve(), made.root / ".git")


def test_variables_that_would_redirect_git_are_dropped(made, tmp_path, monkeypatch):
    other = repository(tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", str(other.root / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other.root))
    found = open_repository(made.root)
    assert found is not None
    assert found.root == made.root
    assert found.commit_of("HEAD") == found.do("rev-parse", "HEAD")
    assert "GIT_DIR" not in os.environ


def test_without_git_there_is_no_repository_and_a_command_says_why(made, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert open_repository(made.root) is None
    with pytest.raises(ReleaseError) as caught:
        Git(made.root).do("status")
    assert "git is not installed" in caught.value.problems[0].context[0]


def test_a_remote_that_does_not_answer_is_given_up_and_nothing_of_it_goes_on(made):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}/x"
        answer = Git(made.root).ask("ls-remote", f"http://{address}", limit=0.5)
        assert answer.code == 124
        assert answer.err.splitlines()[-1] == "no end after 0.5 s"
        assert wait(lambda: not processes(Path(address)), 5)


def test_what_git_prints_stays_bytes(made):
    git = Git(made.root)
    assert git.ask("hash-object", "-w", "--stdin", stdin=b"\xff\0\r\n").code == 0
    assert git.ask("cat-file", "blob", git.do("hash-object", "--stdin", stdin=b"\xff\0\r\n")).out == b"\xff\0\r\n"


def test_an_empty_home_is_enough(made, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    assert Git(made.root).do("var", "GIT_COMMITTER_IDENT").startswith("Ada <ada@example.org>")


def test_a_failure_names_the_command_and_what_git_said(made):
    with pytest.raises(ReleaseError) as caught:
        Git(made.root).do("cat-file", "-p", "nothing-of-that-name")
    problem = caught.value.problems[0]
    assert problem.code == "git-failed"
    assert "cat-file" in problem.message
    assert any("nothing-of-that-name" in line for line in problem.context)


def test_configuration_is_read_and_absent_keys_are_none(made):
    made.git("config", "demo.text", "x y")
    made.git("config", "demo.yes", "on")
    made.git("config", "demo.Sub.Name.key", "last\nline")
    made.write(".git/config", made.read(".git/config") + "[demo]\n\tbare\n")
    said = Git(made.root).settings()
    assert (said.get("demo.text"), said.get("demo.none")) == ("x y", None)
    assert (said.flag("demo.yes"), said.flag("demo.bare"), said.flag("demo.none")) == (True, True, False)
    assert (said.get("Demo.Sub.Name.KEY"), said.get("demo.sub.name.key")) == ("last\nline", None)


def test_a_ref_of_a_tag_names_the_tag_object_and_its_text_is_read(made):
    made.git("tag", "--annotate", "--message", "first\n\nmore", "v1")
    made.git("tag", "light")
    git = Git(made.root)
    found = git.refs("refs/tags")
    assert set(found) == {"refs/tags/v1", "refs/tags/light"}
    assert found["refs/tags/v1"] != made.head == git.commit_of("refs/tags/v1")
    assert git.message_of(found["refs/tags/v1"]) == "first\n\nmore\n"
    assert git.message_of(found["refs/tags/light"]) is None


def test_what_is_no_commit_has_none(made):
    git = Git(made.root)
    assert git.commit_of("refs/heads/none") is None
    assert git.commit_of("--all") is None
    assert git.commit_of(git.tree_of(made.head)) is None


def test_paths_and_texts_of_a_commit_are_those_of_the_commit_with_their_line_ends(made):
    made.write("a.txt", "dirty\n")
    git = Git(made.root)
    assert git.paths("HEAD") == ("a.txt", "sub/b.txt")
    asked = ["a.txt", "none.txt", "sub", "sub/b.txt", "odd\nname"]
    assert git.texts("HEAD", asked) == {"a.txt": "one\n", "sub/b.txt": "two\r\n"}
    assert git.texts("HEAD", []) == {}


def test_names_beyond_ascii_and_bytes_that_are_no_text_survive(made):
    made.write("grün 文.txt", "x")
    made.root.joinpath("latin").write_bytes(b"\xe9\n")
    made.commit()
    git = Git(made.root)
    assert "grün 文.txt" in git.paths("HEAD")
    assert git.texts("HEAD", ["grün 文.txt", "latin"]) == {"grün 文.txt": "x", "latin": "\udce9\n"}


def test_a_configured_file_system_monitor_is_not_executed(made, tmp_path):
    spy = tmp_path / "spy"
    script = tmp_path / "monitor"
    script.write_text(f"#!/bin/sh\ntouch {spy}\n")
    script.chmod(0o755)
    made.git("config", "core.fsmonitor", str(script))
    made.git("status")
    assert spy.exists(), "the trap works"
    spy.unlink()
    worktree.state(Git(made.root))
    assert not spy.exists()


def test_hooks_are_not_run_by_refs_and_work_trees(made, tmp_path):
    spy = tmp_path / "spy"
    for name in ("pre-commit", "post-checkout", "reference-transaction", "post-index-change"):
        made.hook(name, f"echo {name} >> {spy}")
    made.git("tag", "trap")
    assert spy.exists(), "the trap works"
    spy.unlink()
    git = Git(made.root)
    refs.update(git, [refs.RefChange("refs/heads/new", None, made.head)])
    worktree.add(git, made.head, tmp_path / "linked")
    worktree.discard(git, tmp_path / "linked")
    assert not spy.exists()


def test_a_hooks_folder_of_the_configuration_is_not_run_either(made, tmp_path):
    spy = tmp_path / "spy"
    folder = made.hook("reference-transaction", f"touch {spy}").parent.rename(tmp_path / "shared")
    made.git("config", "core.hooksPath", str(folder))
    refs.update(Git(made.root), [refs.RefChange("refs/heads/new", None, made.head)])
    assert not spy.exists()


def test_the_push_hook_runs_and_may_refuse(made, tmp_path):
    with_remote(made, tmp_path / "remote")
    made.hook("pre-push", "echo not today >&2; exit 1")
    made.commit()
    with pytest.raises(ReleaseError) as caught:
        refs.push(Git(made.root), "origin", [f"{made.head}:refs/heads/main"])
    assert caught.value.problems[0].code == "push-refused"


@pytest.mark.parametrize("act", ["look", "push", "fetch"])
def test_a_remote_that_is_a_command_is_refused(made, tmp_path, act):
    spy = tmp_path / "spy"
    made.git("remote", "add", "origin", f"ext::sh -c touch% {spy}")
    made.git("config", "protocol.ext.allow", "always")
    made.git("ls-remote", "origin", check=False)
    assert spy.exists(), "the trap works"
    spy.unlink()
    git = Git(made.root)
    with pytest.raises(ReleaseError):
        {
            "look": lambda: refs.remote_refs(git, "origin"),
            "push": lambda: refs.push(git, "origin", ["HEAD:refs/heads/main"]),
            "fetch": lambda: refs.fetch(git, "origin", ["refs/heads/main"]),
        }[act]()
    assert not spy.exists()


@pytest.mark.parametrize("address", ["http://ada:s3cret@127.0.0.1:1/x.git", "ssh://ada:s3cret@127.0.0.1:1/x.git"])
def test_a_password_in_a_remotes_address_is_in_no_message(made, address):
    made.git("remote", "add", "origin", address)
    git = Git(made.root)
    for act in (
        lambda: refs.remote_refs(git, "origin"),
        lambda: refs.push(git, "origin", ["HEAD:refs/heads/main"]),
        lambda: refs.fetch(git, "origin", ["refs/heads/main"]),
        lambda: git.do("fetch", address),
        lambda: git.do("remote", "get-url", address),
    ):
        with pytest.raises(ReleaseError) as caught:
            act()
        assert "s3cret" not in repr(caught.value.problems)


def test_output_is_the_same_in_every_language(made, monkeypatch):
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    monkeypatch.setenv("LANGUAGE", "de")
    with pytest.raises(ReleaseError) as caught:
        Git(made.root).do("rev-parse", "--verify", "none")
    assert "Needed a single revision" in caught.value.problems[0].context[0]


def test_a_folder_that_is_gone_is_an_error_and_no_other_repository_is_asked_instead(made, tmp_path, monkeypatch):
    monkeypatch.chdir(made.root)
    with pytest.raises(ReleaseError):
        Git(tmp_path / "gone").do("status")
