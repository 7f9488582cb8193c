"""What changed since a suite tag, module by module; and what was published that is not so any more."""

from __future__ import annotations

import pytest

from kit.facts import suite_of
from kit.repo import SPEECH, UMBRELLA, WORDS, catalog, project, repository, suite
from trainer_release.release import since
from trainer_release.world.git import Git

SAID = (".toml", ".yaml")


def looked(made, prefix="", files=None, **how):
    texts = {path: made.read(prefix + path) for path in (files or suite()) if path.endswith(SAID)}
    git = Git(made.root)
    return since.history(git, prefix, suite_of(texts), since.merged_tags(git), {}, **how)


@pytest.fixture
def made(tmp_path):
    found = repository(tmp_path / "work", suite())
    found.git("tag", "v1.0.0")
    return found


def test_nothing_is_known_without_a_suite_tag_of_this_branch(tmp_path):
    made = repository(tmp_path / "work", suite())
    made.git("tag", "vanilla")
    made.git("checkout", "--quiet", "-b", "other")
    made.commit("Elsewhere")
    made.git("tag", "v0.9.0")
    made.git("checkout", "--quiet", "main")
    assert looked(made).tag is None


def test_a_repository_without_a_commit_has_no_tags(tmp_path):
    made = repository(tmp_path / "work")
    made.git("checkout", "--quiet", "--orphan", "empty")
    assert since.merged_tags(Git(made.root)) == ()


def test_the_newest_version_counts_not_the_newest_tag(made):
    made.commit("feat: more", **{"packages/words/new.py": ""})
    made.git("tag", "v1.10.0")
    made.git("tag", "v1.9.0")
    assert (looked(made).tag, looked(made).version) == ("v1.10.0", "1.10.0")


def test_changed_folders_and_the_messages_that_touched_them(made):
    made.commit("feat: both\n\nA body.", **{"packages/words/a.py": "", "packages/speech/b é.py": ""})
    made.commit("fix: words", **{"packages/words/a.py": "x = 1\n"})
    made.commit("docs: nobody's", **{"README": "", "CHANGELOG.md": "", "packages/words/poetry.lock": ""})
    found = looked(made)
    assert found.changed == {"words", "speech"}
    assert found.commits == {"words": ("fix: words", "feat: both\n\nA body."), "speech": ("feat: both\n\nA body.",)}
    assert found.versions == {"words": "1.0.0", "speech": "1.0.0"}


def test_what_was_taken_back_has_not_changed(made):
    made.commit("feat: more", **{"packages/words/new.py": ""})
    made.git("revert", "--no-edit", "HEAD")
    assert looked(made).changed == frozenset()


def test_a_renamed_file_changes_both_folders_and_the_work_tree_counts_when_asked(made):
    made.git("mv", "packages/words/src/demo_words/__init__.py", "packages/speech/moved.py")
    assert looked(made).changed == frozenset()
    assert looked(made, work_tree=True).changed == {"words", "speech"}


def test_a_suite_in_a_folder_of_its_repository_has_that_folders_files_alone(tmp_path):
    made = repository(tmp_path / "work", {f"py/{path}": text for path, text in suite().items()})
    made.git("tag", "v1.0.0")
    made.commit("fix: a", **{"packages/words/a.py": "", "py/packages/speech/a.py": ""})
    found = looked(made, "py/")
    assert (found.changed, list(found.commits)) == ({"speech"}, ["speech"])
    assert found.versions == {"words": "1.0.0", "speech": "1.0.0"}


def test_a_module_at_the_root_has_what_lies_in_no_other(tmp_path):
    files = suite(
        **{WORDS: None, "packages/words/src/demo_words/__init__.py": None, "pyproject.toml": project("demo-words")}
    )
    made = repository(tmp_path / "work", files)
    made.git("tag", "v1.0.0")
    made.commit("fix: a", **{"uv.lock": "", "CHANGELOG.md": "", "versions.yaml": files["versions.yaml"] + "# x\n"})
    assert looked(made, files=files).changed == frozenset()
    made.commit("fix: a", **{"src/demo_words/a.py": "", "packages/speech/b.py": ""})
    assert looked(made, files=files).changed == {"words", "speech"}


def test_a_tag_with_another_catalog_or_none_leaves_the_versions_open(made):
    made.commit("Odd", **{"versions.yaml": "a: ["})
    made.git("tag", "v1.0.1")
    made.git("rm", "--quiet", "versions.yaml")
    made.commit("None")
    made.git("tag", "v1.0.2")
    made.commit("Back", **{"versions.yaml": catalog()})
    for ref in ("v1.0.2", "v1.0.1"):
        assert (looked(made).tag, looked(made).versions) == (ref, {})
        made.git("tag", "--delete", ref)


def unpublished(made, carried, files=None, **targets):
    texts = {path: made.read(path) for path in (files or suite()) if path.endswith(SAID)}
    wanted = {"words": "1.0.0", "speech": "1.0.0", "core": "1.1.0"} | targets
    git = Git(made.root)
    return since.unpublished_changes(git, "", suite_of(texts), since.merged_tags(git), wanted, carried, {})


def test_a_carried_module_that_changed_since_it_was_published_is_found_with_its_files(made):
    made.commit("fix: a", **{"packages/words/a.py": "", "packages/speech/b.py": ""})
    row = '  "1.0.5": {words: "1.0.0", speech: "1.0.1"}\n'
    made.commit("1.0.5", **{"versions.yaml": catalog(more=row)})
    made.git("tag", "v1.0.5")
    assert unpublished(made, ["words"]) == {"words": ("v1.0.0", ("packages/words/a.py",))}
    assert unpublished(made, ["words"], words="1.0.7") == {}, "no row tells which tag published it"


def test_tables_that_prepare_wrote_are_no_change_and_pins_are(tmp_path):
    table = '[tool.demo.versions]\nwords = "1.0.0"\nspeech = "1.0.0"\n'
    files = suite(**{SPEECH: project("demo-speech", "1.0.0", ["demo-words>=1.0.0"], table)})
    made = repository(tmp_path / "work", files)
    made.git("tag", "v1.0.0")
    made.commit("1.1.0", **{SPEECH: files[SPEECH].replace('words = "1.0.0"', 'words = "1.1.0"')})
    assert unpublished(made, ["speech"], words="1.2.0") == {}
    made.commit("fix: pin", **{SPEECH: files[SPEECH].replace(">=1.0.0", ">=1.1.0")})
    assert unpublished(made, ["speech"], words="1.2.0") == {"speech": ("v1.0.0", (SPEECH,))}


def test_a_project_that_could_not_be_read_then_has_changed(tmp_path):
    made = repository(tmp_path / "work", suite(**{WORDS: "["}))
    made.git("tag", "v1.0.0")
    made.commit("Mend", **{WORDS: suite()[WORDS]})
    assert unpublished(made, ["words"]) == {"words": ("v1.0.0", (WORDS,))}
    assert UMBRELLA not in str(unpublished(made, ["words", "core"]))
