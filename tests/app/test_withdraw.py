"""withdraw: what to yank, in order; the row and the manifest's revision say so, and nothing is deleted."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from kit.facts import names, sha
from kit.index import answering
from kit.prepared import prepared
from kit.repo import repository
from kit.repo import suite as suite_files
from trainer_release.app.abandon import abandon
from trainer_release.app.execute import Options, execute
from trainer_release.app.history import log
from trainer_release.app.prepare import prepare
from trainer_release.app.session import open_session
from trainer_release.app.status import status
from trainer_release.app.verify import _beside
from trainer_release.app.withdraw import LOOK, WAIT, withdraw
from trainer_release.errors import ReleaseError
from trainer_release.release.step import Clock
from trainer_release.suite.catalog.reader import read
from trainer_release.world.yank_pages import yank_page

WORDS, SPEECH, CORE = ("demo-words", "1.1.0"), ("demo-speech", "1.1.0"), ("demo-core", "1.1.0")


class House:
    """An index that lists versions, and shows those as yanked that are."""

    def __init__(self):
        self.live, self.yanked = {}, set()

    def __call__(self, path, headers):
        package = path.strip("/").rpartition("/")[2]
        files = [
            {
                "filename": name,
                "url": name,
                "hashes": {"sha256": sha(name)},
                "yanked": (package, version) in self.yanked,
            }
            for version in self.live.get(package, ())
            for name in names(package, version)
        ]
        page = {"meta": {"api-version": "1.1"}, "name": package, "versions": self.live.get(package, []), "files": files}
        return (
            (200 if files else 404),
            {"Content-Type": "application/vnd.pypi.simple.v1+json"},
            json.dumps(page).encode(),
        )


@pytest.fixture
def house():
    return House()


@pytest.fixture
def home(tmp_path, house):
    """Prepared 1.1.0, of which `words` is carried over; the index `house` has all of it."""
    with answering(house) as url:
        index = f"release: {{index: house}}\nindexes: {{house: {{upload: {url}legacy/, simple: {url}simple/}}}}\n"
        made = repository(tmp_path / "repo", suite_files(more=index))
        record = prepared(made)
        kept = {name: replace(module, published=name != "words") for name, module in record.modules.items()}
        made.git("update-ref", "-d", "refs/trainer-release/demo/1.1.0")
        made.git("tag", "-d", "v1.1.0")
        made.git("reset", "--quiet", "--hard", "HEAD^")
        prepared(made, modules=kept)
        house.live |= {"demo-words": ["1.1.0"], "demo-speech": ["1.0.0", "1.1.0"], "demo-core": ["1.1.0"]}
        yield made


def refused(act):
    with pytest.raises(ReleaseError) as caught:
        act()
    return caught.value.problems[0]


def at(day):
    """A clock that stands on a day; waiting moves its seconds alone."""
    passed = [0.0]
    lock = threading.Lock()

    def sleep(seconds):
        with lock:
            passed[0] += seconds

    return Clock(lambda: datetime.fromisoformat(day).replace(tzinfo=UTC), lambda: passed[0], sleep), passed


def test_what_this_version_published_is_listed_dependents_first_with_a_page_each(home, house):
    found = withdraw(home.root, "1.1.0", "breaks on  Windows\n", clock=at("2026-11-22")[0])
    assert [(y.package, y.version, y.yanked) for y in found.yanks] == [(*CORE, False), (*SPEECH, False)]
    assert [y.page.rpartition("/simple/")[2] for y in found.yanks] == ["demo-core/", "demo-speech/"]
    assert found.why == "2026-11-22: breaks on Windows"
    assert read(home.read("versions.yaml"), "v")[0].rows["1.1.0"].withdrawn == found.why
    assert home.status == " M versions.yaml"
    house.yanked.add(CORE)
    again = withdraw(home.root, "1.1.0", "another reason", clock=at("2027-01-01")[0])
    assert [y.yanked for y in again.yanks] == [True, False]
    assert (again.why, again.marked, [y.package for y in again.left]) == (found.why, False, ["demo-speech"])


def test_a_dry_run_says_the_same_and_changes_nothing(home):
    before = home.read("versions.yaml"), home.refs
    found = withdraw(home.root, "1.1.0", "x", dry_run=True, clock=at("2026-11-22")[0])
    assert (found.marked, found.why, len(found.yanks)) == (True, "2026-11-22: x", 2)
    assert (home.read("versions.yaml"), home.refs, home.status) == (*before, "")
    assert not (home.root / ".git/trainer-release/demo/cache").exists()


def test_a_withdrawn_version_is_neither_prepared_nor_published_again(home):
    withdraw(home.root, "1.1.0", "x")
    for act in (
        lambda: prepare(home.root, "1.1.0"),
        lambda: prepare(home.root, "1.1.0", dry_run=True),
        lambda: execute(home.root, Options(version="1.1.0")),
        lambda: execute(home.root, Options(), dry_run=True),
    ):
        problem = refused(act)
        assert (problem.code, "x" in problem.message, problem.path) == ("version-withdrawn", True, "versions.yaml")


def test_log_and_status_show_the_mark(home):
    why = withdraw(home.root, "1.1.0", "x").why
    assert {e.version: e.withdrawn for e in log(home.root).entries} == {"1.0.0": None, "1.1.0": why}
    (release,) = status(home.root).releases
    assert (release.version, release.state, release.withdrawn) == ("1.1.0", "withdrawn", why)


def test_before_the_first_file_a_release_is_abandoned_and_after_it_withdrawn(home, house):
    problem = refused(lambda: abandon(home.root, "1.1.0"))
    assert (problem.code, "withdraw 1.1.0" in problem.hint) == ("published-already", True)
    house.live = {"demo-words": ["1.1.0"]}
    before = home.read("versions.yaml")
    problem = refused(lambda: withdraw(home.root, "1.1.0"))
    assert (problem.code, "abandon 1.1.0" in problem.hint) == ("not-published", True)
    assert home.read("versions.yaml") == before
    assert refused(lambda: withdraw(home.root, "3.0.0")).code == "nothing-prepared"


def test_the_manifests_revision_says_it_and_the_manifest_keeps_its_bytes(home):
    folder = open_session(home.root).data("demo") / "manifests"
    folder.mkdir(parents=True)
    place = folder / "demo-core-1.1.0-manifest.json"
    place.write_text('{"suite_version": "1.1.0", "modules": {"demo-words": {"version": "1.1.0"}}}')
    found = withdraw(home.root, "1.1.0", "x")
    assert json.loads(found.revised.read_text()) == json.loads(place.read_text()) | {"withdrawn": found.why}
    assert place.read_text().startswith('{"suite_version"')
    assert _beside(place) == _beside(found.revised) == found.why
    assert [entry.manifest for entry in log(home.root).entries if entry.manifest] == [str(place)]


def test_waiting_ends_with_the_last_yank_or_says_what_is_left(home, house):
    clock, passed = at("2026-11-22")

    def sleep(seconds):
        clock.sleep(seconds)
        house.yanked |= {CORE, SPEECH} if passed[0] >= 3 * LOOK else set()

    assert withdraw(home.root, "1.1.0", "x", wait=True, clock=replace(clock, sleep=sleep)).left == ()
    assert passed == [3 * LOOK]
    house.yanked.clear()
    problem = refused(lambda: withdraw(home.root, "1.1.0", wait=True, clock=clock))
    assert (problem.code, "demo-speech 1.1.0" in problem.message) == ("not-yanked-yet", True)
    assert passed[0] > WAIT


def test_the_page_of_the_public_indexes_is_the_owners():
    from twine.repository import TEST_WAREHOUSE, WAREHOUSE_WEB
    from twine.utils import DEFAULT_REPOSITORY

    page = "manage/project/demo-words/release/1.1.0/"
    assert yank_page("pypi", None, "Demo_Words", "1.1.0") == WAREHOUSE_WEB + page
    assert yank_page("mine", DEFAULT_REPOSITORY, "demo-words", "1.1.0") == WAREHOUSE_WEB + page
    assert yank_page("testpypi", None, "demo-words", "1.1.0") == TEST_WAREHOUSE + page
