"""Finding the catalog and reading the suite; where a command works."""

from __future__ import annotations

import pytest

from kit.repo import UMBRELLA, WORDS, project, repository
from kit.repo import suite as suite_files
from trainer_release.app.load import locate
from trainer_release.app.session import address, index_of, look, open_session
from trainer_release.app.session import load_suite as load
from trainer_release.errors import ReleaseError


@pytest.fixture
def home(tmp_path):
    return repository(tmp_path / "repo", suite_files())


def refused(act):
    with pytest.raises(ReleaseError) as caught:
        act()
    return caught.value.problems[0]


def test_the_nearest_catalog_above_is_the_suites(home):
    inner = home.write("packages/words/versions.yaml", "x")
    assert locate(home.root) == home.root / "versions.yaml"
    assert locate(home.root / "apps/core/src") == home.root / "versions.yaml"
    assert locate(home.root / "packages/words/src") == inner


def test_a_named_catalog_is_that_file_or_the_one_in_that_folder(home, tmp_path):
    other = home.write("other.yaml", "x")
    assert locate(home.root, other) == other
    assert locate(home.root / "packages", other.relative_to(home.root).__class__("..") / "other.yaml") == other
    assert locate(tmp_path, home.root) == home.root / "versions.yaml"


def test_a_catalog_that_is_not_there_is_refused_with_the_next_move(tmp_path):
    nowhere = refused(lambda: locate(tmp_path))
    assert (nowhere.code, nowhere.exit) == ("catalog-missing", 3)
    assert "trainer-release init" in nowhere.hint
    named = refused(lambda: locate(tmp_path, tmp_path / "none.yaml"))
    assert "none.yaml" in named.message


def test_the_suite_is_read_with_every_text_that_it_was_read_from(home):
    loaded = load(home.root)
    assert loaded.root == home.root
    assert set(loaded.suite.modules) == {"words", "speech", "core"}
    assert loaded.texts["versions.yaml"] == home.read("versions.yaml")
    assert loaded.texts[WORDS] == home.read(WORDS)
    assert loaded.problems == ()


def test_what_is_structurally_wrong_is_raised_all_at_once(home):
    home.write(WORDS, project("demo-words", "1.0.0", ["demo-speech @ file:///x", "demo-core"]))
    home.write("packages/stray/pyproject.toml", project("demo-stray"))
    with pytest.raises(ReleaseError) as caught:
        load(home.root)
    assert {"direct-reference", "project-unlisted", "dependency-cycle"} <= {p.code for p in caught.value.problems}


def test_bytes_that_are_no_text_are_a_complaint_and_no_fault(home):
    (home.root / WORDS).write_bytes(b'[project]\nname = "demo-w\xff"\n')
    with pytest.raises(ReleaseError) as caught:
        load(home.root)
    assert caught.value.exit == 3


def test_a_session_knows_its_place_in_the_repository(home):
    session = open_session(home.root / "packages")
    assert (session.root, session.catalog, session.prefix) == (home.root, "versions.yaml", "")
    assert session.cache("demo") == home.root / ".git/trainer-release/demo/cache"
    assert session.data("demo") == home.root / ".git/trainer-release/demo/data"


def test_a_suite_may_lie_below_the_repositorys_root(tmp_path):
    home = repository(tmp_path / "repo", {f"deep/er/{path}": text for path, text in suite_files().items()})
    session = open_session(home.root / "deep/er")
    assert (session.root, session.prefix) == (home.root / "deep/er", "deep/er/")
    assert set(session.load().suite.modules) == {"words", "speech", "core"}


def test_linked_work_trees_share_cache_and_data(home, tmp_path):
    home.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"))
    assert open_session(tmp_path / "linked").cache("demo") == open_session(home.root).cache("demo")


def test_without_git_there_is_no_session(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain/versions.yaml").write_text("x")
    problem = refused(lambda: open_session(tmp_path / "plain"))
    assert (problem.code, problem.exit) == ("not-a-repository", 6)


def test_indexes_are_known_by_the_catalogs_names(home):
    more = "indexes:\n  mine: {upload: http://index.example/up/, simple: http://index.example/simple/}\n"
    home.write("versions.yaml", suite_files(more=more)["versions.yaml"])
    catalog = load(home.root).suite.catalog
    assert address(catalog, "mine").upload == "http://index.example/up/"
    assert address(catalog, "pypi").name == "pypi"
    problem = refused(lambda: address(catalog, "yours"))
    assert (problem.code, problem.exit) == ("index-unknown", 2)
    assert "mine" in problem.hint


def test_looking_at_an_embedded_index_that_was_never_used_creates_nothing(home):
    session = open_session(home.root)
    with look(session, session.load().suite, None) as listed:
        assert listed == {}
    assert not (home.root / ".git/trainer-release").exists()


def test_the_embedded_index_runs_while_it_is_asked(home):
    session = open_session(home.root)
    suite = session.load().suite
    with index_of(session, suite, None) as where:
        assert where.name == "local"
        assert where.simple.startswith("http://127.0.0.1:")
    with look(session, suite, "local") as listed:
        assert set(listed) == {"demo-words", "demo-speech", "demo-core"}


def test_a_project_at_the_root_is_read(tmp_path):
    files = suite_files(**{UMBRELLA: None, "pyproject.toml": project("demo-core", "1.0.0", ["demo-words"])})
    assert load(repository(tmp_path / "repo", files).root).suite.umbrella.path == "."
