"""One look at repository and remote: the facts are those of the moment."""

from __future__ import annotations

import pytest

from kit.prepared import prepared
from kit.repo import WORDS, Repository, repository, with_remote
from kit.repo import suite as suite_files
from trainer_release.release import survey
from trainer_release.world.git import Git

CATALOG = "versions.yaml"


@pytest.fixture
def home(tmp_path):
    return repository(tmp_path / "repo", suite_files())


def look(home, prefix="", **more):
    return survey.repository(Git(home.root), prefix, CATALOG, **more)


def test_a_clean_repository_without_a_remote(home):
    facts = look(home)
    assert (facts.head, facts.branch, facts.changed, facts.untracked) == (home.head, "main", (), ())
    assert (facts.operation, facts.sparse, facts.identity, facts.remote, facts.behind) == (
        None,
        False,
        True,
        None,
        False,
    )
    assert facts.catalog_at_head is None, "asked for only where it differs"
    assert facts.refs == {"refs/heads/main": home.head}


def test_changes_of_the_person_are_seen_with_the_catalogs_text_before(home):
    before = home.read(CATALOG)
    home.write(CATALOG, before + "# mine\n")
    home.write("new.txt", "")
    facts = look(home)
    assert (facts.changed, facts.untracked, facts.catalog_at_head) == ((CATALOG,), ("new.txt",), before)


def test_a_catalog_that_was_never_committed_counts_as_an_edit(tmp_path):
    files = suite_files()
    text = files.pop(CATALOG)
    home = repository(tmp_path / "repo", files)
    home.write(CATALOG, text)
    facts = look(home)
    assert (facts.changed, facts.untracked, facts.catalog_at_head) == ((CATALOG,), (), None)


def test_before_the_first_commit_there_is_no_head(tmp_path):
    home = Repository(tmp_path)
    home.git("init", "--quiet", "--initial-branch=main")
    facts = look(home)
    assert (facts.head, facts.branch, facts.catalog_at_head, facts.merged_tags) == (None, "main", None, ())


def test_only_tags_of_this_history_are_merged(home):
    home.git("tag", "v1.0.0")
    home.git("switch", "--quiet", "--create", "other")
    home.commit("Elsewhere")
    home.git("tag", "v2.0.0")
    home.git("switch", "--quiet", "main")
    assert look(home).merged_tags == ("refs/tags/v1.0.0",)


def test_nobody_known_to_git_is_no_identity(home, monkeypatch):
    for name in ("GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"):
        monkeypatch.delenv(name)
    home.git("config", "user.useConfigOnly", "true")
    assert look(home).identity is False


def test_a_sparse_checkout_is_seen(home):
    home.git("sparse-checkout", "set", "packages")
    assert look(home).sparse is True


def test_a_remote_that_has_gone_on_is_ahead_and_one_that_lags_is_not(home, tmp_path):
    remote = with_remote(home, tmp_path / "remote")
    home.commit("Ours")
    assert look(home).behind is False
    assert look(home).remote.refs["refs/heads/main"] == remote.refs["refs/heads/main"]
    other = Repository(tmp_path / "other")
    home.git("clone", "--quiet", str(remote.root), str(other.root))
    other.commit("Another's")
    other.git("push", "--quiet")
    assert look(home).behind is True


def test_a_remote_that_does_not_answer_is_a_fact_and_no_error(home, tmp_path):
    home.git("remote", "add", "origin", str(tmp_path / "gone"))
    facts = look(home)
    assert facts.remote.problem.code == "remote-unreachable"
    assert facts.behind is False
    assert look(home, remote=False).remote is None


def test_the_suite_of_a_commit_is_that_of_the_commit_whatever_the_tree_says(home, tmp_path):
    first = home.head
    home.commit("Later", **{CATALOG: suite_files("2.0.0")[CATALOG]})
    home.write(WORDS, "broken [")
    assert survey.suite_at(Git(home.root), first, "", CATALOG).catalog.version == "1.0.0"
    below = repository(tmp_path / "below", {f"deep/{path}": text for path, text in suite_files().items()})
    assert set(survey.suite_at(Git(below.root), below.head, "deep/", CATALOG).modules) == {"words", "speech", "core"}


def test_the_record_is_found_in_the_tag_or_else_in_its_own_ref(home):
    git = Git(home.root)
    assert survey.find_record(git, "demo", "1.1.0", "refs/tags/v1.1.0") == (None, None, None)
    made = prepared(home)
    oid = home.refs["refs/tags/v1.1.0"]
    assert survey.find_record(git, "demo", "1.1.0", "refs/tags/v1.1.0") == (made, oid, oid)
    home.git("tag", "--delete", "v1.1.0")
    assert survey.find_record(git, "demo", "1.1.0", "refs/tags/v1.1.0") == (made, oid, None)
    home.git("tag", "v1.1.0")
    assert survey.find_record(git, "demo", "1.1.0", "refs/tags/v1.1.0") == (made, oid, home.head), "a tag made by hand"
