"""Whatever goes wrong with uploads, in whatever order: no other bytes are sent, and nothing is done but by the index."""

import hashlib
import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit.dialects import running
from kit.publishing import ACCOUNT, Simulated, account, action, here, publishing
from trainer_release.errors import ReleaseError
from trainer_release.release.publishing.asking import Release, ask
from trainer_release.release.publishing.sending import Sending
from trainer_release.release.publishing.waiting import Waiting
from trainer_release.world.faulty import Fault, Faulty

DIALECTS = ("pypi", "pypiserver", "devpi", "hiding-404", "hiding-200")
STATUS = st.sampled_from([400, 401, 403, 404, 408, 409, 413, 425, 429, 500, 502, 503, 504])
UPLOADS = st.one_of(
    st.none(),
    st.builds(Fault, st.just("status"), STATUS),
    st.builds(Fault, st.just("stored-then-status"), STATUS),
    st.sampled_from([Fault(kind) for kind in ("html", "redirect", "reset", "reset-after-body", "twice")]),
    st.sampled_from([Fault(kind, seconds=0.3) for kind in ("hang", "stored-then-hang")]),
)
READS = st.one_of(
    st.none(), st.none(), st.sampled_from([Fault("status", 404), Fault("status", 500), Fault("reset"), Fault("html")])
)


@pytest.fixture(scope="module")
def module(tmp_path_factory):
    folder = tmp_path_factory.mktemp("module")
    return folder, action(folder)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    account(monkeypatch, tmp_path)


def publish(module, index, uploads, reads, stale=0.0):
    """One run against these faults: True where it says that all is done."""
    folder, planned = module
    ups, downs = iter(uploads), iter(reads)
    faults = lambda request: next(ups if request.what == "upload" else downs, None)  # noqa: E731
    with Faulty(index.address, faults) as proxy:
        index.stale = stale
        world = publishing(folder, proxy.address, index.clock, silence=0.1, wait=900.0)
        release = Release(planned.subject, planned.package, planned.version, planned.files)
        try:
            sending = Sending(release, world, folder / "artifacts" / planned.subject, here)
            last = sending.go(ask(release, world))
            Waiting(release, world, planned.pins, sending.accepted, last).go()
        except ReleaseError as error:
            told = error.exit
        else:
            return True
        assert told in {6, 7, 8, 10, 11}
        return False


def whole(index, files):
    return {name: hashlib.sha256(content).hexdigest() for name, content in index.files.items()} == {
        dist.name: dist.sha256 for dist in files
    }


def any_faults(most):
    """The test that no faults lead to other bytes or to a false end, with so many examples."""

    @settings(max_examples=most, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        dialect=st.sampled_from(DIALECTS),
        uploads=st.lists(UPLOADS, max_size=6),
        reads=st.lists(READS, max_size=6),
        stale=st.sampled_from([0, 600]),
    )
    def test(module, dialect, uploads, reads, stale):
        files = module[1].files
        with running(dialect, clock=Simulated(), account=ACCOUNT) as index:
            done = publish(module, index, uploads, reads, stale)
            ours = {dist.name: dist.sha256 for dist in files}
            for event in index.events:
                assert event.sha256 in {None, ours.get(event.name)}
            assert not done or whole(index, files)
            # The next run, undisturbed and later, ends it; and one more writes nothing.
            index.clock.sleep(3600)
            assert publish(module, index, (), ())
            assert whole(index, files)
            before = len(index.posts)
            assert publish(module, index, (), ())
            assert len(index.posts) == before

    return test


test_no_faults_lead_to_other_bytes_or_to_a_false_end = any_faults(15)
test_no_faults_lead_to_other_bytes_or_to_a_false_end_in_many_cases = pytest.mark.full(any_faults(600))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(uploads=st.lists(UPLOADS, max_size=4), when=st.integers(0, 3))
def test_a_rivals_bytes_are_never_written_over_and_never_called_ours(module, uploads, when):
    files = module[1].files
    wheel = files[0].name
    rival = Fault("call", call=lambda _request: wheel in index.files or index.put(wheel, b"a rival's"))
    with running("pypi", clock=Simulated(), account=ACCOUNT) as index:
        index.put("demo_words-0.9.0.tar.gz", b"")
        done = publish(module, index, [*uploads[:when], rival, *uploads[when:]], ())
        del index.files["demo_words-0.9.0.tar.gz"]
        assert not done or whole(index, files)
        if index.files.get(wheel) == b"a rival's":
            assert publish(module, index, (), ()) is False
            assert index.files[wheel] == b"a rival's"


# --- scripted ambiguities --------------------------------------------------------------------------------------------

AMBIGUOUS = [
    *(Fault("stored-then-status", status) for status in (408, 425, 500, 502, 503, 504, 520, 522, 524)),
    Fault("reset-after-body"),
    Fault("stored-then-hang", seconds=0.3),
    Fault("twice"),
]
CASES = [
    case
    for case in itertools.product(DIALECTS, AMBIGUOUS, ("first", "second", "both"), (0, 600))
    if not (case[0] == "hiding-404" and case[1].kind == "twice" and case[3])  # a plain no, and nothing to see
]
"""Stored and then answered wrongly, or not, or stored by a rival at the same moment: 357 cases."""


def judged(module, dialect, fault, where, stale):
    """What is wrong with the verdict on a case: every file was stored by the first upload of it."""
    uploads = {"first": [fault], "second": [None, fault], "both": [fault, fault]}[where]
    with running(dialect, clock=Simulated(), account=ACCOUNT) as index:
        done = publish(module, index, uploads, (), stale)
        stored = [event.sha256 for event in index.events if event.method == "POST"]
        again = len(stored) - len(set(stored))
        told_at_once = stale == 0 or index.address.json is not None
        problems = [] if done else ["told as failed"]
        problems += [] if whole(index, module[1].files) else ["not whole"]
        problems += ["sent again"] if again and told_at_once and fault.kind != "twice" else []
        return problems


def wrong(module, cases):
    return {str(case): found for case in cases if (found := judged(module, *case))}


def test_what_was_stored_is_never_told_as_failed(module):
    assert wrong(module, CASES[::23]) == {}


@pytest.mark.full
def test_what_was_stored_is_never_told_as_failed_in_all_cases(module):
    assert len(CASES) >= 200
    assert wrong(module, CASES) == {}
