"""An index that refuses, pauses or is late: what can be published is, the rest is told, and the same command ends it."""

import pytest

from kit.dialects import running
from kit.publishing import ACCOUNT, Simulated, account
from kit.suite import Workspace, environment, tiny
from trainer_release.app.execute import Options, execute
from trainer_release.errors import ReleaseError, Severity

ROW = '  "1.0.0": {a: "1.0.0", b: "1.0.0", c: "1.0.0"}\n'
WORKSHOP = {"a": (), "b": ("a",), "c": ()}
INDEXES = """indexes:
  internal: {{upload: "{0}", simple: "{1}", json: "{2}"}}
  strict: {{upload: "{0}", simple: "{1}", json: "{2}", new-projects: 2, window: 14}}
"""


@pytest.fixture(scope="module")
def served():
    with running("pypi", account=ACCOUNT) as index:
        yield index


@pytest.fixture(scope="module")
def workshop(served, tmp_path_factory, home):
    """A suite of three, prepared for the index that is served."""
    where = served.address
    more = INDEXES.format(where.upload, where.simple, where.json)
    work = tiny(
        tmp_path_factory.mktemp("workshop") / "suite",
        home,
        WORKSHOP,
        release="{index: internal}",
        more=more,
        umbrella=False,
        rows=ROW,
    )
    work.run("prepare", "1.0.0")
    return work


@pytest.fixture
def index(served):
    """The same index, empty, with a clock of its own."""
    served.clear(Simulated())
    served.quota = served.retry_after = None
    return served


@pytest.fixture
def work(workshop, tmp_path, home, monkeypatch) -> Workspace:
    for name, value in environment(home).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("CI", raising=False)
    account(monkeypatch, home)
    monkeypatch.setenv("UV_EXCLUDE_NEWER", "2020-01-01")  # a cooldown of the person's
    return workshop.copy(tmp_path / "suite")


def run(work, served, **options):
    options = {"confirm": lambda _plan: True, "clock": served.clock.clock} | options
    return execute(work.root, Options(**options))


def refused(work, served, **options):
    with pytest.raises(ReleaseError) as caught:
        run(work, served, **options)
    return caught.value


def codes(error):
    return [problem.code for problem in error.problems if problem.severity is Severity.ERROR]


def test_what_needs_no_failed_module_is_published_and_the_same_command_ends_it(work, index):
    index.refusals["mill-a"] = 403, "not yours", {}
    error = refused(work, index)
    assert (codes(error), error.exit) == (["upload-failed"], 7)
    assert {name.partition("-")[0] for name in index.files} == {"mill_c"}
    note = error.problems[-1]
    assert note.message == "published: c; not published: a; left alone: b (needs a)"
    assert note.hint == "run `trainer-release execute 1.0.0`: it goes on with what is missing"
    # The rights are given, and the same command ends it.
    index.refusals.clear()
    done = run(work, index)
    assert sorted({name.partition("-")[0] for name in done.uploaded}) == ["mill_a", "mill_b"]
    assert len(index.files) == len(index.posts) - 1 == 6
    # Once more: nothing is written.
    before = len(index.posts)
    assert run(work, index).uploaded == ()
    assert len(index.posts) == before


def test_nothing_live_is_no_partial_release(work, index):
    index.refusals["*"] = 403, "not yours", {}
    error = refused(work, index)
    assert (codes(error), error.exit) == (["upload-refused", "upload-refused"], 6)
    assert index.files == {}


def test_an_index_that_lists_nothing_for_twenty_minutes_and_then_all_ends_well(work, index):
    index.stale = 1200.0
    assert len(run(work, index).uploaded) == 6
    assert len(index.posts) == 6
    assert index.clock.passed >= 2 * 1200


def test_an_index_that_says_too_many_requests_for_ever_pauses_the_release_with_its_state_intact(work, index):
    before = work.state()
    index.refusals["*"] = 429, "slow down", {"Retry-After": "30"}
    error = refused(work, index)
    assert set(codes(error)) == {"index-quota"}
    assert error.exit == 8
    assert "earliest 2026-11-22T12:0" in error.problems[0].message
    after = work.state()
    assert {key for key in before if before[key] != after[key]} <= {"folders"}  # the journal
    index.refusals.clear()
    index.clock.sleep(60)
    assert len(run(work, index).uploaded) == 6


def test_more_new_projects_than_a_day_takes_are_refused_with_a_schedule_and_spread_over_days(work, index):
    index.quota = 2
    error = refused(work, index, index="strict")
    (problem,) = error.problems
    assert (problem.code, error.exit) == ("too-many-projects", 6)
    assert problem.context == ("day 1: a, c", "day 2: b")
    assert index.posts == []
    # Spread, two go today …
    error = refused(work, index, index="strict", spread=True)
    assert (codes(error), error.exit) == (["index-quota"], 8)
    assert "earliest 2026-11-23T12:00Z" in error.problems[0].message
    assert error.problems[-1].hint.startswith("run `trainer-release execute 1.0.0 --index strict --spread`")
    assert {name.partition("-")[0] for name in index.files} == {"mill_a", "mill_c"}
    assert {status for _, status in index.posts} == {200}
    # … and the rest tomorrow.
    index.clock.sleep(86401)
    assert len(run(work, index, index="strict", spread=True).uploaded) == 2


def test_a_release_that_is_too_old_is_found_before_the_first_upload(work, index):
    assert refused(work, index, index="strict", spread=True).exit == 8
    del index.files["mill_c-1.0.0.tar.gz"]
    posts = len(index.posts)
    index.clock.sleep(11 * 86400)
    warned = execute(work.root, Options(index="strict", spread=True, clock=index.clock.clock), dry_run=True).warnings
    assert [problem.code for problem in warned] == ["window-closing"]
    index.clock.sleep(4 * 86400)
    error = refused(work, index, index="strict", spread=True)
    assert (codes(error), error.exit) == (["window-closed"], 6)
    assert len(index.posts) == posts


def test_what_an_index_has_closed_is_found_before_the_first_upload(work, index):
    index.put("mill_a-0.9.0.tar.gz", b"")
    index.archive("mill-a")
    assert codes(refused(work, index)) == ["project-closed"]
    index.status.clear()
    index.put("mill_c-1.0.0.tar.gz", b"")
    index.delete("mill_c-1.0.0.tar.gz")
    assert codes(refused(work, index)) == ["name-burnt"]
    assert index.posts == []
