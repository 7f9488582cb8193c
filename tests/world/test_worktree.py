"""Work trees: what the person has changed, the release's own tree, and bringing the person's files forward."""

from __future__ import annotations

import os
import shutil

import pytest

from kit.repo import Repository, repository
from trainer_release.errors import ReleaseError
from trainer_release.world import worktree
from trainer_release.world.commits import write_commit
from trainer_release.world.git import Git

EPOCH = 1_700_000_000


@pytest.fixture
def made(tmp_path):
    return repository(
        tmp_path / "repo", {"a.txt": "one\n", "b.txt": "two\n", "dos.txt": "x\r\n", ".gitignore": "*.log\n"}
    )


def test_changes_are_told_apart_from_untracked_files_and_ignored_ones_are_neither(made):
    made.write("a.txt", "dirty\n")
    made.git("mv", "b.txt", "c d.txt")
    made.root.joinpath("dos.txt").unlink()
    made.write("new/grün.txt", "")
    made.write("out.log", "")
    now = worktree.state(Git(made.root))
    assert set(now.changed) == {"a.txt", "b.txt", "c d.txt", "dos.txt"}
    assert now.untracked == ("new/grün.txt",)


def test_a_conflict_is_a_change(made):
    conflict(made)
    made.git("merge", "other", check=False)
    assert worktree.state(Git(made.root)).changed == ("a.txt",)


def test_looking_at_changes_writes_nothing(made):
    os.utime(made.root / "a.txt", (1, 1))
    before = (made.root / ".git/index").read_bytes()
    assert worktree.state(Git(made.root)) == worktree.State(made.head, "main", (), ())
    assert (made.root / ".git/index").read_bytes() == before


def test_the_branch_is_named_also_before_the_first_commit_and_a_detached_head_has_none(made, tmp_path):
    assert worktree.branch(Git(made.root)) == "main"
    made.git("switch", "--quiet", "--create", "feature/x")
    assert worktree.branch(Git(made.root)) == "feature/x"
    made.git("switch", "--quiet", "--detach")
    assert worktree.branch(Git(made.root)) is None
    assert worktree.state(Git(made.root)).branch is None
    (tmp_path / "unborn").mkdir()
    unborn = Repository(tmp_path / "unborn")
    unborn.git("init", "--quiet", "--initial-branch=trunk")
    assert worktree.branch(Git(unborn.root)) == "trunk"
    assert worktree.state(Git(unborn.root)) == worktree.State(None, "trunk", (), ())


def conflict(made):
    made.git("switch", "--quiet", "--create", "other")
    made.commit("Other", **{"a.txt": "other\n"})
    made.git("switch", "--quiet", "main")
    made.commit("Mine", **{"a.txt": "mine\n"})


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("merge", "other"), "merge"),
        (("rebase", "other"), "rebase"),
        (("cherry-pick", "other"), "cherry-pick"),
        (("revert", "HEAD~1"), "revert"),
        (("bisect", "start"), "bisect"),
    ],
)
def test_an_operation_that_is_not_finished_is_named(made, words, name):
    conflict(made)
    assert worktree.operation(Git(made.root)) is None
    made.git(*words, check=False)
    assert worktree.operation(Git(made.root)) == name


def test_an_operation_in_another_work_tree_is_not_ours(made, tmp_path):
    made.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"))
    Repository(tmp_path / "linked").git("bisect", "start")
    assert worktree.operation(Git(tmp_path / "linked")) == "bisect"
    assert worktree.operation(Git(made.root)) is None


def test_a_linked_tree_is_the_whole_commit_and_is_gone_after_discard(made, tmp_path):
    first = made.head
    made.commit("Later", **{"a.txt": "later\n"})
    place = tmp_path / "deep" / "tree"
    worktree.add(Git(made.root), first, place)
    assert (place / "a.txt").read_text() == "one\n"
    assert Repository(place).head == first
    worktree.discard(Git(made.root), place)
    assert not place.exists()
    assert made.git("worktree", "list").count("\n") == 0
    assert made.status == ""


def test_a_linked_tree_is_whole_also_where_the_persons_own_is_sparse(made, tmp_path):
    made.commit("Folders", **{"here/x.txt": "x\n", "there/y.txt": "y\n"})
    made.git("sparse-checkout", "set", "here")
    worktree.add(Git(made.root), made.head, tmp_path / "tree")
    assert (tmp_path / "tree/there/y.txt").exists()
    assert not (made.root / "there").exists()
    assert Repository(tmp_path / "tree").status == ""


def test_a_tree_that_a_crash_left_is_replaced(made, tmp_path):
    place = tmp_path / "tree"
    git = Git(made.root)
    worktree.add(git, made.head, place)
    (place / "rubbish").write_text("x")
    made.git("worktree", "lock", str(place))
    worktree.add(git, made.head, place)
    assert sorted(path.name for path in place.iterdir()) == [".git", ".gitignore", "a.txt", "b.txt", "dos.txt"]


def test_a_tree_that_was_removed_by_hand_is_no_obstacle(made, tmp_path):
    place = tmp_path / "tree"
    worktree.add(Git(made.root), made.head, place)
    shutil.rmtree(place)
    worktree.add(Git(made.root), made.head, place)
    assert (place / "a.txt").exists()


def test_a_folder_that_is_no_work_tree_makes_room(made, tmp_path):
    (tmp_path / "tree" / "junk").mkdir(parents=True)
    worktree.add(Git(made.root), made.head, tmp_path / "tree")
    assert not (tmp_path / "tree" / "junk").exists()


def test_a_commit_that_is_not_there_leaves_no_tree(made, tmp_path):
    with pytest.raises(ReleaseError):
        worktree.add(Git(made.root), "1" * 40, tmp_path / "tree")
    worktree.discard(Git(made.root), tmp_path / "tree")
    assert not (tmp_path / "tree").exists()
    assert made.git("worktree", "list").count("\n") == 0


def test_submodules_are_initialised(made, tmp_path, monkeypatch):
    part = repository(tmp_path / "part", {"inside.txt": "in\n"})
    for name, value in {"COUNT": "1", "KEY_0": "protocol.file.allow", "VALUE_0": "always"}.items():
        monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    made.git("submodule", "--quiet", "add", str(part.root), "vendor/part")
    made.commit("With a part")
    worktree.add(Git(made.root), made.head, tmp_path / "tree")
    assert (tmp_path / "tree/vendor/part/inside.txt").read_text() == "in\n"
    worktree.discard(Git(made.root), tmp_path / "tree")
    assert not (tmp_path / "tree").exists()


def test_a_submodule_that_is_a_command_is_not_executed(made, tmp_path):
    spy = tmp_path / "spy"
    part = repository(tmp_path / "part")
    made.write(".gitmodules", f'[submodule "x"]\n\tpath = x\n\turl = ext::sh -c touch% {spy}\n')
    made.git("add", ".gitmodules")
    made.git("update-index", "--add", "--cacheinfo", f"160000,{part.head},x")
    made.git("commit", "--quiet", "--message", "Hostile")
    made.git("config", "protocol.ext.allow", "always")
    with pytest.raises(ReleaseError):
        worktree.add(Git(made.root), made.head, tmp_path / "tree")
    assert not spy.exists()


def release(made, files, head=None):
    """The release commit on the branch, as after the ref transaction: the person's files are still the old ones."""
    head = head or made.head
    commit = write_commit(Git(made.root), head, files, "Release", EPOCH)
    made.git("update-ref", "refs/heads/main", commit, head)
    return commit


def test_the_persons_files_and_index_are_brought_forward_and_the_tree_is_clean(made):
    files = {"a.txt": "new\n", "dos.txt": "x\r\ny\r\n", "deep/n.txt": "n\n"}
    commit = release(made, files)
    worktree.bring_forward(Git(made.root), commit, files, {"a.txt": "one\n", "dos.txt": "x\r\n", "deep/n.txt": None})
    assert made.status == ""
    assert (made.read("a.txt"), made.read("dos.txt"), made.read("deep/n.txt")) == ("new\n", "x\r\ny\r\n", "n\n")


def test_bringing_forward_twice_changes_nothing_more(made):
    files, before = {"a.txt": "new\n"}, {"a.txt": "one\n"}
    commit = release(made, files)
    worktree.bring_forward(Git(made.root), commit, files, before)
    stamp = (made.root / "a.txt").stat().st_mtime_ns
    worktree.bring_forward(Git(made.root), commit, files, before)
    assert (made.root / "a.txt").stat().st_mtime_ns == stamp
    assert made.status == ""


def test_other_changes_of_the_person_staged_and_not_are_left_alone(made):
    made.write("b.txt", "staged\n")
    made.git("add", "b.txt")
    made.write("dos.txt", "dirty\n")
    before = made.status
    commit = release(made, {"a.txt": "new\n"})
    worktree.bring_forward(Git(made.root), commit, {"a.txt": "new\n"}, {"a.txt": "one\n"})
    assert made.status == before
    assert made.read("dos.txt") == "dirty\n"


@pytest.mark.parametrize("now", ["mine\n", None])
def test_a_file_that_the_person_changed_meanwhile_is_refused_and_nothing_is_written(made, now):
    files = {"a.txt": "new\n", "b.txt": "new\n"}
    commit = release(made, files)
    if now is None:
        (made.root / "b.txt").unlink()
    else:
        made.write("b.txt", now)
    index = (made.root / ".git/index").read_bytes()
    with pytest.raises(ReleaseError) as caught:
        worktree.bring_forward(Git(made.root), commit, files, {"a.txt": "one\n", "b.txt": "two\n"})
    (problem,) = caught.value.problems
    assert (problem.code, problem.path) == ("file-changed", "b.txt")
    assert commit[:12] in problem.hint
    assert made.read("a.txt") == "one\n"
    assert (made.root / ".git/index").read_bytes() == index


def test_the_mode_of_a_file_survives(made):
    (made.root / "a.txt").chmod(0o755)
    made.commit("Executable")
    commit = release(made, {"a.txt": "new\n"})
    worktree.bring_forward(Git(made.root), commit, {"a.txt": "new\n"}, {"a.txt": "one\n"})
    assert (made.root / "a.txt").stat().st_mode & 0o777 == 0o755
    assert made.status == ""


def test_files_whose_line_ends_git_converts_are_clean_afterwards(made):
    made.commit("Attributes", **{".gitattributes": "*.txt text eol=crlf\n"})
    (made.root / "a.txt").unlink()
    made.git("checkout", "--", "a.txt")
    assert made.read("a.txt") == "one\r\n"
    commit = release(made, {"a.txt": "new\r\n"})
    worktree.bring_forward(Git(made.root), commit, {"a.txt": "new\r\n"}, {"a.txt": "one\r\n"})
    assert made.read("a.txt") == "new\r\n"
    assert "a.txt" not in made.status


def test_what_a_crash_cut_off_is_finished(made):
    commit = release(made, {"a.txt": "new\n", "b.txt": "newer\n", "n.txt": "n\n"})
    made.write("b.txt", "newer\n")  # the crash came in between
    assert made.status != ""
    worktree.repair(Git(made.root), commit)
    assert (made.read("a.txt"), made.read("n.txt")) == ("new\n", "n\n")
    assert made.status == ""


def test_a_repair_leaves_the_persons_own_edit_alone(made):
    commit = release(made, {"a.txt": "new\n", "b.txt": "newer\n"})
    made.write("b.txt", "mine\n")
    worktree.repair(Git(made.root), commit)
    assert (made.read("a.txt"), made.read("b.txt")) == ("new\n", "mine\n")


def test_a_repair_of_a_tree_that_is_in_step_does_nothing(made):
    commit = release(made, {"a.txt": "new\n"})
    worktree.bring_forward(Git(made.root), commit, {"a.txt": "new\n"}, {"a.txt": "one\n"})
    made.write("b.txt", "mine\n")
    worktree.repair(Git(made.root), commit)
    assert made.status == " M b.txt"


def test_a_file_that_the_person_set_back_after_the_release_is_no_trace_of_a_crash(made):
    commit = release(made, {"a.txt": "new\n"})
    worktree.bring_forward(Git(made.root), commit, {"a.txt": "new\n"}, {"a.txt": "one\n"})
    made.write("a.txt", "one\n")
    worktree.repair(Git(made.root), commit)
    assert made.read("a.txt") == "one\n"


TAGS = ("part-v2", "v2")


def tagged(made, tmp_path):
    """A commit that follows the tag v1, checked out, and the answers that git gives in the view of it."""
    made.git("tag", "v1")
    made.commit("More", **{"a.txt": "more\n"})
    git, tree = Git(made.root), tmp_path / "tree"
    worktree.add(git, made.head, tree)
    env = worktree.tagged(git, tree, tmp_path / "view", TAGS, EPOCH)
    return tree, lambda *words: Git(tree).do(*words, env=env)


def test_a_build_sees_the_tags_that_are_not_there_yet_and_no_others(made, tmp_path):
    _, said = tagged(made, tmp_path)
    assert said("tag", "--sort=-creatordate").split() == ["v2", "part-v2"]
    assert said("describe", "--dirty") == "v2"
    assert said("describe", "--dirty", "--match", "part-*") == "part-v2"
    assert said("rev-parse", "HEAD") == made.head
    assert made.git("tag") == "v1"
    assert made.git("for-each-ref", "--format=%(refname)").split() == ["refs/heads/main", "refs/tags/v1"]


def test_what_another_build_left_is_not_seen_and_what_changed_a_file_is(made, tmp_path):
    tree, said = tagged(made, tmp_path)
    (tree / "a.egg-info").mkdir()
    (tree / "a.egg-info/PKG-INFO").touch()
    assert said("status", "--short") == ""
    (tree / "a.txt").write_text("changed\n")
    assert said("describe", "--dirty") == "v2-dirty"


def test_tags_are_seen_in_a_shallow_clone_whose_history_ends(made, tmp_path):
    made.commit("More", **{"a.txt": "more\n"})
    made.git("clone", "--quiet", "--depth", "1", f"file://{made.root}", str(tmp_path / "shallow"))
    _, said = tagged(Repository(tmp_path / "shallow"), tmp_path)
    assert said("tag", "--merged").split() == list(TAGS)
    assert said("log", "--oneline").count("\n") == 1


def test_tags_are_shown_without_a_signature_in_a_repository_that_signs(made, tmp_path):
    for key in ("tag.gpgSign", "tag.forceSignAnnotated"):
        made.git("config", key, "true")
    made.git("config", "gpg.program", "false")
    git = Git(made.root)
    worktree.add(git, made.head, tmp_path / "tree")
    env = worktree.tagged(git, tmp_path / "tree", tmp_path / "view", TAGS, EPOCH)
    assert git.do("tag", env=env).split() == list(TAGS)


def test_a_copy_becomes_a_repository_whose_one_commit_has_the_tag(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))  # nobody has configured git here
    folder = tmp_path / "copy"
    folder.mkdir()
    (folder / "a.txt").write_text("a\n")
    worktree.picture(folder, TAGS, EPOCH)
    (folder / "a.egg-info").touch()
    git = Git(folder)
    assert (git.do("ls-files"), git.do("status", "--short"), git.do("describe", "--dirty")) == ("a.txt", "", "v2")


def test_the_last_tag_is_the_nearest_in_the_history_and_there_may_be_none(made, tmp_path):
    assert worktree.last_tag(made.root) is None
    assert worktree.last_tag(tmp_path) is None
    made.git("tag", "v9")
    made.git("tag", "v1", made.commit())
    made.commit()
    assert worktree.last_tag(made.root) == "v1"


def test_what_a_killed_replacement_left_beside_a_file_is_taken_away(made):
    commit = release(made, {"a.txt": "new\n", "deep/n.txt": "n\n"})
    made.write(".trainer-release-abcd_123.tmp", "half")
    made.write("deep/.trainer-release-defghijk.tmp", "")
    made.write(".trainer-release-notes", "a person's own")
    worktree.repair(Git(made.root), commit)
    assert made.status == "?? .trainer-release-notes"


def test_a_linked_work_tree_that_git_was_killed_over_is_discarded_and_the_others_stay(made, tmp_path):
    git, kept = Git(made.root), tmp_path / "1.0.0x"
    made.git("worktree", "add", "--quiet", "--detach", str(kept))
    folder = tmp_path / "trees" / "1.0.0"
    worktree.add(git, made.head, folder)
    own = made.root / ".git/worktrees/1.0.0"
    (own / "locked").write_text("initializing\n")  # what `git worktree prune` leaves alone for ever
    (own / "index.lock").touch()
    worktree.add(git, made.head, folder)
    assert len(made.git("worktree", "list").splitlines()) == 3
    worktree.discard(git, folder)
    assert not own.exists()
    assert str(kept) in made.git("worktree", "list")
    orphan = made.root / ".git/worktrees/1.0.0"
    orphan.mkdir()
    (orphan / "locked").touch()
    worktree.discard(git, folder)
    assert not orphan.exists()
    assert (kept / ".git").exists()
