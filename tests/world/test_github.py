"""Releases on GitHub, against a server that answers as GitHub does: rows G10 of the catalogue of faults."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from kit.github import REPOSITORY, TOKEN, FakeGitHub, Fault
from kit.index import answering
from kit.simulated import START, Simulated
from trainer_release.errors import ReleaseError
from trainer_release.model.forge import Forge
from trainer_release.world import forge, github, secrets
from trainer_release.world.github_api import PATIENCE, TRIES

TAG = "v1.0.0"


@pytest.fixture
def clock():
    return Simulated()


@pytest.fixture
def server(monkeypatch):
    with FakeGitHub() as made:
        for name, value in made.environment.items():
            monkeypatch.setenv(name, value)
        secrets.redact("")
        yield made
        assert made.leaks == [], "the token went to the host of the contents"


@pytest.fixture
def hub(server, clock):
    return github.opened(Forge(f"{server.server}/api", REPOSITORY), sleep=clock.sleep, now=clock.now)


@pytest.fixture
def wheel(tmp_path):
    path = tmp_path / "mill_a-1.0.0-py3-none-any.whl"
    path.write_bytes(bytes(range(256)) * 40)
    return path


def at(method, nth, fault):
    return lambda asked: fault if (asked.method, asked.nth) == (method, nth) else None


def drafted(hub):
    return hub.draft(TAG, "a" * 40, "mill 1.0.0", "Notes.", prerelease=False)


def refused(act):
    with pytest.raises(ReleaseError) as caught:
        act()
    (problem,) = caught.value.problems
    assert TOKEN not in str(caught.value) + "".join(problem.context)
    return problem


# --- which forge -----------------------------------------------------------------------------------------------------

FORMS = (
    "https://github.com/company/mill",
    "https://github.com/company/mill.git/",
    "https://me:secret@github.com/company/mill.git",
    "http://github.com/company/mill",
    "git@github.com:company/mill.git",
    "github.com:company/mill.git",
    "ssh://git@github.com/company/mill.git",
    "ssh://git@ssh.github.com:443/company/mill.git",
)
STRANGE = (
    "https://git.example/company/mill.git", "git@git.example:company/mill.git", "/srv/mill.git", "../mill", "",
    "https://github.com/company", "https://github.com/company/mill/tree/main", "file:///srv/github.com/company/mill",
    "https://github.com.example/company/mill", "ssh://git@github.com:22/company/a b",
)  # fmt: skip


@pytest.fixture
def plain(monkeypatch):
    for name in ("GITHUB_SERVER_URL", "GITHUB_API_URL", "GITHUB_TOKEN", "GH_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("address", FORMS)
def test_every_form_of_an_address_names_the_repository(plain, address):
    assert forge.found(address) == Forge("https://api.github.com", "company/mill")


@pytest.mark.parametrize("address", STRANGE)
def test_an_address_elsewhere_names_none(plain, address):
    assert forge.found(address) is None


def test_a_server_of_ones_own_has_an_api_of_its_own_and_is_never_asked_in_the_clear(plain, monkeypatch):
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://hub.example")
    assert forge.found("git@hub.example:company/mill.git") is None, "nobody said where its API is"
    monkeypatch.setenv("GITHUB_API_URL", "https://hub.example/api/v3/")
    assert forge.found("git@hub.example:company/mill.git") == Forge("https://hub.example/api/v3", "company/mill")
    assert forge.found(FORMS[0]) == Forge("https://api.github.com", "company/mill"), "another server's API is not its"
    monkeypatch.setenv("GITHUB_API_URL", "http://hub.example/api/v3")
    assert forge.found("git@hub.example:company/mill.git") is None


def test_either_variable_gives_the_token_and_without_one_nothing_is_asked(plain, monkeypatch):
    assert refused(lambda: github.opened(Forge("https://hub.example", "a/b"))).code == "github-denied"
    monkeypatch.setenv("GH_TOKEN", "second")
    assert forge.token() == "second"
    monkeypatch.setenv("GITHUB_TOKEN", "first")
    assert forge.token() == "first"


# --- drafts ----------------------------------------------------------------------------------------------------------


@pytest.mark.row("G10-release-exists")
def test_a_draft_is_made_once_and_found_again(hub, server):
    first = drafted(hub)
    assert first.draft
    assert drafted(hub).id == first.id
    assert len(server.writes) == 1
    made = server.release(TAG)
    assert (made["name"], made["body"], made["target_commitish"]) == ("mill 1.0.0", "Notes.", "a" * 40)


def test_a_draft_is_found_among_hundreds_and_a_published_one_comes_before_it(hub, server):
    for number in range(120):
        server.add(f"v0.{number}.0")
    late = server.add(TAG, draft=True)
    server.add(TAG, draft=True)
    for number in range(120):
        server.add(f"w0.{number}.0")
    assert hub.whole(hub.pages(), TAG).id == late["id"], "the oldest of several drafts"
    published = server.add(TAG)
    assert hub.whole(hub.pages(), TAG).id == published["id"]
    assert hub.whole(hub.pages(), "v9.0.0") is None


@pytest.mark.parametrize("fault", [Fault(502), Fault(502, stored=True), Fault(cut=True)], ids=["lost", "stored", "cut"])
def test_a_draft_whose_answer_was_lost_is_no_second_draft(hub, server, fault):
    server.faults = at("POST", 1, fault)
    drafted(hub)
    assert len(server.releases) == 1


def test_a_release_that_another_made_meanwhile_is_taken(hub, server, clock):
    server.faults = lambda asked: server.add(TAG) and None if asked.method == "POST" and asked.nth == 1 else None
    assert not drafted(hub).draft


@pytest.mark.row("G10-tag-burned")
def test_a_burned_tag_is_told_and_not_tried_again(hub, server):
    server.burned.add(TAG)
    problem = refused(lambda: drafted(hub))
    assert (problem.code, problem.exit) == ("github-refused", 6)
    assert "immutable release" in problem.message
    assert len(server.writes) == 1


# --- assets ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("digests", [True, False])
def test_a_file_is_sent_once_whether_the_server_says_hashes_or_not(hub, server, wheel, digests):
    server.digests = digests
    assert hub.put(drafted(hub), wheel.name, wheel)
    assert server.assets(TAG) == {wheel.name: wheel.read_bytes()}
    assert hub.put(hub.whole(hub.pages(), TAG), wheel.name, wheel) is False
    assert len(server.writes) == 2


@pytest.mark.row("G10-asset-exists")
@pytest.mark.parametrize("digests", [True, False])
def test_another_file_under_the_name_stops_everything_unless_it_may_be_replaced(hub, server, wheel, digests):
    server.digests = digests
    server.add(TAG, draft=True, files={wheel.name: b"another"})
    page = hub.whole(hub.pages(), TAG)
    problem = refused(lambda: hub.put(page, wheel.name, wheel))
    assert (problem.code, problem.exit) == ("asset-differs", 10)
    assert hashlib.sha256(wheel.read_bytes()).hexdigest() in problem.message
    assert server.writes == []
    assert hub.put(page, wheel.name, wheel, instead=True)
    assert server.assets(TAG) == {wheel.name: wheel.read_bytes()}


FAULTS = {
    "cut off": Fault(cut=True),
    "stored, then 502": Fault(502, stored=True),
    "502": Fault(502),
    "500 with a page": Fault(500, body="<html>Unicorn!</html>"),
    "busy": Fault(429, {"Retry-After": "7"}),
    "abuse": Fault(403, {}, '{"message": "You have exceeded a secondary rate limit."}'),
}


@pytest.mark.row("G10-upload-cut")
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_an_upload_that_went_wrong_once_ends_as_one_whole_file(hub, server, wheel, fault):
    page = drafted(hub)
    server.faults = at("POST", 2, fault)
    assert hub.put(page, wheel.name, wheel)
    assert server.assets(TAG) == {wheel.name: wheel.read_bytes()}
    assert len(server.release(TAG)["assets"]) == 1


def test_a_half_file_of_an_earlier_run_is_sent_anew(hub, server, wheel):
    page = drafted(hub)
    server.half(page.id, wheel.name, b"half")
    assert hub.put(hub.whole(hub.pages(), TAG), wheel.name, wheel)
    assert server.assets(TAG) == {wheel.name: wheel.read_bytes()}


def test_a_file_that_came_meanwhile_is_no_fault(hub, server, wheel):
    page = drafted(hub)
    server._kept(server.release(TAG), wheel.name, wheel.read_bytes())
    assert hub.put(page, wheel.name, wheel)
    assert len(server.release(TAG)["assets"]) == 1


def test_a_server_that_never_keeps_a_file_is_given_up(hub, server, wheel, clock):
    page = drafted(hub)
    server.faults = lambda asked: Fault(502) if asked.method == "POST" else None
    assert refused(lambda: hub.put(page, wheel.name, wheel)).code == "github-unreachable"
    assert len(server.writes) == 1 + TRIES
    assert clock.waits


@pytest.mark.row("G10-immutable")
def test_an_immutable_release_takes_nothing_more_and_says_so(hub, server, wheel):
    server.immutable = True
    page = drafted(hub)
    hub.publish(page, prerelease=False, latest=True)
    problem = refused(lambda: hub.put(page, wheel.name, wheel))
    assert (problem.code, "immutable" in problem.message) == ("github-refused", True)


@pytest.mark.parametrize("digests", [True, False])
def test_contents_are_fetched_from_their_own_host_without_the_token_and_only_as_wanted(
    hub, server, wheel, tmp_path, digests
):
    server.digests = digests
    server.add(TAG, draft=True, files={wheel.name: wheel.read_bytes()})
    asset = hub.whole(hub.pages(), TAG).assets[wheel.name]
    assert hub.fetch(asset, hashlib.sha256(wheel.read_bytes()).hexdigest(), tmp_path / "there" / wheel.name)
    assert (tmp_path / "there" / wheel.name).read_bytes() == wheel.read_bytes()
    assert hub.fetch(asset, "0" * 64, tmp_path / "other") is False
    assert not (tmp_path / "other").exists()


def test_a_name_that_github_would_change_is_asked_for_as_it_is_kept():
    assert github.stored("mill_a-1!2.0.tar.gz") == "mill_a-1.2.0.tar.gz"
    assert github.stored("mill_a-1.0.0-py3-none-any.whl") == "mill_a-1.0.0-py3-none-any.whl"


# --- published -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [Fault(502), Fault(502, stored=True), Fault(cut=True)], ids=["lost", "stored", "cut"])
@pytest.mark.parametrize("immutable", [True, False])
def test_a_draft_is_published_whatever_becomes_of_the_answer(hub, server, fault, immutable):
    server.immutable = immutable
    page = drafted(hub)
    server.faults = at("PATCH", 1, fault)
    hub.publish(page, prerelease=False, latest=True)
    assert (server.release(TAG)["draft"], hub.latest()) == (False, TAG)


def test_a_draft_that_cannot_be_published_is_told(hub, server):
    page = drafted(hub)
    server.faults = lambda asked: Fault(422, body='{"message": "no"}') if asked.method == "PATCH" else None
    assert refused(lambda: hub.publish(page, prerelease=False, latest=True)).code == "github-refused"


@pytest.mark.row("G10-latest")
def test_an_older_or_preliminary_version_does_not_become_the_latest(hub, server):
    server.add("v2.0.0")
    hub.publish(drafted(hub), prerelease=False, latest=False)
    assert hub.latest() == "v2.0.0"


def test_without_a_release_nothing_is_the_latest(hub):
    assert hub.latest() is None


@pytest.mark.parametrize(("status", "over"), [("completed", True), ("in_progress", False), ("queued", False)])
def test_a_workflow_run_is_over_when_github_says_so(hub, server, status, over):
    server.runs[7] = status
    assert github.run_is_over(server.url, 7) is over
    assert github.run_is_over(server.url, 8) is None


def test_where_nobody_can_be_asked_nobody_knows_whether_a_run_is_over(server, monkeypatch):
    server.runs[7] = "completed"
    assert github.run_is_over("https://git.example/company/mill", 7) is None
    server.faults = lambda _: Fault(401)
    assert github.run_is_over(server.url, 7) is None
    monkeypatch.delenv("GITHUB_TOKEN")
    monkeypatch.delenv("GH_TOKEN", raising=False)
    assert github.run_is_over(server.url, 7) is None
    assert len(server.asked) == 1


# --- limits and strangers --------------------------------------------------------------------------------------------

LIMITS = {
    "seconds": (429, {"Retry-After": "7"}, 7),
    "a date": (403, {"Retry-After": "Sun, 22 Nov 2026 12:01:30 GMT"}, 90),
    "a date in the past": (429, {"Retry-After": "Sun, 22 Nov 2020 12:00:00 GMT"}, 1),
    "nonsense": (429, {"Retry-After": "soon"}, 60),
    "negative": (429, {"Retry-After": "-5"}, 60),
    "a reset": (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(START.timestamp()) + 40)}, 40),
    "a reset without a time": (403, {"x-ratelimit-remaining": "0"}, 60),
    "nothing": (429, {}, 60),
}


@pytest.mark.row("G10-rate-limit")
@pytest.mark.parametrize(("status", "headers", "seconds"), LIMITS.values(), ids=LIMITS)
def test_it_is_waited_as_long_as_github_asks(hub, server, clock, status, headers, seconds):
    server.faults = at("GET", 1, Fault(status, headers))
    assert hub.pages() == ()
    assert clock.waits == [seconds]


@pytest.mark.parametrize("asked", [str(10**9), "3600"])
def test_what_lasts_longer_pauses_the_release_and_names_the_earliest_time(hub, server, clock, asked):
    server.faults = lambda _: Fault(429, {"Retry-After": asked})
    problem = refused(hub.pages)
    assert (problem.code, problem.exit, clock.waits) == ("github-paused", 8, [])
    earliest = START + timedelta(seconds=min(int(asked), 30 * 86400))
    assert str(earliest) in problem.hint


def test_a_limit_that_never_ends_is_waited_for_no_longer_than_the_budget(hub, server, clock):
    server.faults = lambda _: Fault(429, {"Retry-After": "60"})
    assert refused(hub.pages).exit == 8
    assert clock.passed <= PATIENCE


@pytest.mark.parametrize("status", [500, 502, 503])
def test_an_outage_is_tried_a_few_times_and_then_told(hub, server, clock, status):
    server.faults = lambda _: Fault(status)
    problem = refused(hub.pages)
    assert (problem.code, problem.exit, len(server.asked)) == ("github-unreachable", 6, TRIES)
    assert clock.waits == sorted(clock.waits)
    server.faults = at("GET", TRIES + 1, Fault(status))
    assert hub.pages() == ()


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_token_that_may_not_is_told_with_the_right_that_it_lacks(hub, server, status):
    server.faults = lambda _: Fault(status, body=f'{{"message": "no, {TOKEN}"}}')
    problem = refused(hub.pages)
    assert (problem.code, problem.exit, len(server.asked)) == ("github-denied", 6, 1)
    assert "contents: write" in problem.hint


STRANGERS = {
    "a login page": (200, {}, b"<html>Log in</html>"),
    "a list of other things": (200, {}, b'["x"]'),
    "a release without a tag": (200, {}, b'[{"id": 1}]'),
    "another host": (302, {"Location": "https://evil.example/"}, b""),
    "another scheme": (301, {"Location": "file:///etc/passwd"}, b""),
    "itself for ever": (307, {"Location": "/again"}, b""),
}


@pytest.mark.parametrize("answer", STRANGERS.values(), ids=STRANGERS)
def test_what_is_not_github_is_refused_and_never_gets_the_token_elsewhere(server, clock, answer):
    asked = []

    def respond(path, headers):
        asked.append((path, headers.get("Authorization")))
        return answer

    with answering(respond) as url:
        hub = github.opened(Forge(f"{url}api", REPOSITORY), sleep=clock.sleep, now=clock.now)
        assert refused(hub.pages).code == "github-answer-invalid"
    assert len(asked) <= 4


def test_an_upload_address_elsewhere_gets_no_file(hub, server, wheel):
    page = drafted(hub)
    server.release(TAG)["upload_url"] = "https://evil.example/assets{?name}"
    page = hub.whole(hub.pages(), TAG)
    assert refused(lambda: hub.put(page, wheel.name, wheel)).code == "github-answer-invalid"


def test_an_answer_without_an_end_is_not_read_to_it(server, clock):
    with answering(lambda *_: (200, {"Content-Length": str(1 << 40)}, b"[" + b" " * 1000)) as url:
        hub = github.opened(Forge(f"{url}api", REPOSITORY), sleep=clock.sleep, now=clock.now)
        assert refused(hub.pages).code == "github-unreachable"


def test_an_asset_that_is_larger_than_it_says_is_not_taken(hub, server, tmp_path):
    server.add(TAG, draft=True, files={"x.whl": b"x" * 5000})
    server.release(TAG)["assets"][0]["size"] = 10
    asset = hub.whole(hub.pages(), TAG).assets["x.whl"]
    assert refused(lambda: hub.fetch(asset, "0" * 64, tmp_path / "x.whl")).code == "github-unreachable"
