"""Rows G5, G7 and G8 of the catalogue of faults: answers of a malicious index, networks that break, two runs at once."""

from __future__ import annotations

import gzip
import json
import subprocess

import pytest

from kit.at_index import FILES, Place
from kit.dialects import JSON, sha256
from kit.index import answering
from kit.publishing import ACCOUNT
from kit.suite import BIN, environment
from trainer_release.world.faulty import Fault

FILE = FILES[0]


@pytest.fixture
def place(place) -> Place:
    """Our first file is on the index already, with our bytes."""
    place.index.put(FILE, next(place.work.cache.rglob(FILE)).read_bytes())
    return place


def reading(fault: Fault):
    """The fault for every look at the page of the first module."""
    return lambda request: fault if request.what == "simple" and "/mill-a/" in request.path else None


def page(place: Place, *, top: str = "", **changes: object) -> Fault:
    """A page about our file that is right but for `changes` (None: without that key) and `top`, JSON of its own."""
    entry = {
        "filename": FILE,
        "url": f"/packages/{FILE}",
        "hashes": {"sha256": sha256(place.index.files[FILE])},
    } | changes
    entry = {key: value for key, value in entry.items() if value is not None}
    text = f'{{"meta": {{"api-version": "1.1"}}, "name": "mill-a", "files": [{json.dumps(entry)}]{top}}}'
    return Fault("status", 200, {"Content-Type": JSON}, text.encode())


def body(text: bytes, kind: str = JSON, **headers: str) -> Fault:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Fault("status", 200, {"Content-Type": kind, **named}, text)


REFUSED = {
    "captive-portal": Fault("html"),
    "json-bomb": body(b"[" * 1_000_000),
    "number-bomb": body(b'{"files": [], "size": ' + b"1" * 1_000_000 + b"}"),
    "wrong-content-type": body(b"{}", "text/plain"),
    "invalid-utf-8": body(b'{"files": [], "name": "\xff\xfe"}'),
    "not-json": body(b"<html></html>"),
    "no-files": body(b'{"meta": {"api-version": "1.0"}}'),
    "broken-gzip": body(b"no gzip", Content_Encoding="gzip"),
    "redirect-for-ever": Fault("redirect"),
    "redirect-to-a-file": Fault("redirect", headers={"Location": "file:///etc/passwd"}),
    "redirect-to-another-host": Fault("redirect", headers={"Location": "http://index.example/simple/mill-a/"}),
    "redirect-to-another-scheme": Fault("redirect", headers={"Location": "https://127.0.0.1/simple/mill-a/"}),
    "410": Fault("status", 410, body=b"\x1b[31mgone"),
    "500": Fault("status", 500),
}


@pytest.mark.row("G5")
@pytest.mark.parametrize("row", [pytest.param(name, id=f"G5-{name}") for name in REFUSED])
def test_an_answer_that_is_none_is_refused_before_the_first_upload_and_not_printed(place, row):
    place.faults = reading(REFUSED[row])
    ended = place.execute()
    assert ended.exit == 6
    assert set(ended.codes) <= {"index-answer-invalid", "index-unreachable"}
    assert ended.text.isprintable() or ended.text.replace("\n", "").isprintable()
    assert place.posts == []


CHANGED = {
    "api-version-2": (lambda place: page(place, top=', "meta": {"api-version": "2.0"}'), 6),
    "another-project": (lambda place: page(place, top=', "name": "mill-b"'), 6),
    "ansi-in-yanked": (lambda place: page(place, yanked="\x1b[31m\x07broken"), 6),
    "wrong-hash": (lambda place: page(place, hashes={"sha256": "0" * 64}), 10),
    "short-hash-and-other-bytes": (
        lambda place: page(place, hashes={"sha256": "0" * 63}, url=f"/packages/{FILES[3]}"),
        10,
    ),
}


@pytest.mark.row("G5")
@pytest.mark.parametrize("row", [pytest.param(name, id=f"G5-{name}") for name in CHANGED])
def test_a_page_that_lies_or_speaks_otherwise_stops_everything(place, row):
    make, code = CHANGED[row]
    place.index.put(FILES[3], next(place.work.cache.rglob(FILES[3])).read_bytes())
    place.faults = reading(make(place))
    ended = place.execute()
    assert (ended.exit, place.posts) == (code, [])
    assert ended.text.replace("\n", "").isprintable()


KNOWN, NOT_BELIEVED = 3, 4
BELIEVED = {
    "uppercase-hash": (lambda place: page(place, hashes={"sha256": sha256(place.index.files[FILE]).upper()}), KNOWN),
    "absolute-url": (lambda place: page(place, url="https://files.example/x.whl"), KNOWN),
    "missing-hash": (lambda place: page(place, hashes=None), KNOWN),
    "other-algorithm": (lambda place: page(place, hashes={"md5": "0" * 32}), KNOWN),
    "short-hash": (lambda place: page(place, hashes={"sha256": "abc"}), KNOWN),
    "nan": (lambda place: page(place, top=', "size": NaN', size=float("nan")), KNOWN),
    "duplicate-keys": (lambda place: page(place, top=', "files": []'), NOT_BELIEVED),
    "path-in-filename": (lambda place: page(place, filename=f"../../{FILE}"), NOT_BELIEVED),
    "javascript": (lambda place: page(place, url="javascript:alert(1)"), NOT_BELIEVED),
    "entries-of-any-kind": (lambda place: page(place, filename=7, url=[], hashes="x", size=-1), NOT_BELIEVED),
}


@pytest.mark.row("G5")
@pytest.mark.parametrize("row", [pytest.param(name, id=f"G5-{name}") for name in BELIEVED])
def test_a_file_is_known_by_its_bytes_or_not_at_all(place, row):
    make, left = BELIEVED[row]
    place.faults = reading(make(place))
    ended = place.execute(dry_run=True, index="plain")
    assert (ended.exit, ended.text) == (0, "")
    assert ended.done is not None
    assert len(ended.done.plan.uploads) == left
    fetched = [event for event in place.proxy.events[place.began :] if event.path.startswith("/packages/")]
    assert bool(fetched) == (row in {"missing-hash", "other-algorithm", "short-hash"})


BOMBS = {
    "gzip-bomb": Fault(
        "status", 200, {"Content-Type": JSON, "Content-Encoding": "gzip"}, gzip.compress(b" " * (300 << 20), 9)
    ),
    "endless": Fault("endless", headers={"Content-Type": JSON}, body=b" " * (1 << 16)),
}


@pytest.mark.row("G5")
@pytest.mark.parametrize("row", [pytest.param(name, id=f"G5-{name}") for name in BOMBS])
def test_a_bomb_is_refused_in_little_memory(place, row):
    place.faults = reading(BOMBS[row])
    line = ["bash", "-c", f"ulimit -v {1 << 20}; exec {BIN}/trainer-release execute --yes"]
    env = environment(place.work.home) | dict(zip(("TWINE_USERNAME", "TWINE_PASSWORD"), ACCOUNT, strict=True))
    done = subprocess.run(line, cwd=place.work.root, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 6, done.stderr
    assert "error[index-answer-invalid]" in done.stderr
    assert "larger than" in done.stderr


@pytest.mark.row("G5")
@pytest.mark.full
@pytest.mark.parametrize("row", [pytest.param("slow", id="G5-slow-loris")])
def test_an_answer_of_a_byte_a_second_is_given_up(place, row):
    place.faults = reading(Fault("slow"))
    ended = place.execute()
    assert (ended.exit, ended.codes) == (6, ["index-unreachable"])


# G7: networks


@pytest.mark.row("G7")
@pytest.mark.parametrize(
    "fault", [pytest.param(Fault("reset"), id="G7-reset"), pytest.param(Fault("half-close"), id="G7-half-close")]
)
def test_a_page_that_breaks_off_is_an_index_that_cannot_be_reached(place, fault):
    place.faults = reading(fault)
    ended = place.execute()
    assert (ended.exit, ended.codes, place.posts) == (6, ["index-unreachable"], [])


@pytest.mark.row("G7")
@pytest.mark.parametrize(
    "index",
    [
        pytest.param("no-such-host", id="G7-no-such-host"),
        pytest.param("refused", id="G7-connection-refused"),
        pytest.param("tls", id="G5-tls-error"),
        pytest.param("deaf", id="G7-black-hole", marks=pytest.mark.full),
    ],
)
def test_an_index_that_is_not_there_is_told_before_the_first_upload(place, index):
    ended = place.execute(index=index)
    assert (ended.exit, ended.codes, place.posts) == (6, ["index-unreachable"], [])


@pytest.mark.row("G5")
@pytest.mark.parametrize(
    "index", [pytest.param("afar", id="G5-proxy-407"), pytest.param("internal", id="G5-proxy-407-to-uploads")]
)
def test_a_proxy_that_wants_credentials_is_told(place, index, monkeypatch):
    with answering(lambda *_: (407, {}, b"")) as proxy:
        monkeypatch.setenv("http_proxy", proxy)
        ended = place.execute(index=index)
    reading = (6, ["index-unreachable"])
    assert (ended.exit, ended.codes) == (reading if index == "afar" else (7, ["upload-failed"]))
    assert "407" in ended.text
    assert place.posts == []


@pytest.mark.row("G7")
@pytest.mark.parametrize("row", [pytest.param("upload", id="G7-uploads-refused")])
def test_an_upload_address_where_nobody_listens_is_tried_with_pauses_and_told(place, row):
    ended = place.execute(index="uploads-refused")
    assert (ended.exit, ended.codes) == (7, ["upload-failed"])  # one file is there already
    assert len(place.time.slept) >= 5
    assert place.time.slept[-1] > place.time.slept[0]


# G8


@pytest.mark.row("G8")
@pytest.mark.parametrize("row", [pytest.param("race", id="G8-two-runs-at-once")])
def test_two_runs_from_two_clones_leave_one_set_of_bytes(place, tmp_path, row):
    more = dict(zip(("TWINE_USERNAME", "TWINE_PASSWORD"), ACCOUNT, strict=True))
    works = [place.work.copy(tmp_path / name) for name in ("one", "two")]
    running = [work.start("execute", "--yes", **more) for work in works]
    ended = [(process.communicate(timeout=120), process.returncode)[1] for process in running]
    assert sorted(ended) in ([0, 0], [0, 9])
    assert place.ours
