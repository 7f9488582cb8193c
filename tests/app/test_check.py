"""check and sync: every complaint at once, and files made to say what the catalog says."""

from __future__ import annotations

import pytest

from kit.repo import EMBEDDED, SPEECH, UMBRELLA, WORDS, project, repository
from kit.repo import suite as suite_files
from trainer_release.app.check import check, sync
from trainer_release.errors import ReleaseError

EMBED = "release:\n  embed: src/demo_core/suite.json\n"


@pytest.fixture
def home(tmp_path):
    return repository(tmp_path / "repo", suite_files())


def codes(found):
    return [(problem.code, problem.path, problem.line) for problem in found.problems]


def test_a_suite_in_step_has_no_complaint_and_no_edit(home):
    found = check(home.root)
    assert (found.problems, found.edits) == ((), ())
    assert found.suite.name == "demo"


def test_drift_is_told_where_it_is_with_what_is_said_and_what_is_meant(home):
    home.write(WORDS, project("demo-words", "0.9.0"))
    found = check(home.root)
    assert codes(found) == [("drift", WORDS, 4)]
    assert found.problems[0].message == 'says `version = "0.9.0"`, the catalog means `version = "1.0.0"`'


def test_every_line_that_drifted_is_told(home):
    table = '[tool.demo.versions]\nwords = "0.1.0"\n'
    home.write(SPEECH, project("demo-speech", "0.9.0", ["demo-words>=2,<3"]) + table)
    lines = home.read(SPEECH).splitlines()
    said = ("0.9.0", "demo-words>=2", "0.1.0")
    version, pin, entry = (next(n for n, line in enumerate(lines, 1) if each in line) for each in said)
    assert sorted(codes(check(home.root))) == [
        ("drift", SPEECH, version),
        ("drift", SPEECH, entry),
        ("pin-excludes", SPEECH, pin),
    ]


def test_a_pin_that_excludes_is_told_once_and_mended(home):
    home.write(SPEECH, project("demo-speech", "1.0.0", ["demo-words>=2,<3"]))
    assert [code for code, *_ in codes(check(home.root))] == ["pin-excludes"]
    sync(home.root)
    assert '"demo-words>=1.0.0,<2"' in home.read(SPEECH)
    assert check(home.root).problems == ()


def test_what_is_broken_is_told_and_not_raised(home):
    home.write("versions.yaml", "demo: [\n")
    found = check(home.root)
    assert [problem.code for problem in found.problems] == ["yaml-invalid"]
    assert found.suite is None


def test_sync_writes_every_place_and_nothing_else(home):
    catalog = suite_files("1.1.0")["versions.yaml"]
    home.write("versions.yaml", catalog)
    before = home.read("CHANGELOG.md")
    edits = sync(home.root)
    assert {edit.path for edit in edits} == {WORDS, SPEECH, UMBRELLA}
    assert 'version = "1.1.0"' in home.read(WORDS)
    assert '"demo-speech==1.1.0"' in home.read(UMBRELLA)
    assert home.read("versions.yaml") == catalog
    assert home.read("CHANGELOG.md") == before
    assert sync(home.root) == ()


def test_sync_that_only_looks_writes_nothing(home):
    home.write(WORDS, project("demo-words", "0.9.0"))
    assert [edit.path for edit in sync(home.root, only_look=True)] == [WORDS]
    assert home.read(WORDS) == project("demo-words", "0.9.0")


def test_the_row_decides_where_it_and_the_list_differ(home):
    text = home.read("versions.yaml").replace('  words: "1.0.0"\n', '  words: "0.9.0"\n', 1)
    home.write("versions.yaml", text)
    assert codes(check(home.root)) == [("row-differs", "versions.yaml", 4), ("drift", "versions.yaml", 4)]
    sync(home.root)
    assert check(home.root).problems == ()


def test_the_embedded_suite_file_is_kept_up(tmp_path):
    home = repository(tmp_path / "repo", suite_files(more=EMBED))
    assert codes(check(home.root)) == [("drift", EMBEDDED, 1)]
    sync(home.root)
    assert '"demo-words": "1.0.0"' in home.read(EMBEDDED)
    assert check(home.root).problems == ()
    home.write(EMBEDDED, home.read(EMBEDDED).replace('"demo-words": "1.0.0"', '"demo-words": "0.1"'))
    assert [code for code, *_ in codes(check(home.root))] == ["drift"]
    sync(home.root)
    home.write(EMBEDDED, home.read(EMBEDDED).rstrip("\n"))
    assert [code for code, *_ in codes(check(home.root))] == ["drift"]


def test_two_places_of_a_version_that_disagree_are_told_once_and_mended(home):
    place = "packages/words/src/demo_words/_version.py"
    catalog = home.read("versions.yaml").replace(
        '  words: "1.0.0"\n', '  words: {version: "1.0.0", also: [src/demo_words/_version.py]}\n', 1
    )
    home.write("versions.yaml", catalog)
    home.write(place, '__version__ = "1.0.0"\n')
    assert check(home.root).problems == ()
    home.write(place, '# demo\n__version__ = "0.9.0"\n')
    found = check(home.root)
    assert codes(found) == [("version-places-differ", place, 2)]
    assert ReleaseError(*found.problems).exit == 4
    assert [edit.path for edit in sync(home.root)] == [place]
    assert home.read(place) == '# demo\n__version__ = "1.0.0"\n'
    assert check(home.root).problems == ()


def test_an_sdist_that_lacks_a_file_is_warned_of_with_the_switch(home):
    build = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
    force = '[tool.hatch.build.targets.wheel.force-include]\n"../../LICENSE" = "LICENSE"\n'
    home.write(WORDS, project("demo-words") + build + force)
    found = check(home.root)
    assert codes(found) == [("sdist-incomplete", WORDS, 10)]
    assert "`build: tree` for words" in found.problems[0].hint
    assert ReleaseError(*found.problems).exit == 0


def test_tables_of_versions_are_kept_up(home):
    home.write(UMBRELLA, home.read(UMBRELLA) + '[tool.demo.versions]\nwords = "0.1.0"\n')
    assert codes(check(home.root)) == [("drift", UMBRELLA, 10)]
    sync(home.root)
    assert '[tool.demo.versions]\nwords = "1.0.0"\n' in home.read(UMBRELLA)


def test_modes_and_line_ends_survive_a_sync(home):
    home.write(WORDS, project("demo-words", "0.9.0").replace("\n", "\r\n"))
    (home.root / WORDS).chmod(0o640)
    sync(home.root)
    assert home.read(WORDS) == project("demo-words").replace("\n", "\r\n")
    assert (home.root / WORDS).stat().st_mode & 0o777 == 0o640


def test_what_changed_since_the_last_suite_tag_and_has_the_same_version_is_noted(home):
    home.git("tag", "--annotate", "--message", "x", "v1.0.0")
    home.commit("Later", **{"packages/words/src/demo_words/new.py": "x = 1\n"})
    found = check(home.root)
    assert [(problem.code, str(problem.severity)) for problem in found.problems] == [("changed-not-moved", "note")]
    assert ReleaseError(*found.problems).exit == 0


def test_without_git_everything_but_history_is_checked(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    for path, text in suite_files().items():
        (tmp_path / "plain" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "plain" / path).write_text(text)
    assert check(tmp_path / "plain").problems == ()
