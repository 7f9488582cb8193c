"""Clones of other repositories: brought up with their remotes, never losing a commit that is prepared and not pushed."""

from __future__ import annotations

import pytest

from kit.repo import repository, with_remote
from trainer_release.errors import ReleaseError
from trainer_release.world import clones, refs
from trainer_release.world.git import Git

MAIN = "refs/heads/main"


@pytest.fixture
def home(tmp_path):
    return repository(tmp_path / "home")


@pytest.fixture
def there(tmp_path):
    made = repository(tmp_path / "work", {"pyproject.toml": "[project]\n", "deep/x.txt": "x\n"})
    with_remote(made, tmp_path / "there.git")
    return made


@pytest.fixture
def clone(tmp_path, home, there):
    return clones.made(tmp_path / "state" / "there.git", str(tmp_path / "there.git"), Git(home.root))


def code(act):
    with pytest.raises(ReleaseError) as caught:
        act()
    return caught.value.problems[0].code


def test_the_branch_that_the_remote_names_is_followed_and_remembered(clone, there):
    tip = clones.followed(clone, "url", None)
    assert (tip.branch, tip.commit, tip.behind) == ("main", there.head, False)
    there.commit("More")
    there.git("push", "--quiet")
    assert clones.at_hand(clone, None) == clones.Tip("main", tip.commit)
    assert clones.followed(clone, "url", "main").commit == there.head == clones.at_hand(clone, "main").commit


def test_a_prepared_commit_is_built_upon_until_the_remote_goes_another_way(clone, there):
    base = clones.followed(clone, "url", "main").commit
    tree = clone.tree_of(base)
    own = clone.do("commit-tree", "-p", base, "-m", "prepared", tree)
    refs.update(clone, [refs.RefChange(MAIN, base, own)])
    tip = clones.followed(clone, "url", "main")
    assert (tip.commit, tip.behind) == (own, False)
    there.commit("Somebody else's")
    there.git("push", "--quiet")
    tip = clones.followed(clone, "url", "main")
    assert (tip.commit, tip.behind) == (own, True)


def test_a_tag_or_a_whole_commit_id_is_a_place_that_nothing_moves(clone, there):
    first = there.head
    there.git("tag", "-a", "-m", "x", "steady")
    there.commit("More")
    there.git("push", "--quiet", "origin", "main", "steady")
    assert clones.followed(clone, "url", "steady").branch is None
    assert clones.followed(clone, "url", "steady").commit == first == clones.at_hand(clone, "steady").commit
    assert clones.followed(clone, "url", first).commit == first
    assert clones.at_hand(clone, first) == clones.Tip(None, first)


def test_what_is_not_there_is_said(clone, tmp_path, home):
    assert code(lambda: clones.followed(clone, "url", "nowhere")) == "ref-missing"
    assert code(lambda: clones.followed(clone, "url", "f" * 40)) == "ref-missing"
    lost = clones.made(tmp_path / "lost.git", str(tmp_path / "nothing"), Git(home.root))
    assert code(lambda: clones.followed(lost, "https://me:secret@git.example/x", None)) == "remote-unreachable"
    assert clones.at_hand(lost, None) is None


def test_a_password_in_an_address_is_not_shown(tmp_path, home):
    lost = clones.made(tmp_path / "lost.git", str(tmp_path / "nothing"), Git(home.root))
    with pytest.raises(ReleaseError) as caught:
        clones.followed(lost, "https://me:secret@git.example/x", None)
    assert "secret" not in str(caught.value.problems)


def test_a_commit_is_brought_from_wherever_the_remote_has_it(clone, there):
    commit = there.commit("Only a tag has it")
    there.git("tag", "found")
    there.git("push", "--quiet", "origin", "found")
    assert clones.bring(clone, "url", commit)
    assert not clones.bring(clone, "url", "f" * 40)


def test_what_was_set_for_the_suites_own_repository_alone_is_set_here_and_its_remotes_are_not(tmp_path, home):
    home.git("config", "user.name", "Grace")
    home.git("config", "user.signingkey", "ABC")
    home.git("remote", "add", "origin", "elsewhere")
    clone = clones.made(tmp_path / "x.git", "here", Git(home.root))
    assert (clone.settings().get("user.name"), clone.settings().get("user.signingkey")) == ("Grace", "ABC")
    assert clone.settings().get("remote.origin.url") == "here"
    assert clones.made(tmp_path / "x.git", "moved", Git(home.root)).settings().get("remote.origin.url") == "moved"


def test_a_throw_away_clone_has_what_the_clone_has(tmp_path, home, clone, there):
    tip = clones.followed(clone, "url", "main")
    other = clones.made(tmp_path / "other.git", "nowhere", Git(home.root))
    clones.copied(other, clone.root)
    assert clones.at_hand(other, "main").commit == tip.commit


def test_files_of_several_commits_are_read_as_folders(clone, there):
    commit = clones.followed(clone, "url", "main").commit
    mounted = clones.Mounted({"there:": (clone, commit)})
    assert sorted(mounted.paths) == ["there:/deep/x.txt", "there:/pyproject.toml"]
    assert mounted.holds("there:/deep/x.txt")
    assert not mounted.holds("deep/x.txt")
    assert [mounted.text(f"there:/{path}") for path in ("pyproject.toml", "deep/x.txt", "no")] == [
        "[project]\n",
        "x\n",
        None,
    ]
