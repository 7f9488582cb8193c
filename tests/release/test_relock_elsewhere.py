"""Locks of other repositories in a release's change: from that repository's commit, its own files and edits alone."""

from __future__ import annotations

import subprocess
from dataclasses import replace

import pytest

from kit.facts import EPOCH, on_index, suite_of
from kit.repo import project, repository
from trainer_release.release import change, relock
from trainer_release.world.builds import find_uv
from trainer_release.world.git import Git
from trainer_release.world.lock_copies import Workspace
from trainer_release.world.venvs import interpreter

CATALOG = (
    'demo:\n  version: "1.0.0"\nmodules:\n  words: {version: "1.0.0", repository: ../words.git}\n  notes: "1.0.0"\n'
)
WORDS = {
    "pyproject.toml": project("demo-words", "1.0.0", []) + '[tool.uv.workspace]\nmembers = ["examples/*"]\n',
    "examples/tour/pyproject.toml": '[project]\nname = "tour"\nversion = "7"\nrequires-python = ">=3.9"\n',
}
NOTES = {"versions.yaml": CATALOG, "notes/pyproject.toml": project("demo-notes", "1.0.0", [])}


@pytest.fixture
def two(tmp_path):
    """The catalog's repository, and the bare one of words, whose lock holds an example that is no module."""
    home, words = repository(tmp_path / "home", NOTES), repository(tmp_path / "words", WORDS)
    for place in (words.root, home.root / "notes"):
        command = [find_uv(), "lock", "--quiet", "--python", interpreter()]
        subprocess.run(command, cwd=place, check=True)
    home.commit("Lock")
    words.commit("Lock")
    words.git("clone", "--quiet", "--bare", str(words.root), str(tmp_path / "words.git"))
    return home, words, Git(tmp_path / "words.git", tmp_path / "words.git")


def brought(two, edits=None, uv="uv"):
    """The change of 1.1.0 with its locks; `edits` chooses those of projects that it keeps."""
    home, words, git = two
    files = {**NOTES, "words:/pyproject.toml": WORDS["pyproject.toml"]}
    suite = suite_of(files)
    meant = change.compute(suite, "1.1.0", {}, files, EPOCH)
    if edits is not None:
        meant = replace(meant, edits=tuple(edit for edit in meant.edits if edit.path in edits))
    workspace = Workspace(
        home.root, "", Git(home.root), interpreter(), find_uv() if uv else None, files, locks=("notes/uv.lock",)
    )
    return relock.bring_along(meant, suite, workspace, {"words:": (git, words.head)})


def test_each_lock_is_made_from_the_files_of_its_own_repository(two):
    found = brought(two)
    assert found.problems == ()
    made = {edit.path: edit for edit in found.edits if edit.path.endswith("uv.lock")}
    assert set(made) == {"notes/uv.lock", "words:/uv.lock"}
    words = made["words:/uv.lock"]
    assert words.after == words.before.replace('"demo-words"\nversion = "1.0.0"', '"demo-words"\nversion = "1.1.0"')
    assert 'name = "tour"\nversion = "7"' in words.after
    assert set(found.tools) == {"uv"}


def test_a_repository_without_edits_is_left_alone(two):
    found = brought(two, edits={"notes/pyproject.toml"}, uv=None)
    assert [problem.path for problem in found.problems] == ["notes/uv.lock"]


def test_a_problem_names_the_repository(two):
    found = brought(two, uv=None)
    assert {(problem.code, problem.path) for problem in found.problems} == {
        ("lock-tool-missing", "notes/uv.lock"),
        ("lock-tool-missing", "words:/uv.lock"),
    }


@pytest.mark.parametrize("embedded", [True, False])
def test_a_module_that_only_the_embedded_index_has_is_awaited(two, embedded):
    home, words, git = two
    pinned = project("demo-notes", "1.0.0", ["demo-words==1.0.0"])
    files = {**NOTES, "words:/pyproject.toml": WORDS["pyproject.toml"], "notes/pyproject.toml": pinned}
    text = home.read("notes/uv.lock")
    given = (
        '[[package]]\nname = "demo-words"\nversion = "0.9"\nsource = { registry = "https://index.example/simple" }\n'
    )
    home.commit("As it was", **{"notes/pyproject.toml": pinned, "notes/uv.lock": f"{text}\n{given}"})
    suite = suite_of(files)
    meant = change.compute(suite, "1.1.0", on_index("demo-words 1.1.0"), files, EPOCH)
    assert meant.carried == ("words",)
    workspace = Workspace(home.root, "", Git(home.root), interpreter(), None, files, locks=("notes/uv.lock",))
    found = relock.bring_along(meant, suite, workspace, embedded=embedded)
    assert [problem.code for problem in found.problems if problem.path == "notes/uv.lock"] == (
        [] if embedded else ["lock-tool-missing"]
    )
    assert any("notes/uv.lock is made after publishing (demo-words)" in note for note in found.notes) is embedded
