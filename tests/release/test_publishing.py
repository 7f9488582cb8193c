"""A module on its way to the index: the real uploader, a real index on this machine, a clock that waits for nobody."""

from dataclasses import replace

import pytest

from kit.dialects import running
from kit.index import answering
from kit.publishing import ACCOUNT, Simulated, account, action, here, publishing
from trainer_release.errors import ReleaseError
from trainer_release.model.catalog import IndexAddress
from trainer_release.model.publishing import Meaning
from trainer_release.release.publishing.asking import Release, ask, completed
from trainer_release.release.publishing.sending import Sending
from trainer_release.release.steps import publish_dists
from trainer_release.world.faulty import Fault, Faulty
from trainer_release.world.index import listing

MINUTES = 60.0


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    account(monkeypatch, tmp_path)


@pytest.fixture
def time():
    return Simulated()


@pytest.fixture
def index(time):
    with running("pypi", clock=time, account=ACCOUNT) as index:
        yield index


def first(*faults):
    """The faults of the first uploads, in order; then none."""
    queue = iter(faults)
    return lambda request: next(queue, None) if request.what == "upload" else None


def always(fault):
    return lambda request: fault if request.what == "upload" else None


def codes(caught):
    return [problem.code for problem in caught.value.problems]


def test_a_module_is_done_when_the_index_lists_it_with_our_hashes(tmp_path, index, time):
    module = action(tmp_path)
    world = publishing(tmp_path, index.address, time)
    assert publish_dists.seen(module, world) is False
    outcome = publish_dists.run(module, world, {})
    assert sorted(outcome.evidence["files"]) == sorted(index.files)
    assert [status for _, status in index.posts] == [200, 200]
    assert index.posts[0][0].endswith(".whl")
    assert publish_dists.seen(module, world) is True


def test_before_the_upload_its_page_is_asked_for_once_and_afterwards_until_two_looks_agree(tmp_path, index, time):
    module, world = action(tmp_path), publishing(tmp_path, index.address, time)
    publish_dists.seen(module, world)
    publish_dists.run(module, world, {}, here)
    methods = "".join(event.method[0] for event in index.events if "/simple/" in event.path or event.method == "POST")
    assert methods == "GPPGG"


def test_a_file_that_was_stored_and_answered_with_an_error_is_not_sent_again(tmp_path, index, time):
    module = action(tmp_path)
    faults = first(Fault("stored-then-status"), Fault("reset-after-body"))
    with Faulty(index.address, faults) as proxy:
        publish_dists.run(module, publishing(tmp_path, proxy.address, time), {}, here)
    assert [status for _, status in index.posts] == [200, 200]
    assert len({name for name, _ in index.posts}) == 2


def test_a_file_that_was_not_stored_is_sent_again_after_a_pause_that_grows(tmp_path, index, time):
    module = action(tmp_path)
    busy = Fault("status", status=503)
    with Faulty(index.address, first(busy, busy)) as proxy:
        publish_dists.run(module, publishing(tmp_path, proxy.address, time), {}, here)
    assert len(index.posts) == 2
    assert 1 <= time.slept[0] <= 3
    assert 2 <= time.slept[1] <= 6


def test_after_an_answer_that_proves_nothing_the_index_is_asked_three_times_before_anything_is_sent_again(
    tmp_path, index, time
):
    with Faulty(index.address, first(Fault("status", status=502))) as proxy:
        publish_dists.run(action(tmp_path), publishing(tmp_path, replace(proxy.address, json=None), time), {}, here)
    methods = "".join(event.method[0] for event in proxy.events)
    assert methods == "GPGGGGPPGG"


@pytest.mark.parametrize("value", ["7", "Sun, 22 Nov 2026 12:00:07 GMT"])
def test_retry_after_is_kept_to_the_second(tmp_path, index, time, value):
    slow = Fault("status", status=429, headers={"Retry-After": value})
    with Faulty(index.address, first(slow)) as proxy:
        publish_dists.run(action(tmp_path), publishing(tmp_path, proxy.address, time), {}, here)
    assert time.slept[0] == 7.0


def test_an_index_that_hangs_is_given_up_and_asked(tmp_path, index, time):
    with Faulty(index.address, first(Fault("stored-then-hang"), Fault("hang"))) as proxy:
        world = publishing(tmp_path, proxy.address, time, silence=0.3)
        publish_dists.run(action(tmp_path), world, {})
    assert [status for _, status in index.posts] == [200, 200]


def test_a_login_page_is_no_success(tmp_path, index, time):
    with Faulty(index.address, always(Fault("html"))) as proxy, pytest.raises(ReleaseError) as caught:
        publish_dists.run(action(tmp_path), publishing(tmp_path, proxy.address, time), {}, here)
    (problem,) = caught.value.problems
    assert problem.code == "upload-refused"
    assert "web page" in problem.hint
    assert index.files == {}


def test_an_index_that_lists_nothing_for_twenty_minutes_then_all_is_waited_for(tmp_path, index, time):
    index.stale, said = 20 * MINUTES, []
    world = publishing(tmp_path, index.address, time, tell=lambda *words: said.append(words))
    outcome = publish_dists.run(action(tmp_path), world, {}, here)
    assert len(index.posts) == 2
    assert 20 * MINUTES <= time.passed < 22 * MINUTES
    assert said == [("words", "published, index stale since 12:00Z")]
    assert "the index was stale until 12:2" in outcome.note


def test_a_file_that_an_index_showed_once_is_waited_for_and_not_sent_again_when_it_goes_backwards(
    tmp_path, index, time
):
    looks = []

    def stale():
        looks.append(1)
        return 0.0 if len(looks) == 3 or len(looks) > 40 else 9e9

    broken = Fault("stored-then-status")
    with Faulty(index.address, first(broken), stale=stale, seconds=time.monotonic) as proxy:
        where = replace(proxy.address, json=None)
        publish_dists.run(action(tmp_path), publishing(tmp_path, where, time), {}, here)
    assert len(index.posts) == 2
    assert len(looks) > 40


def test_an_index_that_never_lists_them_is_told_as_stale_and_the_files_as_safe(tmp_path, index, time):
    index.stale = 9e9
    with pytest.raises(ReleaseError) as caught:
        publish_dists.run(action(tmp_path), publishing(tmp_path, index.address, time), {}, here)
    (problem,) = caught.value.problems
    assert (problem.code, problem.exit) == ("index-stale", 7)
    assert "is published, not visible yet: since 2026-11-22 12:00Z" in problem.message
    assert 30 * MINUTES <= time.passed < 31 * MINUTES
    # Again, later: nothing is sent, and it is waited for.
    index.stale = 0.0
    publish_dists.run(action(tmp_path), publishing(tmp_path, index.address, time), {}, here)
    assert len(index.posts) == 2


def test_what_was_taken_and_is_told_by_nobody_is_an_unknown_outcome(tmp_path, time):
    with running("devpi", clock=time, stale=9e9) as index, pytest.raises(ReleaseError) as caught:
        publish_dists.run(action(tmp_path), publishing(tmp_path, index.address, time), {}, here)
    assert (codes(caught), caught.value.exit) == (["outcome-unknown"], 11)


def test_an_index_that_cannot_be_asked_after_an_upload_leaves_the_outcome_unknown_and_nothing_is_sent_again(
    tmp_path, index, time
):
    posted = []

    def faults(request):
        if request.what == "upload":
            posted.append(request.name)
            return Fault("stored-then-status")
        return Fault("status", status=500) if posted else None

    with Faulty(index.address, faults) as proxy, pytest.raises(ReleaseError) as caught:
        publish_dists.run(action(tmp_path), publishing(tmp_path, proxy.address, time), {}, here)
    assert caught.value.exit == 11
    assert len(posted) == 1


def test_an_index_that_does_not_answer_before_the_upload_is_asked_again_and_then_told(tmp_path, index, time):
    module, outages = action(tmp_path), iter([Fault("status", status=500)] * 4)
    with Faulty(index.address, lambda _request: next(outages, None)) as proxy:
        assert publish_dists.seen(module, publishing(tmp_path, proxy.address, time)) is False
    with (
        Faulty(index.address, lambda _request: Fault("status", status=500)) as proxy,
        pytest.raises(ReleaseError) as caught,
    ):
        publish_dists.seen(module, publishing(tmp_path, proxy.address, time))
    assert codes(caught) == ["index-unreachable"]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault("status", status=403, body=b"Invalid authentication"), "a token that may"),
        (Fault("status", status=413), "smaller"),
        (Fault("status", status=400, body=b"Invalid value for classifiers"), "metadata"),
        (Fault("redirect", headers={"Location": "https://index.example/legacy/"}), "`upload`"),
    ],
)
def test_a_refusal_is_not_repeated_and_says_what_to_do(tmp_path, index, time, fault, words):
    with Faulty(index.address, always(fault)) as proxy, pytest.raises(ReleaseError) as caught:
        publish_dists.run(action(tmp_path), publishing(tmp_path, proxy.address, time), {}, here)
    assert len([event for event in proxy.events if event.method == "POST"]) == 1
    (problem,) = caught.value.problems
    assert (problem.code, problem.exit) == ("upload-refused", 6)
    assert words in problem.hint


def test_a_refusal_of_the_second_file_names_what_is_published_and_what_is_missing(tmp_path, index, time):
    body = b"no: \x1b[31mcorrect-horse-battery\x1b[0m"
    faults = first(None, Fault("status", status=400, body=body))
    with Faulty(index.address, faults) as proxy, pytest.raises(ReleaseError) as caught:
        publish_dists.run(action(tmp_path), publishing(tmp_path, proxy.address, time), {})
    (problem,) = caught.value.problems
    assert (problem.code, problem.exit) == ("upload-failed", 7)
    assert "published: demo_words-1.0.0-py3-none-any.whl; missing: demo_words-1.0.0.tar.gz" in problem.message
    assert problem.context[1] == "no: ***"


def test_other_bytes_under_our_name_stop_everything_whenever_they_appear(tmp_path, index, time):
    module = action(tmp_path)
    wheel = module.files[0].name
    rival = Fault("call", call=lambda _request: index.put(wheel, b"a rival's"))
    with Faulty(index.address, first(rival)) as proxy, pytest.raises(ReleaseError) as caught:
        publish_dists.run(module, publishing(tmp_path, proxy.address, time), {}, here)
    assert (codes(caught), caught.value.exit) == (["file-differs"], 10)
    assert list(index.files) == [wheel]


def test_the_same_upload_by_a_rival_at_the_same_moment_is_no_fault(tmp_path, time):
    with running("pypiserver", clock=time) as index, Faulty(index.address, first(Fault("twice"))) as proxy:
        publish_dists.run(action(tmp_path), publishing(tmp_path, proxy.address, time), {}, here)
        assert len(index.files) == 2


def test_a_file_changed_since_prepare_is_never_sent(tmp_path, index, time):
    module = action(tmp_path)
    (tmp_path / "artifacts" / "words" / module.files[1].name).write_bytes(b"tampered")
    with pytest.raises(ReleaseError) as caught:
        publish_dists.run(module, publishing(tmp_path, index.address, time), {}, here)
    assert codes(caught) == ["file-differs"]
    assert index.posts == []


def test_too_many_requests_for_ever_end_in_a_pause_with_the_earliest_time(tmp_path, index, time):
    slow = Fault("status", status=429, headers={"Retry-After": "60"})
    with Faulty(index.address, always(slow)) as proxy:
        world = publishing(tmp_path, proxy.address, time)
        with pytest.raises(ReleaseError) as caught:
            publish_dists.run(action(tmp_path), world, {}, here)
        assert (codes(caught), caught.value.exit) == (["index-quota"], 8)
        assert "earliest 2026-11-22T12:06Z" in caught.value.problems[0].message
        assert time.slept == [60.0] * 5
        # another module does not even try
        with pytest.raises(ReleaseError) as caught:
            publish_dists.run(action(tmp_path, "speech"), world, {}, here)
        assert caught.value.exit == 8
        assert len([event for event in proxy.events if event.method == "POST"]) == 6


@pytest.mark.parametrize("value", ["86400", "1000000000", None])
def test_a_quota_of_new_projects_is_not_waited_for_and_known_projects_go_on(tmp_path, time, value):
    with running("pypi", clock=time, quota=1, retry_after=value) as index:
        known = action(tmp_path, "known")
        index.put("demo_known-0.9.0.tar.gz", b"")
        world = publishing(tmp_path, index.address, time)
        for name in ("words", "speech"):
            with pytest.raises(ReleaseError) as caught:
                publish_dists.run(action(tmp_path, name), world, {}, here)
            assert (codes(caught), caught.value.exit) == (["index-quota"], 8)
        assert len(index.posts) == 1
        assert time.passed == 0
        publish_dists.run(known, world, {}, here)


def test_without_a_hash_from_the_index_the_file_is_downloaded_once_and_hashed(tmp_path, time):
    module, fetched = action(tmp_path), []
    content = {path.name: path.read_bytes() for path in (tmp_path / "artifacts" / "words").iterdir()}

    def respond(path, _headers):
        if path.startswith("/simple/"):
            links = "".join(f'<a href="/files/{name}">{name}</a>' for name in content)
            return 200, {"Content-Type": "text/html"}, f"<title>Links for demo-words</title>{links}".encode()
        fetched.append(path)
        return 200, {}, content[path.rpartition("/")[2]]

    with answering(respond) as url:
        where = IndexAddress("plain", url, f"{url}simple/")
        world = publishing(tmp_path, where, time)
        release = Release("words", module.package, module.version, module.files)
        assert [ask(release, world).unlisted for _ in range(2)] == [[], []]
        assert len(fetched) == 2
        page = completed(listing(where.simple, "demo-words"), release, where)
        assert {file.name: file.sha256 for file in page["1.0.0"]} == {dist.name: dist.sha256 for dist in module.files}
        content[module.files[0].name] = b"other bytes"
        with pytest.raises(ReleaseError) as caught:
            ask(release, publishing(tmp_path, where, time))
        assert caught.value.exit == 10


def test_before_the_first_upload_the_json_is_asked_for_what_the_pages_do_not_show(tmp_path, index, time):
    module = action(tmp_path)
    release = Release("words", module.package, module.version, module.files)
    asked = lambda: completed(listing(index.address.simple, "demo-words"), release, index.address)  # noqa: E731
    assert (asked().known, asked().versions) == (False, None)
    publish_dists.run(module, publishing(tmp_path, index.address, time), {}, here)
    index.stale = 9e9
    assert listing(index.address.simple, "demo-words").known is False
    assert {file.name for file in asked()["1.0.0"]} == set(index.files)
    index.put(module.files[0].name, b"another's")
    assert {file.sha256 for file in asked()["1.0.0"]} != {dist.sha256 for dist in module.files}


def test_an_uploader_in_this_process_says_what_one_of_its_own_says(tmp_path, index, time):
    module, world = action(tmp_path), publishing(tmp_path, index.address, time)
    release = Release("words", module.package, module.version, module.files)
    sending = Sending(release, world, tmp_path / "artifacts" / "words", here)
    assert sending.go(ask(release, world)).missing == []
    assert sending.accepted == dict.fromkeys(sending.sent, Meaning.ACCEPTED)
    assert sending.sent == [name for name, _ in index.posts]
