"""Which bytes a release has: those that prepare recorded, or those that a run hands over."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from kit.facts import on_index, record, sha, verdict
from kit.index import make_sdist, make_wheel
from kit.repo import SPEECH, UMBRELLA, project, repository
from kit.repo import suite as suite_files
from trainer_release.app.bind import bound, carried, gather, read_verdict
from trainer_release.app.session import open_session
from trainer_release.errors import ReleaseError
from trainer_release.world.artifacts import dist

TAG = "refs/tags/v1.0.0"


@pytest.fixture
def home(tmp_path):
    made = repository(tmp_path / "repo", suite_files())
    made.git("tag", "v1.0.0")
    return made


def refused(act):
    with pytest.raises(ReleaseError) as caught:
        act()
    return caught.value


def handed(tmp_path, *names, version="1.0.0"):
    """A folder with built files, as a workflow hands them over."""
    return [make(tmp_path / "dist" / name, name, version) for name in names for make in (make_wheel, make_sdist)]


def built(tmp_path):
    """A record of one module whose files exist, and these files."""
    files = handed(tmp_path, "demo-words", version="1.1.0")
    words = replace(record().modules["words"], files=tuple(dist(file) for file in files))
    return record(modules={"words": words}, waves=(("words",),)), files


def test_files_that_are_handed_over_are_put_where_prepare_puts_them(tmp_path):
    made, files = built(tmp_path)
    given = gather(made, tmp_path / "home", tmp_path / "dist", None)
    assert given.local == {file.name: dist(file).sha256 for file in files}
    assert (tmp_path / "home/words" / files[0].name).read_bytes() == files[0].read_bytes()
    assert given.verdict is None


def test_files_of_prepare_are_at_hand_without_a_folder(tmp_path):
    made, files = built(tmp_path)
    assert gather(made, tmp_path / "home", None, None).local == {}
    gather(made, tmp_path / "home", tmp_path / "dist", None)
    assert set(gather(made, tmp_path / "home", None, None).local) == {file.name for file in files}


def test_a_file_at_hand_that_is_damaged_is_replaced_by_the_one_handed_over(tmp_path):
    made, files = built(tmp_path)
    place = tmp_path / "home/words" / files[0].name
    place.parent.mkdir(parents=True)
    place.write_bytes(b"damaged")
    assert gather(made, tmp_path / "home", None, None).local[place.name] == sha("damaged")
    assert gather(made, tmp_path / "home", tmp_path / "dist", None).local[place.name] == dist(files[0]).sha256


def test_of_several_files_of_one_name_the_one_with_the_recorded_bytes_is_taken(tmp_path):
    made, files = built(tmp_path)
    early = tmp_path / "dist" / "a-first" / files[0].name
    early.parent.mkdir()
    early.write_bytes(b"another")
    assert gather(made, tmp_path / "home", tmp_path / "dist", None).local[files[0].name] == dist(files[0]).sha256


def test_a_run_that_binds_its_own_bytes_without_a_verdict_has_an_empty_one(tmp_path):
    made = record(build={"bytes": "run"})
    assert gather(made, tmp_path, None, None).verdict == {}


def test_verdicts_of_a_matrix_are_joined(tmp_path):
    for number, name in enumerate(("x.whl", "y.whl")):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "report.json").write_text(json.dumps(verdict(files={name: sha(name)})))
    joined = read_verdict(tmp_path)
    assert joined["files"] == {"x.whl": sha("x.whl"), "y.whl": sha("y.whl")}
    assert read_verdict(tmp_path / "0" / "report.json")["files"] == {"x.whl": sha("x.whl")}


@pytest.mark.parametrize("place", ["none.json", "empty", "broken.json"])
def test_what_is_no_verdict_is_refused(tmp_path, place):
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.json").write_text("{")
    error = refused(lambda: read_verdict(tmp_path / place))
    assert (error.problems[0].code, error.exit) == ("verdict-invalid", 3)


def test_a_tag_made_by_hand_is_a_release_of_what_it_holds(home, tmp_path):
    files = handed(tmp_path, "demo-words", "demo-speech", "demo-core")
    made = bound(open_session(home.root), None, "1.0.0", TAG, tmp_path / "dist")
    assert (made.suite, made.version, made.umbrella) == ("demo", "1.0.0", "demo-core")
    assert (made.commit, made.tree) == (home.head, home.git("rev-parse", "HEAD^{tree}"))
    assert made.epoch == int(home.git("show", "-s", "--format=%ct", "HEAD"))
    assert made.waves == (("words",), ("speech",), ("core",))
    assert made.files() == {file.name: dist(file) for file in files}
    assert made.modules["speech"].depends == ("words",)
    assert made.build["bytes"] == "run"
    again = bound(open_session(home.root), None, "1.0.0", TAG, None)
    assert again.plan == made.plan
    assert again.files() == {}


def test_files_of_other_packages_and_versions_and_other_things_are_passed_over(home, tmp_path):
    handed(tmp_path, "demo-words")
    handed(tmp_path, "demo-words", version="0.9.0")
    handed(tmp_path, "other")
    for name in ("coverage.xml.gz", "notes.gz", "odd.whl", "report.json"):
        (tmp_path / "dist" / name).write_bytes(b"x")
    made = bound(open_session(home.root), None, "1.0.0", TAG, tmp_path / "dist")
    assert set(made.files()) == {"demo_words-1.0.0-py3-none-any.whl", "demo_words-1.0.0.tar.gz"}


def test_a_record_without_files_gets_them_and_keeps_everything_else(home, tmp_path):
    handed(tmp_path, "demo-words")
    prior = record("1.0.0", files=False, commit=home.head, epoch=5)
    made = bound(open_session(home.root), prior, "1.0.0", TAG, tmp_path / "dist")
    assert (made.plan, made.epoch, made.build["branch"], made.build["bytes"]) == (prior.plan, 5, "main", "run")
    assert len(made.modules["words"].files) == 2


def test_a_tag_whose_files_do_not_say_the_catalogs_versions_is_drift(tmp_path):
    home = repository(tmp_path / "repo", suite_files(**{SPEECH: project("demo-speech", "0.9.0", ["demo-words"])}))
    home.git("tag", "v1.0.0")
    error = refused(lambda: bound(open_session(home.root), None, "1.0.0", TAG, None))
    assert ([problem.code for problem in error.problems], error.exit) == (["drift"], 4)
    assert error.problems[0].path == SPEECH


def test_a_carried_modules_own_pins_are_no_drift(tmp_path):
    home = repository(tmp_path / "repo", suite_files(more="release:\n  pin: exact\n"))
    files = {SPEECH: project("demo-speech", "1.0.0", ["demo-words>=1"]), UMBRELLA: project("demo-core", "1.0.0")}
    home.commit("Kept", **files)
    home.git("tag", "v1.0.0")
    kept = record("1.0.0", carried=["speech"], files=False, commit=home.head)
    assert bound(open_session(home.root), kept, "1.0.0", TAG, None).plan == kept.plan
    assert refused(lambda: bound(open_session(home.root), None, "1.0.0", TAG, None)).exit == 4


def test_a_tag_that_names_no_commit_is_nothing_prepared(home):
    error = refused(lambda: bound(open_session(home.root), None, "1.0.0", "refs/tags/none", None))
    assert error.problems[0].code == "nothing-prepared"


def test_modules_that_are_not_published_or_have_no_project_are_not_uploaded(tmp_path):
    listed = 'demo:\n  version: "1.0.0"\nmodules:\n  words: {version: "1.0.0", publish: false}\n  speech: "1.0.0"\n'
    files = {"versions.yaml": listed, SPEECH: None, UMBRELLA: project("demo-core", "1.0.0")}
    home = repository(tmp_path / "repo", suite_files(**files))
    home.git("tag", "v1.0.0")
    made = bound(open_session(home.root), None, "1.0.0", TAG, None)
    assert {name: module.published for name, module in made.modules.items()} == {"speech": False, "core": True}
    assert made.waves == (("core", "speech"),)


def test_what_the_index_has_and_nobody_handed_over_is_carried():
    made = record(files=False, build={"bytes": "run"})
    published = {name: m.published for name, m in carried(made, on_index("demo-words 1.1.0")).modules.items()}
    assert published == {"words": False, "speech": True, "core": True}
    prior = record(files=False)
    assert carried(prior, on_index("demo-words 1.1.0")) == prior, "a record of prepare stays as it is"
