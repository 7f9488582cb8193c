"""Rows G of the catalogue of faults, one id a row: what `execute` answers to each, and what is on the index then."""

from __future__ import annotations

import pytest

from kit.at_index import FILES
from trainer_release.world.faulty import Fault

DAY = 86400.0
FIRST, MIDDLE, LAST = FILES[0], FILES[1], FILES[3]


def uploads(fault: Fault, since: str, times: int = 1000):
    """The fault for that file and all that come after it, so many times."""
    left = [times]

    def faults(request):
        if request.what != "upload" or FILES.index(request.name) < FILES.index(since) or not left[0]:
            return None
        left[0] -= 1
        return fault

    return faults


def says(status: int, text: str = "", **headers: str) -> Fault:
    return Fault("status", status, {name.replace("_", "-"): value for name, value in headers.items()}, text.encode())


# G1: every row of the table of upload clients, at the first, a middle and the last file

GOOD = {
    "503-twice": (says(503), 2),
    "stored-then-502": (Fault("stored-then-status", 502), 1),
    "429-once": (says(429, "slow down", Retry_After="7"), 1),
    "reset-mid-body": (Fault("reset"), 1),
    "never-answers": (Fault("hang"), 1),
    "stored-then-never-answers": (Fault("stored-then-hang"), 1),
    "login-page-once": (Fault("html"), 1),
    "299": (says(299), 0),
}
BAD = {
    "503-always": (says(503), ("upload-refused", "upload-failed")),
    "401": (says(401, "who are you"), ("upload-refused", "upload-failed")),
    "403": (says(403, "not yours"), ("upload-refused", "upload-failed")),
    "413": (says(413, "too large"), ("upload-refused", "upload-failed")),
    "307": (Fault("redirect"), ("upload-refused", "upload-failed")),
    "login-page-always": (Fault("html"), ("upload-refused", "upload-failed")),
    "reset-always": (Fault("reset"), ("upload-refused", "upload-failed")),
    "never-answers-at-all": (Fault("hang"), ("upload-refused", "upload-failed")),
    "429-always": (says(429, "slow down", Retry_After="30"), ("index-quota", "index-quota")),
}
PLACES = {"first": FIRST, "middle": MIDDLE, "last": LAST}


def some(rows, chosen):
    """All rows at all places as parameters; those not chosen are slow."""
    marks = {True: (), False: (pytest.mark.full,)}
    ids = [(row, place) for row in rows for place in PLACES]
    return [pytest.param(*each, id=f"G1-{'-at-'.join(each)}", marks=marks[each in chosen]) for each in ids]


@pytest.mark.row("G1")
@pytest.mark.parametrize(("row", "where"), some(GOOD, {("stored-then-502", "middle")}))
def test_a_fault_that_passes_is_no_failure(place, row, where):
    fault, times = GOOD[row]
    place.faults = uploads(fault, PLACES[where], times)
    ended = place.execute()
    assert (ended.exit, ended.codes) == (0, [])
    assert place.ours
    again = 0 if fault.kind.startswith("stored") else times
    assert len(place.posts) == len(FILES) + again


@pytest.mark.row("G1")
@pytest.mark.parametrize(("row", "where"), some(BAD, set()))
def test_a_fault_that_stays_is_told_with_what_is_live_and_the_same_command_ends_it(place, row, where):
    fault, (nothing_live, something_live) = BAD[row]
    place.faults = uploads(fault, PLACES[where])
    ended = place.execute()
    code = nothing_live if where == "first" else something_live
    assert ended.codes == [code]
    assert ended.exit == {"upload-refused": 6, "upload-failed": 7, "index-quota": 8}[code]
    assert sorted(place.index.files) == sorted(FILES[: FILES.index(PLACES[where])])
    assert "trainer-release execute 1.0.0" in ended.text
    # Mended, the same command ends it, and sends nothing that was live.
    place.faults, before = (lambda _: None), len(place.posts)
    place.time.sleep(3600)
    assert place.execute().exit == 0
    assert sorted(place.posts[before:]) == sorted(FILES[FILES.index(PLACES[where]) :])
    assert place.ours


@pytest.mark.row("G1")
@pytest.mark.parametrize("row", [pytest.param("no-credentials", id="G1-no-credentials")])
def test_without_credentials_nothing_is_sent(place, row, monkeypatch):
    monkeypatch.delenv("TWINE_PASSWORD")
    ended = place.execute()
    assert (ended.exit, ended.codes, place.posts) == (6, ["no-credentials"], [])


# G2: what is there already, found before the first upload


def same(place):
    wheel = next(place.work.cache.rglob(FIRST))
    place.index.put(FIRST, wheel.read_bytes())


def other(place):
    place.index.put(LAST, b"other bytes")


def deleted(place):
    place.index.put(LAST, b"")
    place.index.delete(LAST)


def closed(place):
    same(place)
    place.time.sleep(15 * DAY)


def yanked(place):
    same(place)
    place.index.yank(FIRST, "broken")


def quarantined(place):
    place.index.put("mill_b-0.8.0.tar.gz", b"")
    place.index.quarantine("mill-b")


def archived(place):
    place.index.put("mill_b-0.8.0.tar.gz", b"")
    place.index.archive("mill-b")


@pytest.mark.row("G2")
@pytest.mark.parametrize(
    ("there", "exit_code", "code"),
    [
        pytest.param(other, 10, "file-differs", id="G2-other-hash"),
        pytest.param(deleted, 6, "name-burnt", id="G2-deleted-name"),
        pytest.param(closed, 6, "window-closed", id="G2-closed-release"),
        pytest.param(yanked, 6, "release-yanked", id="G2-yanked"),
        pytest.param(quarantined, 6, "project-closed", id="G2-quarantined"),
        pytest.param(archived, 6, "project-closed", id="G2-archived"),
    ],
)
def test_what_the_index_will_not_take_is_found_before_the_first_upload(place, there, exit_code, code):
    there(place)
    ended = place.execute()
    assert (ended.exit, set(ended.codes), place.posts) == (exit_code, {code}, [])


@pytest.mark.row("G2")
@pytest.mark.parametrize("row", [pytest.param(same, id="G2-same-hash", marks=pytest.mark.full)])
def test_what_is_there_with_our_bytes_is_not_sent(place, row):
    row(place)
    assert place.execute().exit == 0
    assert sorted(place.posts) == sorted(set(FILES) - {FIRST})
    assert place.ours


@pytest.mark.row("G2")
@pytest.mark.parametrize(
    "where",
    [
        pytest.param("first", id="G2-deleted-unseen-at-first", marks=pytest.mark.full),
        pytest.param("last", id="G2-deleted-unseen-at-last"),
    ],
)
def test_a_name_that_nobody_can_see_to_be_burnt_is_told_by_the_index(place, where):
    name = PLACES[where]
    place.index.put(name, b"")
    place.index.delete(name, release=True)  # the whole release: no page tells of it
    ended = place.execute()
    assert (ended.exit, ended.codes) == ((6, ["upload-refused"]) if where == "first" else (7, ["upload-failed"]))
    assert "release the next version" in ended.text


# G3: pages that are late


@pytest.mark.row("G3")
@pytest.mark.parametrize(
    ("stale", "exit_code", "codes"),
    [
        pytest.param(1200.0, 0, [], id="G3-visible-after-20-minutes"),
        pytest.param(9e9, 7, ["index-stale"], id="G3-never", marks=pytest.mark.full),
    ],
)
def test_a_late_index_is_waited_for_and_then_told_as_late_and_not_as_failed(place, stale, exit_code, codes):
    place.index.stale = stale
    ended = place.execute()
    assert (ended.exit, ended.codes) == (exit_code, codes)
    assert len(place.posts) == len(set(place.posts))
    if codes:
        assert "published, not visible yet" in ended.text
        assert sorted(place.posts) == sorted(FILES[:2])


@pytest.mark.row("G3")
@pytest.mark.full
@pytest.mark.parametrize("row", [pytest.param(None, id="G3-goes-backwards")])
def test_an_index_that_goes_backwards_is_waited_for_until_it_stays(place, row):
    looks = []

    def faults(request):
        if request.what == "simple" and place.posts:
            looks.append(request)
            place.index.stale = 0.0 if len(looks) % 2 else 9e9  # every other node is late
            if len(looks) > 9:
                place.index.stale = 0.0

    place.faults = faults
    assert place.execute().exit == 0
    assert len(looks) > 9
    assert place.ours


# G4: rights


@pytest.mark.row("G4")
@pytest.mark.parametrize(
    ("text", "since"),
    [
        pytest.param(
            "Invalid or non-existent authentication information.", FIRST, id="G4-token-revoked", marks=pytest.mark.full
        ),
        pytest.param("Invalid or non-existent authentication information.", FILES[2], id="G4-token-expires-midway"),
        pytest.param(
            "The user 'x' isn't allowed to upload to project 'mill-b'.",
            FILES[2],
            id="G4-wrong-project",
            marks=pytest.mark.full,
        ),
        pytest.param("Two factor authentication is required.", FIRST, id="G4-2FA", marks=pytest.mark.full),
    ],
)
def test_rights_that_are_missing_are_told_with_the_setting_to_change(place, text, since):
    place.faults = uploads(says(403, text), since)
    ended = place.execute()
    assert (ended.exit, ended.codes) == ((6, ["upload-refused"]) if since == FIRST else (7, ["upload-failed"]))
    assert text in ended.text
    assert "TWINE_USERNAME=__token__" in ended.text
    assert len(place.posts) == FILES.index(since) + 1


# G6: 429, and what its Retry-After says


@pytest.mark.row("G6")
@pytest.mark.parametrize(
    ("value", "waits"),
    [
        pytest.param("7", (7, 7), id="G6-seconds", marks=pytest.mark.full),
        pytest.param("Wed, 21 Oct 2015 07:28:00 GMT", (0, 0), id="G6-a-date-long-ago", marks=pytest.mark.full),
        pytest.param("Sun, 22 Nov 2026 12:05:00 GMT", (295, 300), id="G6-a-date", marks=pytest.mark.full),
        pytest.param("-5", (0, 0), id="G6-negative", marks=pytest.mark.full),
        pytest.param("soon", (1, 3), id="G6-nonsense", marks=pytest.mark.full),
    ],
)
def test_a_pause_that_the_index_asks_for_is_kept(place, value, waits):
    place.faults = uploads(says(429, "slow down", Retry_After=value), FIRST, 1)
    assert place.execute().exit == 0
    assert waits[0] <= place.time.slept[0] <= waits[1]
    assert place.ours


@pytest.mark.row("G6")
@pytest.mark.parametrize("value", [pytest.param("1000000000", id="G6-thirty-years")])
def test_a_pause_beyond_all_patience_is_not_begun(place, value):
    place.faults = uploads(says(429, "slow down", Retry_After=value), MIDDLE)
    ended = place.execute()
    assert (ended.exit, ended.codes) == (8, ["index-quota"])
    assert place.time.passed < 1800
    assert "earliest 20" in ended.text


# G9: module k of n fails


@pytest.mark.row("G9")
@pytest.mark.parametrize(
    ("since", "exit_code", "note"),
    [
        pytest.param(
            FIRST,
            6,
            "published: none; not published: a; left alone: b (needs a)",
            id="G9-the-first",
            marks=pytest.mark.full,
        ),
        pytest.param(FILES[2], 7, "published: a; not published: b; left alone: none", id="G9-the-last"),
    ],
)
def test_a_module_that_fails_stops_what_needs_it_and_nothing_else(place, since, exit_code, note):
    place.faults = uploads(says(400, "Invalid classifier"), since)
    ended = place.execute()
    assert ended.exit == exit_code
    assert note in ended.text
    place.faults, before = (lambda _: None), len(place.posts)
    done = place.execute()
    assert done.exit == 0
    assert sorted(place.posts[before:]) == sorted(FILES[FILES.index(since) :])
