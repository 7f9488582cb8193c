"""What a lock file holds of a suite, and what moved between two texts of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kit.facts import suite_of
from kit.repo import suite as suite_files
from trainer_release.errors import Exit, ReleaseError
from trainer_release.model.edit import FileEdit
from trainer_release.suite import lock_moves, locks

WANTED = {"words": "1.1.0", "speech": "1.1.0", "core": "1.1.0"}
UV = """\
version = 1
revision = 2
requires-python = ">=3.11"

[manifest]
members = ["demo-words", "demo-speech"]

[[package]]
name = "demo-speech"
version = "1.0.0"
source = { editable = "packages/speech" }
dependencies = [{ name = "demo-words" }, { name = "iniconfig", version = "1.0.0", source = { registry = "https://index.example/simple" } }]

[[package]]
name = "demo-words" # ours
version = '1.0.0'
source = { virtual = "packages/words" }

[[package]]
name = "iniconfig"
version = "1.0.0"
source = { registry = "https://index.example/simple" }

[[package]]
name = "elsewhere"
version = "1.0.0"
source = { directory = "packages/words/plugins" }
"""
POETRY = """\
[[package]]
name = "demo-words"
version = "1.0.0"
optional = false

[package.source]
type = "directory"
url = "../words"

[[package]]
name = "iniconfig"
version = "1.0.0"
optional = false

[metadata]
content-hash = "1.0.0"
"""


@pytest.fixture
def suite():
    return suite_of(suite_files())


def lock(text=UV, path="uv.lock"):
    return locks.read(path, text)


def test_versions_of_modules_are_edited_and_nothing_else(suite):
    (edit,) = locks.aligned(lock(), suite, WANTED)
    changed = [(a, b) for a, b in zip(UV.splitlines(), edit.after.splitlines(), strict=True) if a != b]
    assert changed == [('version = "1.0.0"', 'version = "1.1.0"'), ("version = '1.0.0'", "version = '1.1.0'")]
    assert locks.aligned(lock(edit.after), suite, WANTED) == ()


def test_a_lock_beside_a_module_finds_its_sibling_by_a_relative_path(suite):
    found = lock(POETRY, "packages/speech/poetry.lock")
    assert found.places == {"packages/speech", "packages/words"}
    (edit,) = locks.aligned(found, suite, WANTED)
    assert edit.after == POETRY.replace('"1.0.0"', '"1.1.0"', 1)


def test_windows_line_ends_stay(suite):
    (edit,) = locks.aligned(lock(UV.replace("\n", "\r\n")), suite, WANTED)
    assert edit.after.count("\r\n") == UV.count("\n")
    assert edit.after.count("1.1.0") == 2


@pytest.mark.parametrize("same", ["1.1", "1.1.0"])
def test_another_spelling_of_a_version_is_no_drift(suite, same):
    assert locks.aligned(lock(UV.replace("1.0.0", same)), suite, WANTED) == ()


def test_a_version_that_is_none_is_compared_as_text(suite):
    (edit,) = locks.aligned(lock(UV.replace("1.0.0", "one")), suite, WANTED)
    assert edit.after.count("1.1.0") == 2


def test_a_module_whose_version_is_the_tag_or_dynamic_in_the_lock_has_nothing_to_follow(suite):
    words = suite.modules["words"]
    tagged = replace(words, project=replace(words.project, from_tag=True))
    of_tag = replace(suite, modules={**suite.modules, "words": tagged})
    dynamic = lock(UV.replace('name = "demo-speech"\nversion = "1.0.0"', 'name = "demo-speech"'))
    assert locks.aligned(dynamic, of_tag, WANTED) == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("version = '1.0.0'", "version = '''1.0.0'''"),
        ("requires-python", 'note = """\n[[package]]\n"""\nrequires-python'),
    ],
)
def test_a_place_that_is_not_certain_is_left_alone_and_told(suite, old, new):
    with pytest.raises(ReleaseError) as caught:
        locks.aligned(lock(UV.replace(old, new)), suite, WANTED)
    assert caught.value.exit is Exit.DRIFT
    assert {problem.code for problem in caught.value.problems} == {"lock-stale"}
    assert caught.value.problems[-1].message == "says demo-words 1.0.0, the catalog means 1.1.0"
    assert caught.value.problems[-1].hint == "run `uv lock` in ."


@pytest.mark.parametrize(
    "text",
    ["<<<<<<< HEAD\n", "[[package]]\nversion = '1'\n", "package = 3\n", "package = ['x']\n", "a = " + "[" * 9000],
)
def test_a_lock_that_cannot_be_read_is_told(text):
    with pytest.raises(ReleaseError) as caught:
        lock(text)
    assert [(p.code, p.path) for p in caught.value.problems] == [("lock-invalid", "uv.lock")]
    assert caught.value.exit is Exit.INVALID


def test_a_lock_is_touched_by_edits_of_the_projects_that_it_covers(suite):
    def edit(path):
        return [FileEdit(path, "", "x")]

    assert locks.touched(lock(), suite, edit("packages/words/pyproject.toml"))
    assert not locks.touched(lock(), suite, edit("apps/core/pyproject.toml"))
    assert not locks.touched(lock(), suite, edit("CHANGELOG.md"))


@pytest.mark.parametrize(
    ("after", "settled"),
    [
        ('[project]\nversion = "2"\ndependencies = ["a==1"]\n', True),
        ('[project]\nversion = "1"\ndependencies = ["a==2"]\n', False),
        ('[project]\nversion = "1"\ndependencies = ["a==1"]\n[tool.poetry.group.dev.dependencies]\nb = "2"\n', False),
        ('[project]\nversion = "1"\ndependencies = ["a==1"]\n[tool.demo.versions]\na = "2"\n', True),
    ],
)
def test_edits_are_settled_where_every_requirement_stays(after, settled):
    before = '[project]\nversion = "1"\ndependencies = ["a==1"]\n'
    assert (
        lock_moves.settled([FileEdit("CHANGELOG.md", None, "="), FileEdit("p/pyproject.toml", before, after)])
        == settled
    )


@pytest.mark.parametrize(
    ("pin", "built", "awaited"),
    [
        ("demo-words==1.1.0", ("words", "speech"), ("demo-words",)),
        ("demo-words>=1.0", ("words", "speech"), ()),
        ("demo-words==1.1.0", ("speech",), ()),
    ],
)
def test_a_sibling_that_an_index_gives_is_awaited_where_a_pin_excludes_what_is_locked(pin, built, awaited):
    files = suite_files()
    speech = files["packages/speech/pyproject.toml"]
    old = next(line for line in speech.splitlines() if '"demo-words' in line)
    files["packages/speech/pyproject.toml"] = speech.replace(old, f'    "{pin}",')
    if "==" in pin:
        files["packages/words/pyproject.toml"] = files["packages/words/pyproject.toml"].replace("1.0.0", "1.1.0")
    text = UV.replace('{ virtual = "packages/words" }', '{ registry = "https://index.example/simple" }')
    assert lock_moves.awaited(lock(text), suite_of(files), built) == awaited


ANOTHER = '\n[[package]]\nname = "six"\nversion = "1.16"\nsource = { registry = "https://index.example/simple" }\n'
GIVEN = UV.replace('{ virtual = "packages/words" }', '{ registry = "https://index.example/simple" }')


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (UV, UV.replace('"demo-speech"\nversion = "1.0.0"', '"demo-speech"\nversion = "1.1.0"'), ()),
        (UV, UV.replace('"elsewhere"\nversion = "1.0.0"', '"elsewhere"\nversion = "1.1.0"'), ()),
        (
            UV,
            UV.replace('"iniconfig"\nversion = "1.0.0"', '"iniconfig"\nversion = "2.0"'),
            ("iniconfig: 1.0.0 -> 2.0",),
        ),
        (
            UV,
            UV.replace('registry = "https://index.example/simple"', 'registry = "https://other.example/simple"'),
            ("iniconfig 1.0.0: from another place",),
        ),
        (UV, UV + ANOTHER, ("six: nothing -> 1.16",)),
        (UV + ANOTHER, UV, ("six: 1.16 -> nothing",)),
        (GIVEN, GIVEN.replace("version = '1.0.0'", "version = '1.1.0'") + ANOTHER, ()),
        (
            GIVEN,
            GIVEN.replace("version = '1.0.0'", "version = '1.1.0'").replace(
                '"iniconfig"\nversion = "1.0.0"', '"iniconfig"\nversion = "2.0"'
            ),
            ("iniconfig: 1.0.0 -> 2.0",),
        ),
    ],
)
def test_what_moved_of_other_packages_is_named(suite, before, after, said):
    assert lock_moves.moved(lock(before), lock(after), suite) == said


def mounted(local):
    """A lock of speech in a repository of its own, which takes words from a path."""
    text = UV.replace('"packages/speech"', '"."').replace('"packages/words"', f'"{local}"')
    return lock(text, "voice:/uv.lock")


@pytest.mark.parametrize(
    ("local", "place"), [(".", "voice:"), ("./words", "voice:/words"), ("../words", "voice:/../words")]
)
def test_paths_in_a_lock_of_another_repository_are_paths_of_that_repository(local, place):
    assert {"voice:", place} <= mounted(local).places
    assert mounted(local).move == "`uv lock` in . of the repository voice"


def test_a_module_beside_the_locks_repository_is_what_no_scratch_copy_has(suite):
    assert lock_moves.beside(mounted("../words"), suite) == ("demo-words",)
    assert lock_moves.missing(mounted("../words"), suite, ()) == ("demo-words",)
    assert lock_moves.beside(mounted("./words"), suite) == ()
    assert lock_moves.beside(lock(), suite) == ()
    assert lock_moves.beside(lock(UV.replace('"packages/words"', '"../words"')), suite) == ()  # of one repository


def test_a_lock_awaits_a_module_beside_it_until_it_has_its_version(suite):
    text = mounted("../words").text
    assert lock_moves.still_awaited("voice:/uv.lock", text, suite) == ()
    assert lock_moves.still_awaited("voice:/uv.lock", text.replace("'1.0.0'", "'0.9'"), suite) == ("demo-words",)
    assert lock_moves.still_awaited("voice:/uv.lock", "<<<<<<<", suite) == ()
