"""Which locks are made after publishing, which are told instead and why, and what a run does when things went on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kit.facts import execute_facts, suite_of, world
from kit.repo import SPEECH, project, repository
from kit.repo import suite as suite_files
from trainer_release.errors import Severity
from trainer_release.release import planner
from trainer_release.release.steps import make_locks
from trainer_release.world.builds import find_uv
from trainer_release.world.git import Git
from trainer_release.world.venvs import Venvs, interpreter

LOCK = """\
version = 1
requires-python = ">=3.9"

[[package]]
name = "demo-speech"
version = "1.1.0"
source = { editable = "." }

[[package]]
name = "demo-words"
version = "1.0.0"
source = { registry = "https://index.example/simple" }
"""
FILES = {**suite_files("1.1.0"), SPEECH: project("demo-speech", "1.1.0", ["demo-words==1.1.0"])}
MADE = LOCK.replace("1.0.0", "1.1.0")
PATH = "packages/speech/uv.lock"


def facts(released=LOCK, here=LOCK, path=PATH, **more):
    git = {"head": more.pop("head")} if "head" in more else {}
    return replace(execute_facts(files=FILES, **git), locks={path: (released, here)}, embedded=False, **more)


def told(found):
    return [(action.subject, action.awaited, action.told) for action in make_locks.plan(found)]


def test_a_lock_whose_pins_exclude_what_it_has_is_made():
    assert told(facts()) == [(PATH, ("demo-words",), "")]


@pytest.mark.parametrize(("released", "here"), [(MADE, MADE), (LOCK, MADE), ("<<<<<<<\n", "<<<<<<<\n")])
def test_a_lock_that_fits_here_or_in_the_release_or_is_none_is_not_planned(released, here):
    assert told(facts(released, here)) == []


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"embedded": True}, "no address of the embedded index may stand in a lock"),
        ({"head": "e" * 40}, "HEAD is not the release commit"),
        ({"here": LOCK + "# mine\n"}, "it is not as the release commit has it"),
        ({"here": None}, "it is not as the release commit has it"),
    ],
)
def test_a_lock_that_is_left_to_the_person_says_why(more, why):
    embedded = more.pop("embedded", False)
    found = replace(facts(**more), embedded=embedded)
    assert told(found) == [(PATH, ("demo-words",), why)]
    assert planner.execute(found).notes == (
        f"{PATH} awaits demo-words: left to you ({why}), `uv lock` in packages/speech",
    )


CATALOG = """\
demo:
  version: "1.1.0"
modules:
  words: {version: "1.1.0", repository: ../words.git}
  speech: {version: "1.1.0", repository: ../speech.git}
  notes: "1.1.0"
"""
APART = {
    "versions.yaml": CATALOG,
    "words:/pyproject.toml": project("demo-words", "1.1.0", []),
    "speech:/pyproject.toml": project("demo-speech", "1.1.0", ["demo-words==1.1.0"]),
    "notes/pyproject.toml": project("demo-notes", "1.1.0", ["demo-words==1.1.0"]),
}


@pytest.mark.parametrize(
    ("path", "source", "why"),
    [
        ("speech:/uv.lock", 'registry = "https://index.example/simple"', "it lies in another repository"),
        ("speech:/uv.lock", 'editable = "../words"', "it lies in another repository"),
        ("notes/uv.lock", 'editable = "../../words"', "it takes modules from folders beside its repository"),
    ],
)
def test_a_lock_that_only_its_own_folder_can_make_is_told(path, source, why):
    text = LOCK.replace("demo-speech", "demo-notes") if path.startswith("notes") else LOCK
    text = text.replace('registry = "https://index.example/simple"', source)
    found = replace(facts(text, None if ":" in path else text, path), suite=suite_of(APART))
    assert told(found) == [(path, ("demo-words",), why)]


@pytest.fixture
def made(tmp_path):
    """A repository as the release has it, its one awaited action, and a world for that."""
    work = repository(tmp_path / "work", {**FILES, PATH: LOCK})
    work.commit("Release")
    (action,) = make_locks.plan(facts())
    hands = world(work.root, git=Git(work.root), venvs=Venvs(interpreter(), find_uv()))
    return work, replace(action, commit=work.head), hands


def problem(outcome):
    (said,) = make_locks.problems({(make_locks.NAME, PATH): outcome, ("write_manifest", ""): outcome})
    return said


def test_a_missing_tool_is_a_warning_and_the_file_stays(made):
    work, action, hands = made
    said = problem(make_locks.run(action, replace(hands, venvs=Venvs(interpreter(), None)), {}))
    assert (said.code, said.severity, said.path) == ("lock-awaited", Severity.WARNING, PATH)
    assert "uv is not here" in said.message
    assert said.hint == "`uv lock` in packages/speech, then commit it"
    assert work.status == ""


def test_what_the_person_wrote_meanwhile_stays(made):
    work, action, hands = made
    alone = 'version = 1\nrequires-python = ">=3.9"\n'
    work.write("packages/words/uv.lock", "# mine\n")
    action = replace(action, subject="packages/words/uv.lock", text=alone)
    said = problem(make_locks.run(action, hands, {}))
    assert (said.code, said.severity) == ("lock-awaited", Severity.NOTE)
    assert "it was changed meanwhile" in said.message
    assert work.read("packages/words/uv.lock") == "# mine\n"


def test_the_lock_is_made_from_the_release_commit_not_from_the_persons_edits(made):
    work, action, hands = made
    alone = 'version = 1\nrequires-python = ">=3.9"\n'
    work.write("packages/words/uv.lock", alone)
    words = work.read("packages/words/pyproject.toml")
    work.write("packages/words/pyproject.toml", words.replace("1.1.0", "9.9.9"))
    action = replace(action, subject="packages/words/uv.lock", text=alone)
    said = problem(make_locks.run(action, hands, {}))
    assert (said.code, said.severity) == ("lock-made", Severity.NOTE), said
    assert 'name = "demo-words"\nversion = "1.1.0"' in work.read("packages/words/uv.lock")
