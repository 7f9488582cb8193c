"""The faulty proxy before the embedded index: every fault is what it says, on the wire and in the index."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from kit import dialects
from kit.index import make_wheel
from trainer_release.world import index as asking
from trainer_release.world.faulty import KINDS, Fault, Faulty
from trainer_release.world.local_index import running
from trainer_release.world.upload import upload

NAMES = [f"suite-{kind}" for kind in KINDS]
AUTH = ("local", "local")
STORED = {
    "stored-then-status",
    "reset-after-body",
    "stored-then-hang",
    "slow",
    "half-close",
    "twice",
    "call",
    "stored-then-kill",
}


@pytest.fixture(scope="module")
def behind(tmp_path_factory):
    with running(tmp_path_factory.mktemp("index"), [*NAMES, "suite-plain", "suite-stale", "suite-big"]) as local:
        yield local.address


def send(url: str, path: Path, *, timeout: float = 5, **fields: str) -> requests.Response:
    form = {":action": "file_upload", "protocol_version": "1", **fields}
    files = {"content": (path.name, path.read_bytes())}
    return requests.post(url, data=form, files=files, auth=AUTH, allow_redirects=False, timeout=timeout)


def outcome(proxy: Faulty, wheel: Path, patience: float = 20.0) -> str:
    """What the client of an upload sees, in one word; an index that hangs is given up after so many seconds."""
    try:
        answer = send(proxy.address.upload, wheel, timeout=patience)
    except requests.Timeout:
        return "time-out"
    except requests.ConnectionError as error:
        return "reset" if "ConnectionResetError" in repr(error) else repr(error)
    except requests.exceptions.ChunkedEncodingError as error:
        return "broke off" if "IncompleteRead" in repr(error) else repr(error)
    return f"{answer.status_code} {answer.headers.get('Content-Type', '-').partition(';')[0]}"


@pytest.mark.parametrize(
    ("kind", "seen"),
    {
        "status": "502 -",
        "stored-then-status": "502 -",
        "html": "200 text/html",
        "redirect": "307 -",
        "reset": "reset",
        "reset-after-body": "reset",
        "hang": "time-out",
        "stored-then-hang": "time-out",
        "twice": "409 text/html",
        "call": "200 text/html",
        "kill": "reset",
        "stored-then-kill": "reset",
    }.items(),
)
def test_what_the_client_of_an_upload_sees_and_what_the_index_has(behind, tmp_path, kind, seen):
    name, called = f"suite-{kind}", []
    wheel = make_wheel(tmp_path, name, "1.0.0")
    fault = Fault(kind, call=lambda request: called.append(request.name))
    with Faulty(behind, lambda request: fault if request.method == "POST" else None) as proxy:
        assert outcome(proxy, wheel, 2.0 if seen == "time-out" else 20.0) == seen
        listed = asking.listing(proxy.address.simple, name)
    assert ("1.0.0" in listed) == (kind in STORED)
    assert bool(called) == (kind in {"call", "kill", "stored-then-kill"})
    event = proxy.events[0]
    status = int(seen[:3]) if seen[0].isdigit() else None
    assert (event.number, event.method, event.status, event.name, event.fault) == (1, "POST", status, wheel.name, kind)
    assert event.sha256 == (None if kind == "reset" else hashlib.sha256(wheel.read_bytes()).hexdigest())


def test_a_reset_comes_before_a_large_body_was_read(behind, tmp_path):
    wheel = make_wheel(tmp_path, "suite-big", "1.0.0", files={"big.bin": os.urandom(6 << 20).hex()})
    with Faulty(behind, lambda _: Fault("reset")) as proxy:
        parts = urlsplit(proxy.address.upload)
        head = b'--x\r\nContent-Disposition: form-data; name="content"; filename="suite_big-1.0.0.tar.gz"\r\n\r\n'
        with socket.create_connection((parts.hostname, parts.port), timeout=5) as client:
            client.sendall(
                b"POST / HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 99999\r\n\r\n"
                + head
            )
            with pytest.raises(ConnectionResetError):  # RST, not FIN, and nothing after the name was awaited
                client.recv(1)
        assert outcome(proxy, wheel) != "200 text/html"
    assert [event.name for event in proxy.events] == ["suite_big-1.0.0.tar.gz", wheel.name]


@pytest.mark.parametrize(("kind", "least"), [("slow", 1), ("half-close", 20)])
def test_a_page_trickles_or_breaks_off(behind, kind, least):
    with Faulty(behind, lambda _: Fault(kind)) as proxy:
        with pytest.raises((requests.Timeout, requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
            requests.get(proxy.address.simple, timeout=0.3)
        with requests.get(proxy.address.simple, timeout=2, stream=True) as answer:
            assert int(answer.headers["Content-Length"]) > len(answer.raw.read1(least)) == least


def test_an_endless_answer_lasts_as_long_as_the_client(behind):
    with (
        Faulty(behind, lambda _: Fault("endless", body=b"x" * 1000)) as proxy,
        requests.get(proxy.address.simple, timeout=5, stream=True) as answer,
    ):
        assert len(answer.raw.read(5_000_000)) == 5_000_000


def test_twine_and_the_listing_go_through_untouched(behind, tmp_path):
    wheel = make_wheel(tmp_path, "suite-plain", "1.0.0")
    with Faulty(behind) as proxy:
        assert upload([wheel], index="local", url=proxy.address.upload, embedded=True, timeout=60).ok
        file = asking.listing(proxy.address.simple, "suite-plain")["1.0.0"][0]
        assert asking.download(file, tmp_path / "down").read_bytes() == wheel.read_bytes()
        head = requests.head(file.url, timeout=5)  # so uv learns how long a wheel is
        assert int(head.headers["Content-Length"]) == wheel.stat().st_size
    assert file.url.startswith(proxy.address.simple.removesuffix("simple/"))
    assert [(event.method, event.number, event.status, event.name) for event in proxy.events] == [
        ("POST", 1, 200, wheel.name),
        ("GET", 1, 200, None),
        ("GET", 2, 200, wheel.name),
        ("HEAD", 3, 200, wheel.name),
    ]
    assert [event.sha256 for event in proxy.events] == [file.sha256, None, None, None]


@pytest.mark.parametrize("accept", ["application/vnd.pypi.simple.v1+json", "text/html"])
def test_a_stale_page_shows_a_file_late_goes_backwards_and_never_shows_less_than_was_there_before(
    behind, tmp_path, accept
):
    kept = {"a": 0.0, "now": 100.0}
    version = itertools.count(1)
    old, new = (
        make_wheel(tmp_path, "suite-stale", f"{'1' if 'json' in accept else '2'}.0.{next(version)}") for _ in "ab"
    )
    assert send(behind.upload, old).ok
    with Faulty(behind, stale=lambda: kept["a"], seconds=lambda: kept["now"]) as proxy:

        def listed() -> set[str]:
            page = requests.get(f"{proxy.address.simple}suite-stale/", headers={"Accept": accept}, timeout=5).text
            return {wheel.name for wheel in (old, new) if f">{wheel.name}<" in page or f'"{wheel.name}"' in page}

        kept["a"] = 1200.0
        assert send(proxy.address.upload, new).ok
        assert listed() == {old.name}
        kept["now"] += 1199
        assert listed() == {old.name}
        kept["now"] += 1
        assert listed() == {old.name, new.name}
        kept["a"] = 1201.0  # another node of a cache answers
        assert listed() == {old.name}


def test_a_project_of_which_nothing_is_shown_yet_is_not_known(behind, tmp_path):
    wheel = make_wheel(tmp_path, "suite-plain", "7.0.0")
    with Faulty(behind, stale=lambda: float("inf")) as proxy:
        send(proxy.address.upload, wheel)
        shown = requests.get(
            f"{proxy.address.simple}suite-plain/", headers={"Accept": "application/vnd.pypi.simple.v1+json"}, timeout=5
        )
        if shown.ok:
            assert "7.0.0" not in json.loads(shown.text)["versions"]
    with Faulty(behind, stale=lambda: float("inf")) as proxy:
        send(proxy.address.upload, make_wheel(tmp_path, "suite-html", "7.0.0"))
        assert requests.get(f"{proxy.address.simple}suite-html/", timeout=5).status_code == 404


def test_the_json_of_a_release_is_stale_by_itself(tmp_path):
    with dialects.running("pypi") as index, Faulty(index.address, stale_json=lambda: 60.0) as proxy:
        wheel = make_wheel(tmp_path, "suite-json", "1.0.0")
        assert send(proxy.address.upload, wheel).ok
        here, there = (
            requests.get(f"{at.json}/suite-json/1.0.0/json", timeout=5) for at in (proxy.address, index.address)
        )
        assert (here.status_code, there.status_code) == (404, 200)
        assert set(asking.listing(proxy.address.simple, "suite-json")) == {"1.0.0"}


def test_a_proxy_before_nothing_answers_502_and_one_that_ends_lets_go(behind):
    with Faulty(behind) as proxy:
        gone = proxy.address
    with Faulty(gone) as proxy:
        assert requests.get(proxy.address.simple, timeout=5).status_code == 502
    with Faulty(behind, lambda _: Fault("hang")) as proxy:
        code = f"import requests; requests.get({proxy.address.simple!r}, timeout=60)"
        client = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
        while not proxy.events:
            time.sleep(0.01)
    assert client.wait(10) == 1
