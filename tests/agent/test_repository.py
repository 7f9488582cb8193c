"""A repository of integration tests: its commit is recorded, it is never written to, what it needs is known."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from kit.cells import module, suite, wheel, write
from trainer_release.agent import cells
from trainer_release.agent.repository import repository_tests
from trainer_release.errors import ReleaseError


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = write(
        tmp_path / "repo", {"checks/tests/test_a.py": "# first", "checks/requirements.txt": "a>=1  # why\n-r x\n\n"}
    )
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", "First")
    git(folder, "tag", "v1")
    write(folder, {"checks/tests/test_a.py": "# second"})
    git(folder, "commit", "--quiet", "--all", "-m", "Second")
    return folder


def state(folder: Path) -> str:
    return (
        git(folder, "status", "--porcelain", "--ignored")
        + git(folder, "for-each-ref")
        + git(folder, "worktree", "list")
    )


def text(source) -> str:
    return Path(source.path, "test_a.py").read_text()


def test_a_path_is_read_as_it_lies_there_with_its_commit_and_whether_that_is_all(repository):
    head = git(repository, "rev-parse", "HEAD")
    found = repository_tests(str(repository / "checks"))
    assert (found.origin, text(found)) == (f"repo:{repository / 'checks'}@{head}", "# second")
    write(repository, {"elsewhere.txt": ""})
    assert repository_tests(str(repository / "checks")) == found
    write(repository, {"checks/tests/test_a.py": "# third"})
    dirty = repository_tests(str(repository / "checks"))
    assert (dirty.origin, text(dirty)) == (f"{found.origin}+dirty", "# third")
    assert found.requires == ("a>=1",)


def test_a_ref_is_read_as_it_was_and_the_repository_is_not_touched(repository, tmp_path):
    before, first = state(repository), git(repository, "rev-parse", "v1")
    found = repository_tests(f"{repository / 'checks'}@v1")
    assert (found.origin, text(found)) == (f"repo:{repository / 'checks'}@{first}", "# first")
    assert Path(found.path).is_relative_to(tmp_path / "cache")
    assert repository_tests(f"{repository / 'checks'}@v1") == found
    Path(found.path, "test_a.py").write_text("# harmed")
    assert text(repository_tests(f"{repository / 'checks'}@v1")) == "# first"
    assert state(repository) == before


@pytest.mark.parametrize(("named", "why"), [("{}@v9", "has no v9"), ("{}/none", "there is no"), ("{}", "there is no")])
def test_what_cannot_be_read_is_told(repository, named, why):
    with pytest.raises(ReleaseError, match="integration-tests-missing") as caught:
        repository_tests(named.format(repository))
    assert why in caught.value.problems[0].message


def test_what_a_repository_needs_is_installed_but_for_the_suite_s_own_packages(tmp_path):
    text = (
        '[project]\nname = "checks"\nversion = "1"\ndependencies = ["kit-one>=1", "b"]\n'
        '[project.optional-dependencies]\ntest = ["c<9"]\ndocs = ["d"]\n'
    )
    folder = write(tmp_path, {"pyproject.toml": text, "tests/test_a.py": "", "requirements.txt": "e"})
    found = repository_tests(str(folder))
    assert found.requires == ("kit-one>=1", "b", "c<9")
    one = module("one")
    cell = cells.together([one], (wheel(tmp_path / "dist", "kit-one"),), (found,), "/python", suite=suite(one))
    assert cell.requires == ("pytest>=8", "b", "c<9")
    assert cell.family == {"kit-one": "one"}
