"""tag, push and abandon: the refs of a prepared release, here and on the remote."""

from __future__ import annotations

import pytest

from kit.facts import record
from kit.github import FakeGitHub
from kit.index import make_wheel
from kit.prepared import prepared
from kit.repo import EMBEDDED, WORDS, repository, with_remote
from kit.repo import suite as suite_files
from trainer_release.app.abandon import abandon
from trainer_release.app.session import open_session
from trainer_release.app.tags import push, tag
from trainer_release.errors import ReleaseError
from trainer_release.release.record import parse
from trainer_release.world.git import Git
from trainer_release.world.lock import held

PROPOSED = "release:\n  push: pull-request\n"
RECORD, TAG, BRANCH = "refs/trainer-release/demo/1.1.0", "refs/tags/v1.1.0", "refs/heads/release/1.1.0"


@pytest.fixture
def home(tmp_path):
    return repository(tmp_path / "repo", suite_files())


@pytest.fixture
def proposing(tmp_path):
    return repository(tmp_path / "repo", suite_files(more=PROPOSED))


def refused(act):
    with pytest.raises(ReleaseError) as caught:
        act()
    return caught.value.problems[0]


@pytest.mark.parametrize("act", [tag, push, abandon])
def test_what_was_never_prepared_is_refused_with_the_command_that_prepares(home, act):
    problem = refused(lambda: act(home.root, "9.0.0"))
    assert (problem.code, problem.exit) == ("nothing-prepared", 6)
    assert "trainer-release prepare 9.0.0" in problem.hint
    assert refused(lambda: act(home.root, "v9")).exit == 2


@pytest.mark.parametrize("act", [tag, push, abandon])
def test_another_run_is_waited_for_by_nobody(home, act):
    prepared(home)
    with held(open_session(home.root).cache("demo"), "other"):
        assert refused(lambda: act(home.root, "1.1.0")).code == "locked"


def test_a_merged_branch_is_tagged_with_the_record(proposing):
    made = prepared(proposing, proposed=True)
    proposing.git("merge", "--quiet", "--no-ff", "--no-edit", "release/1.1.0")
    done = tag(proposing.root, "1.1.0")
    assert (done.name, done.commit, done.new) == ("v1.1.0", proposing.head, True)
    assert proposing.git("rev-parse", "v1.1.0^{commit}") == proposing.head
    text = Git(proposing.root).message_of(proposing.refs[TAG])
    assert parse(text, "x") == made
    again = tag(proposing.root, "1.1.0")
    assert (again.commit, again.new) == (proposing.head, False)


def test_a_squashed_merge_is_tagged_alike_and_later_work_does_not_matter(proposing):
    prepared(proposing, proposed=True)
    proposing.git("merge", "--quiet", "--squash", "release/1.1.0")
    squashed = proposing.commit("All in one")
    proposing.commit("Later", **{"packages/words/new.txt": ""})
    assert tag(proposing.root, "1.1.0").commit == squashed


def test_a_merge_on_the_remote_is_found(proposing, tmp_path):
    remote = with_remote(proposing, tmp_path / "remote")
    prepared(proposing, proposed=True)
    proposing.git("push", "--quiet", "origin", "release/1.1.0:main")
    done = tag(proposing.root, "1.1.0")
    assert done.commit == remote.refs["refs/heads/main"]
    assert set(remote.refs) == {"refs/heads/main"}, "nothing is pushed"


def test_a_branch_without_the_prepared_tree_is_not_tagged(proposing):
    prepared(proposing, proposed=True)
    problem = refused(lambda: tag(proposing.root, "1.1.0"))
    assert (problem.code, problem.exit) == ("tree-differs", 6)
    proposing.commit("Meanwhile", **{"packages/words/new.txt": ""})
    proposing.git("merge", "--quiet", "--squash", "release/1.1.0")
    proposing.commit("Another tree than the one that was tested")
    assert refused(lambda: tag(proposing.root, "1.1.0")).code == "tree-differs"
    assert TAG not in proposing.refs


def test_a_merge_into_a_branch_that_has_moved_on_tags_the_commit_that_was_tested(proposing):
    made = prepared(proposing, proposed=True)
    proposing.commit("Meanwhile", **{"packages/words/new.txt": ""})
    proposing.git("merge", "--quiet", "--no-edit", "release/1.1.0")
    assert tag(proposing.root, "1.1.0").commit == made.commit


def test_module_tags_are_set_beside_the_suite_tag(tmp_path):
    home = repository(tmp_path / "repo", suite_files(more=PROPOSED + '  module-tag: "{package}-v{version}"\n'))
    prepared(home, proposed=True)
    home.git("merge", "--quiet", "release/1.1.0")
    tag(home.root, "1.1.0")
    tags = {name for name in home.refs if name.startswith("refs/tags/")}
    assert tags == {TAG, *(f"refs/tags/demo-{name}-v1.1.0" for name in ("words", "speech", "core"))}


def test_branch_and_record_are_pushed_and_the_tag_last(home, tmp_path):
    remote = with_remote(home, tmp_path / "remote")
    remote.hook("update", f"echo $1 >> {tmp_path / 'log'}")
    prepared(home)
    assert push(home.root, "1.1.0") == ("refs/heads/main", RECORD, TAG)
    lease = "refs/trainer-release/demo/lease"
    assert (tmp_path / "log").read_text().split() == [lease, "refs/heads/main", RECORD, TAG, lease]
    assert remote.refs == {name: home.refs[name] for name in ("refs/heads/main", RECORD, TAG)}
    assert push(home.root, "1.1.0") == ()


def test_a_branch_that_has_gone_on_there_is_not_pushed_back(home, tmp_path):
    remote = with_remote(home, tmp_path / "remote")
    prepared(home)
    home.git("push", "--quiet", "origin", f"{home.commit('Later')}:main")
    assert push(home.root, "1.1.0") == (RECORD, TAG)
    assert remote.refs["refs/heads/main"] == home.head


def test_a_refused_push_leaves_the_tag_unpushed(home, tmp_path):
    remote = with_remote(home, tmp_path / "remote")
    remote.hook("pre-receive", "echo protected; exit 1")
    prepared(home)
    problem = refused(lambda: push(home.root, "1.1.0"))
    assert problem.code == "push-refused"
    assert set(remote.refs) == {"refs/heads/main"}


def test_a_proposal_pushes_its_branch_and_record(proposing, tmp_path):
    remote = with_remote(proposing, tmp_path / "remote")
    made = prepared(proposing, proposed=True)
    assert push(proposing.root, "1.1.0") == (BRANCH, RECORD)
    assert remote.refs[BRANCH] == made.commit


def test_there_must_be_somewhere_to_push_to(home, tmp_path):
    prepared(home)
    assert refused(lambda: push(home.root, "1.1.0")).code == "nothing-to-push"
    alone = repository(tmp_path / "alone", suite_files(more="release:\n  push: none\n"))
    with_remote(alone, tmp_path / "remote")
    prepared(alone)
    assert refused(lambda: push(alone.root, "1.1.0")).code == "nothing-to-push"


def state(home):
    return home.refs, home.status, {path: home.read(path) for path in home.git("ls-files").splitlines()}


def test_an_abandoned_release_has_never_been(home):
    before = state(home)
    prepared(home)
    assert home.status == ""
    said = abandon(home.root, "1.1.0")
    assert state(home) == before
    assert f"removed {TAG}" in said
    assert any("is back at" in line for line in said)
    prepared(home)


def test_files_that_the_release_added_are_gone_again(tmp_path):
    home = repository(tmp_path / "repo", suite_files(more="release:\n  embed: src/demo_core/suite.json\n"))
    before = state(home)
    prepared(home)
    assert EMBEDDED in home.git("ls-files").splitlines()
    abandon(home.root, "1.1.0")
    assert state(home) == before
    assert not (home.root / EMBEDDED).exists()


def test_an_abandoned_release_leaves_the_persons_other_work_alone(home):
    prepared(home)
    home.write("packages/words/src/demo_words/__init__.py", "mine\n")
    home.write("notes.txt", "mine\n")
    abandon(home.root, "1.1.0")
    assert home.status.split() == ["M", "packages/words/src/demo_words/__init__.py", "??", "notes.txt"]


def test_an_edit_of_a_released_file_since_then_refuses_before_anything_is_undone(home):
    prepared(home)
    home.write(WORDS, home.read(WORDS) + "# mine\n")
    before = state(home)
    problem = refused(lambda: abandon(home.root, "1.1.0"))
    assert (problem.code, problem.path) == ("file-changed", WORDS)
    assert state(home) == before


def test_what_was_pushed_is_taken_back_from_the_remote_but_never_the_branch(home, tmp_path):
    remote = with_remote(home, tmp_path / "remote")
    prepared(home)
    push(home.root, "1.1.0")
    said = abandon(home.root, "1.1.0")
    assert f"removed {TAG} from origin" in said
    assert set(remote.refs) == {"refs/heads/main"}
    assert any("stays on refs/heads/main" in line for line in said), "others may have it"
    assert home.git("log", "-1", "--format=%s") == "Release demo 1.1.0"
    assert set(home.refs) - {"refs/remotes/origin/main", "refs/remotes/origin/HEAD"} == {"refs/heads/main"}


def test_work_on_top_of_the_release_commit_keeps_it(home):
    prepared(home)
    later = home.commit("Later")
    said = abandon(home.root, "1.1.0")
    assert home.head == later
    assert any("stays on refs/heads/main" in line for line in said)
    assert set(home.refs) == {"refs/heads/main"}


def test_an_abandoned_proposal_drops_its_branch_here_and_there(proposing, tmp_path):
    remote = with_remote(proposing, tmp_path / "remote")
    before = state(proposing)
    prepared(proposing, proposed=True)
    push(proposing.root, "1.1.0")
    abandon(proposing.root, "1.1.0")
    assert state(proposing) == before
    assert set(remote.refs) == {"refs/heads/main"}


def test_a_release_of_which_something_is_published_is_not_abandoned(home, tmp_path):
    name = record().modules["words"].files[0].name
    prepared(home)
    folder = open_session(home.root).data("demo") / "index" / "files"
    folder.mkdir(parents=True)
    (folder / name).write_bytes(make_wheel(tmp_path / "w", "demo-words", "1.1.0").read_bytes())
    before = state(home)
    problem = refused(lambda: abandon(home.root, "1.1.0"))
    assert (problem.code, name in problem.message) == ("published-already", True)
    assert "execute 1.1.0" in problem.hint
    assert state(home) == before


def test_built_files_and_the_journal_of_an_abandoned_release_go(home):
    prepared(home)
    cache = open_session(home.root).cache("demo")
    for folder in ("artifacts/1.1.0", "journal/1.1.0", "artifacts/1.0.0"):
        (cache / folder).mkdir(parents=True)
    abandon(home.root, "1.1.0")
    assert not (cache / "artifacts/1.1.0").exists()
    assert not (cache / "journal/1.1.0").exists()
    assert (cache / "artifacts/1.0.0").exists()


def test_an_abandoned_release_leaves_no_draft_on_github_and_a_published_page_alone(home, tmp_path, monkeypatch):
    with_remote(home, tmp_path / "remote.git")
    prepared(home)
    with FakeGitHub() as hub:
        home.git("config", f"url.{tmp_path / 'remote.git'}.insteadOf", hub.url)
        home.git("remote", "set-url", "origin", hub.url)
        for name, value in hub.environment.items():
            monkeypatch.setenv(name, value)
        hub.add("v1.1.0", draft=True, files={"a.whl": b"x"})
        hub.add("v1.0.0")
        hub.add("v1.0.1", draft=True)
        said = abandon(home.root, "1.1.0")
        assert "removed the draft of v1.1.0 from GitHub" in said
        assert [each["tag_name"] for each in hub.releases] == ["v1.0.0", "v1.0.1"]
        prepared(home)
        monkeypatch.delenv("GITHUB_TOKEN")
        assert any("GITHUB_TOKEN" in line for line in abandon(home.root, "1.1.0"))
