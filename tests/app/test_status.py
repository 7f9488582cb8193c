"""status: what catalog, projects and index say, and where each started release stands."""

from __future__ import annotations

import json
import os
from dataclasses import replace

import pytest

from kit.facts import record
from kit.index import make_sdist, make_wheel
from kit.prepared import prepared
from kit.repo import SPEECH, UMBRELLA, Repository, project, repository, with_remote
from kit.repo import suite as suite_files
from trainer_release.app.session import open_session
from trainer_release.app.status import status
from trainer_release.model.index import Dist
from trainer_release.world.artifacts import dist
from trainer_release.world.lock import held


@pytest.fixture
def home(tmp_path):
    return repository(tmp_path / "repo", suite_files())


def rows(home):
    return {row.name: (row.catalog, row.project, row.index, row.changed) for row in status(home.root).modules}


def releases(home):
    return [(each.version, each.state, len(each.missing), each.command) for each in status(home.root).releases]


def publish(home, *files):
    """Put files into the embedded index as if they had been uploaded."""
    folder = open_session(home.root).data("demo") / "index" / "files"
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        (folder / file.name).write_bytes(file.read_bytes())


def built(tmp_path, *names, version="1.1.0"):
    made = [make(tmp_path / "built", name, version) for name in names for make in (make_wheel, make_sdist)]
    return made, tuple(dist(file) for file in made)


def with_files(made, **files: tuple[Dist, ...]):
    return {name: replace(module, files=files.get(name, ())) for name, module in made.modules.items()}


def test_a_fresh_suite_has_no_index_no_tag_and_no_release(home):
    assert rows(home) == dict.fromkeys(["words", "speech", "core"], ("1.0.0", "1.0.0", None, None))
    assert releases(home) == []


def test_what_changed_since_the_last_suite_tag_is_said(home):
    home.git("tag", "--annotate", "--message", "x", "v1.0.0")
    home.write("packages/words/src/demo_words/__init__.py", "x = 1\n")
    assert {name: row[3] for name, row in rows(home).items()} == {"words": True, "speech": False, "core": False}
    home.commit()
    assert rows(home)["words"][3] is True


def test_only_suite_tags_that_this_branch_holds_count(home, monkeypatch):
    home.git("tag", "v1.0.0")
    home.commit("Later", **{"packages/words/x.txt": ""})
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2040-01-01T00:00:00Z")
    home.git("tag", "--annotate", "--message", "x", "vision")
    home.git("tag", "demo-words-v9")
    home.git("branch", "other")
    home.commit("More", **{"apps/core/x.txt": ""})
    home.git("switch", "--quiet", "other")
    home.commit("Elsewhere")
    home.git("tag", "v2.0.0")
    home.git("switch", "--quiet", "main")
    assert {name: row[3] for name, row in rows(home).items()} == {"words": True, "speech": False, "core": True}


def test_a_module_without_a_folder_has_neither_project_nor_change(tmp_path):
    files = suite_files(**{SPEECH: None, UMBRELLA: project("demo-core", "1.0.0", ["demo-words"])})
    home = repository(tmp_path / "repo", files)
    home.git("tag", "v1.0.0")
    assert rows(home)["speech"] == ("1.0.0", None, None, None)


def test_the_newest_version_of_the_index_is_shown_by_its_numbers(home, tmp_path):
    for version in ("1.9.0", "1.10.0", "1.10.0rc1"):
        publish(home, make_wheel(tmp_path / "w", "demo-words", version))
    assert rows(home)["words"][2] == "1.10.0"


def test_a_prepared_release_is_finished_by_execute(home):
    prepared(home)
    assert releases(home) == [("1.1.0", "prepared", 6, "trainer-release execute 1.1.0")]


def test_a_proposed_release_is_finished_by_tag(home):
    home.write("versions.yaml", suite_files(more="release:\n  push: pull-request\n")["versions.yaml"])
    home.commit()
    prepared(home, proposed=True)
    assert releases(home) == [("1.1.0", "proposed", 6, "trainer-release tag 1.1.0")]


def test_a_partly_published_release_names_what_is_missing(home, tmp_path):
    files, dists = built(tmp_path, "demo-words", "demo-speech")
    made = with_files(record(), words=dists[:2], speech=dists[2:])
    prepared(home, modules={name: made[name] for name in ("words", "speech")}, waves=(("words",), ("speech",)))
    assert releases(home)[0][1:3] == ("prepared", 4)
    publish(home, *files[:3])
    (release,) = status(home.root).releases
    assert (release.state, release.missing) == ("partial", (files[3].name,))
    publish(home, files[3])
    assert releases(home) == [("1.1.0", "published", 0, None)]


def test_other_bytes_under_our_name_are_not_our_file(home, tmp_path):
    files, dists = built(tmp_path, "demo-words")
    made = with_files(record(), words=dists)
    prepared(home, modules={"words": made["words"]}, waves=(("words",),))
    publish(home, files[1], make_wheel(tmp_path / "other", "demo-words", "1.1.0", ["other"]))
    (release,) = status(home.root).releases
    assert (release.state, release.missing) == ("partial", (files[0].name,))


def test_a_release_whose_files_are_bound_elsewhere_is_published_when_the_index_has_every_version(home, tmp_path):
    prepared(home, files=False)
    assert releases(home) == [("1.1.0", "prepared", 3, "trainer-release execute 1.1.0")]
    for name in ("demo-words", "demo-speech", "demo-core"):
        publish(home, make_wheel(tmp_path / "w", name, "1.1.0"))
    assert releases(home) == [("1.1.0", "published", 0, None)]


def test_the_newest_release_comes_first(home):
    prepared(home, "1.9.0")
    prepared(home, "1.10.0")
    assert [version for version, *_ in releases(home)] == ["1.10.0", "1.9.0"]


def test_before_the_first_commit_there_is_a_table(tmp_path):
    home = Repository(tmp_path)
    home.git("init", "--quiet", "--initial-branch=main")
    for path, text in suite_files().items():
        home.write(path, text)
    assert rows(home)["words"] == ("1.0.0", "1.0.0", None, None)


def started(home, subject, event, **evidence):
    """A line of the journal of `execute`, as the engine writes it."""
    cache = open_session(home.root).cache("demo")
    body = {"plan": "p", "event": event, "step": "publish_dists", "subject": subject, "at": "2026-11-22T10:00:00+00:00"}
    line = json.dumps(body | ({"evidence": evidence} if evidence else {}), sort_keys=True)
    place = cache / "journal" / "1.1.0" / "execute-local.jsonl"
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("a") as file:
        file.write(f"{'0' * 16} {line}\n")


def states(home):
    (release,) = status(home.root).releases
    return {
        (file.module, file.name[-4:]): (str(file.state), f"{file.since:%Y-%m-%d}" if file.since else None)
        for file in release.files
    }


def test_of_each_file_it_is_said_where_it_stands_and_since_when(home, tmp_path):
    files, dists = built(tmp_path, "demo-words", "demo-speech")
    made = with_files(record(), words=dists[:2], speech=dists[2:])
    prepared(home, modules={name: made[name] for name in ("words", "speech")}, waves=(("words",), ("speech",)))
    assert set(states(home).values()) == {("planned", None)}
    started(home, "words", "started")
    assert states(home)["words", ".whl"] == ("ambiguous", "2026-11-22")
    publish(home, *files[:2])
    started(home, "words", "done", files=[])
    started(home, "speech", "failed", codes=["upload-failed"])
    assert states(home)["words", ".whl"] == ("installable", "2026-11-22")
    assert states(home)["speech", ".whl"] == ("planned", None)
    started(home, "speech", "failed", codes=["index-stale"])
    assert states(home)["speech", ".whl"][0] == "uploaded"
    started(home, "speech", "failed", codes=["outcome-unknown"])
    publish(home, files[2])
    journal = open_session(home.root).cache("demo") / "journal" / "1.1.0" / "execute-local.jsonl"
    journal.write_text(journal.read_text() + '0123 {"plan": "p", "ev')
    assert [states(home)["speech", end][0] for end in (".whl", "r.gz")] == ["published", "ambiguous"]


def test_who_holds_the_lock_is_named_while_it_runs(home):
    cache = open_session(home.root).cache("demo")
    assert status(home.root).holder is None
    with held(cache, "trainer-release execute"):
        holder = status(home.root).holder
        assert holder is not None
        assert (holder.command, holder.pid) == ("trainer-release execute", os.getpid())
        written = json.loads((cache.parent / "holder.json").read_text())
    (cache.parent / "holder.json").write_text(json.dumps(written | {"pid": 2147480000}))  # killed: no such process
    assert status(home.root).holder is None


def test_another_machines_run_is_told_of_while_a_release_is_not_finished(home, tmp_path):
    remote = with_remote(home, tmp_path / "remote.git")
    prepared(home)
    assert status(home.root).leased is None
    facts = {
        "pid": 1,
        "host": "elsewhere",
        "start": "1",
        "boot": "b",
        "since": "2026-11-22",
        "command": "trainer-release execute",
    }
    oid = remote.git("hash-object", "-w", "--stdin", stdin=json.dumps(facts))
    remote.git("update-ref", "refs/trainer-release/demo/lease", oid)
    leased = status(home.root).leased
    assert leased is not None
    assert "process 1 on elsewhere" in leased
    home.git("remote", "set-url", "origin", str(tmp_path / "gone.git"))
    assert status(home.root).leased is None
