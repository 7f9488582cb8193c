"""rehearse, drill, withdraw and status as a person reads them."""

from __future__ import annotations

import json
import signal
import sys
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version

import pytest

from kit.facts import execute_facts, names
from kit.index import make_wheel
from kit.prepared import prepared
from kit.repo import repository
from kit.repo import suite as suite_files
from trainer_release.app import verify
from trainer_release.app.session import open_session
from trainer_release.app.status import Release
from trainer_release.app.withdraw import Withdrawn, Yank
from trainer_release.cli.boundary import guarded
from trainer_release.cli.main import app
from trainer_release.cli.render_release import release_document, release_text
from trainer_release.cli.render_trial import rehearsed_text, withdrawn_document, withdrawn_text
from trainer_release.model.publishing import FileState, State
from trainer_release.release import planner

WHEN = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)


@pytest.fixture
def home(tmp_path):
    """1.1.0, prepared, and a wheel of it on the embedded index."""
    made = repository(tmp_path / "repo", suite_files())
    prepared(made)
    folder = open_session(made.root).data("demo") / "index" / "files"
    folder.mkdir(parents=True)
    made_wheel = make_wheel(tmp_path / "w", "demo-words", "1.1.0")
    (folder / made_wheel.name).write_bytes(made_wheel.read_bytes())
    return made


@pytest.fixture
def ran(home, capsys, monkeypatch):
    """A command in the suite's folder, as (exit code, standard output, standard error)."""
    monkeypatch.chdir(home.root)
    before = signal.getsignal(signal.SIGTERM)

    def run(*words):
        with pytest.raises(SystemExit) as end:
            guarded(lambda: app(list(words), prog_name="trainer-release"))
        return end.value.code, *capsys.readouterr()

    yield run
    signal.signal(signal.SIGTERM, before)


def test_a_withdrawal_says_what_is_left_to_the_person(home, ran):
    code, out, err = ran("withdraw", "1.1.0", "--reason", "breaks", "--dry-run")
    assert (code, err) == (0, "")
    assert ("would be marked" in out, "Nothing was changed." in out, home.status) == (True, True, "")
    code, out, err = ran("withdraw", "1.1.0", "--reason", "breaks")
    assert (code, err) == (0, "")
    for words in (
        "demo-words  1.1.0    stays",
        "was withdrawn: breaks",
        "git commit -m 'Withdraw 1.1.0'",
        "Nothing was deleted.",
    ):
        assert words in out
    said = json.loads(ran("withdraw", "1.1.0", "--json")[1])
    assert (said["schema"], said["marked"], said["catalog"]) == ("trainer-release/withdraw/v1", False, "versions.yaml")
    assert "WITHDRAWN (2" in ran("log")[1]
    assert "tested together: passed on " in ran("show", "1.1.0")[1]
    assert ": breaks" in ran("show", "1.1.0")[1]
    assert "next: trainer-release withdraw 1.1.0" in ran("status")[1]
    assert "error[version-withdrawn]" in ran("execute")[2]
    assert ran("withdraw", "1.1.0", "--quiet") == (0, "", "")


def test_pages_are_listed_in_order_and_what_is_yanked_is_counted(tmp_path):
    yanks = (
        Yank("demo-core", "1.1.0", "https://index.example/core", True),
        Yank("demo-a", "1.1.0", "https://index.example/a", False),
    )
    found = Withdrawn(
        "demo", "1.1.0", "pypi", "2026-11-22: x", yanks, tmp_path / "v.yaml", marked=True, revised=tmp_path / "m"
    )
    text = withdrawn_text(found, dry_run=False)
    assert text.index("/core") < text.index("/a\n")
    assert "So far:    1 of 2 are yanked." in text
    assert "Manifest:  its revision is at" in text
    assert withdrawn_document(found)["yank"][1] == {
        "package": "demo-a", "version": "1.1.0", "page": "https://index.example/a", "yanked": False,
    }  # fmt: skip


def test_a_rehearsal_says_what_was_proven_and_that_nothing_was_kept():
    text = rehearsed_text(planner.execute(execute_facts()), names("demo-words", "1.1.0"), "pypi")
    assert "Proven: demo 1.1.0 builds" in text
    assert "Kept: nothing. Remotes and index (pypi) were read at most" in text
    assert "demo_words-1.1.0.tar.gz" in text


def test_a_partial_release_shows_each_file_its_deadline_and_the_one_command():
    files = (
        FileState("a", "a.whl", State.INSTALLABLE, WHEN),
        FileState("a", "a.tar.gz", State.AMBIGUOUS, WHEN),
        FileState("b", "b.whl", State.PLANNED),
    )
    release = Release("1.1.0", "partial", ("a.tar.gz", "b.whl"), "trainer-release execute 1.1.0", files, WHEN)
    text = release_text("demo", release)
    for words in (
        "partial, 2 of 3 files missing",
        "a.tar.gz  ambiguous    2026-11-22 10:30Z",
        "b.whl     planned      -",
        "until 2026-11-22 10:30Z",
        "next: trainer-release execute",
    ):
        assert words in text
    said = release_document(release)
    assert said["files"][0] == {"module": "a", "name": "a.whl", "state": "installable", "since": WHEN.isoformat()}
    assert json.loads(json.dumps(said))["deadline"] == WHEN.isoformat()
    assert "file" not in release_text(
        "demo", replace(release, state="published", missing=(), command=None, deadline=None)
    )


def test_verify_warns_of_a_withdrawn_version_and_its_exit_code_stays(home, ran):
    listed = {
        "suite_version": "1.1.0",
        "modules": {"pytest": {"version": version("pytest")}},
        "withdrawn": "2026-11-22: breaks",
    }
    place = home.root / ".git" / "m.json"
    place.write_text(json.dumps(listed))
    code, out, err = ran("verify", str(place), "--python", sys.executable)
    assert (code, out.startswith("ok: 1 packages")) == (0, True)
    assert "warning[suite-withdrawn]: suite version 1.1.0 was withdrawn: 2026-11-22: breaks" in err
    assert (
        json.loads(ran("verify", str(place), "--python", sys.executable, "--json")[1])["withdrawn"]
        == listed["withdrawn"]
    )


def test_what_the_catalog_at_hand_says_counts_for_its_own_suite_alone(home, ran):
    ran("withdraw", "1.1.0", "--reason", "breaks")
    found = verify.Verified("m.json", "python", "1.1.0", 1, ("Demo_Words",), ())
    said = verify._in_catalog(home.root, None, found)
    assert said is not None
    assert said.endswith(": breaks")
    assert verify._in_catalog(home.root, None, replace(found, packages=("other",))) is None
    assert verify._in_catalog(home.root.parent, None, found) is None
