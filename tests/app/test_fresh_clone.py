"""What a fresh clone knows of a prepared release: the suite tag or the record ref, whatever is checked out there."""

from __future__ import annotations

import pytest

from kit.prepared import prepared
from kit.repo import Repository, repository, with_remote
from kit.repo import suite as suite_files
from trainer_release.app.execute import Options, execute
from trainer_release.app.tags import push, tag
from trainer_release.errors import ReleaseError

PROPOSED = "release:\n  push: pull-request\n"
FIRST = "demo_words-1.1.0-py3-none-any.whl"


def cloned(home, folder):
    made = Repository(folder)
    home.git("clone", "--quiet", home.git("remote", "get-url", "origin"), str(folder))
    return made


def review(clone, version="1.1.0"):
    """The notes and the index of what `execute` would do there."""
    plan = execute(clone.root, Options(version=version), dry_run=True).plan
    return plan.notes[0], plan.index


def squashed(tmp_path):
    """A proposal that was merged as another commit, its branch removed; tagged and pushed."""
    home = repository(tmp_path / "repo", suite_files(more=PROPOSED))
    with_remote(home, tmp_path / "remote")
    made = prepared(home, proposed=True)
    push(home.root, "1.1.0")
    home.git("merge", "--quiet", "--squash", "release/1.1.0")
    home.commit("All in one")
    home.git("push", "--quiet", "origin", "main", ":release/1.1.0")
    tag(home.root, "1.1.0")
    push(home.root, "1.1.0")
    return home, made


def test_a_proposal_that_was_squashed_is_finished_where_its_branch_is_gone(tmp_path):
    home, made = squashed(tmp_path)
    clone = cloned(home, tmp_path / "clone")
    assert clone.git("cat-file", "-e", made.commit, check=False) == ""
    assert made.commit not in clone.git("rev-list", "--all"), "the tag names the squashed commit"
    said, _ = review(clone)
    assert FIRST in said
    assert said.endswith("built again from v1.1.0, the recorded bytes or none")


def test_the_release_commits_catalog_counts_not_the_one_that_is_checked_out(tmp_path):
    home = repository(tmp_path / "repo", suite_files())
    with_remote(home, tmp_path / "remote")
    prepared(home)
    push(home.root, "1.1.0")
    clone = cloned(home, tmp_path / "clone")
    other = suite_files(more="release:\n  index: pypi\n")
    clone.commit("Another index, nothing else", **{path: other.get(path, "") for path in other})
    said, index = review(clone)
    assert (FIRST in said, index) == (True, "local")


def test_a_clone_without_a_catalog_says_so(tmp_path):
    home = repository(tmp_path / "repo", suite_files())
    with_remote(home, tmp_path / "remote")
    prepared(home)
    push(home.root, "1.1.0")
    clone = cloned(home, tmp_path / "clone")
    (clone.root / "versions.yaml").unlink()
    with pytest.raises(ReleaseError) as caught:
        execute(clone.root, Options(version="1.1.0"), dry_run=True)
    (problem,) = caught.value.problems
    assert (problem.code, problem.exit) == ("catalog-missing", 3)
    assert "check out a commit that has one" in problem.hint
    clone.git("checkout", "--quiet", "v1.1.0")
    clone.git("checkout", "--quiet", "v1.1.0", "--", ".")
    assert FIRST in review(clone)[0]
