"""What an index answers, good and bad, over real connections."""

from __future__ import annotations

import gzip
import hashlib
import json
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime

import pytest

from kit.index import answering
from trainer_release.errors import Exit, ReleaseError
from trainer_release.model.index import IndexFile
from trainer_release.world import index
from trainer_release.world.index import (
    default_simple,
    default_upload,
    download,
    listing,
    listings,
    project_url,
)
from trainer_release.world.project_json import published
from trainer_release.world.simple_page import package_and_version

JSON = {"Content-Type": "application/vnd.pypi.simple.v1+json"}
HTML = {"Content-Type": "text/html; charset=utf-8"}
DIGEST = "a" * 64


def page(*files, **fields) -> bytes:
    whole = {"meta": {"api-version": "1.4"}, "name": "pkg", "files": list(files), **fields}
    return json.dumps(whole).encode()


def file(name="pkg-1.0.tar.gz", **fields) -> dict:
    return {"filename": name, "url": f"files/{name}", "hashes": {"sha256": DIGEST}, **fields}


def asked(status, headers, body, **options):
    with answering(lambda *_: (status, headers, body)) as url:
        return listing(url, "pkg", **options)


def refusal(status, headers, body, **options):
    with pytest.raises(ReleaseError) as caught:
        asked(status, headers, body, **options)
    (problem,) = caught.value.problems
    assert problem.exit is Exit.PREFLIGHT
    assert problem.hint
    return problem


def test_json_is_preferred_and_every_cache_passed_by():
    seen = []

    def respond(path, headers):
        seen.append((path, headers))
        return 200, JSON, page()

    with answering(respond) as url:
        assert listing(url.rstrip("/"), "Pkg") == {}
    ((path, headers),) = seen
    assert path == "/pkg/"
    assert headers["Accept"].startswith("application/vnd.pypi.simple.v1+json,")
    assert headers["Cache-Control"] == "no-cache, max-age=0"


def test_a_json_page_is_read_by_version_oldest_first():
    found = asked(
        200,
        JSON,
        page(
            file("pkg-1.10.tar.gz", size=3, yanked="broken"),
            file("pkg-1.9.0-py3-none-any.whl", hashes={"sha256": DIGEST.upper()}, yanked=False),
            file("pkg-1.9.0.tar.gz", hashes={"md5": "x"}, yanked=""),
        ),
    )
    assert list(found) == ["1.9.0", "1.10"]
    wheel, sdist = found["1.9.0"]
    assert (wheel.sha256, wheel.yanked, wheel.size) == (DIGEST, False, None)
    assert (sdist.sha256, sdist.yanked) == (None, True)
    (newest,) = found["1.10"]
    assert (newest.size, newest.yanked) == (3, True)
    assert newest.url.endswith("/pkg/files/pkg-1.10.tar.gz")


def test_what_a_page_says_of_the_project_is_kept():
    came = {"upload-time": "2026-11-08T12:00:00.5Z"}
    body = page(file(**came), versions=["1.0.0", "2.0", "nonsense"], **{"project-status": {"status": "archived"}})
    found = asked(200, JSON, body)
    assert (found.known, found.status, found.versions) == (True, "archived", {"1.0.0", "2.0"})
    assert found["1.0"][0].uploaded == datetime(2026, 11, 8, 12, 0, 0, 500000, UTC)
    meta = '<meta name="pypi:project-status" content="quarantined"><title>Links for pkg</title>'
    assert asked(200, HTML, meta.encode()).status == "quarantined"
    assert asked(404, HTML, b"").known is False


@pytest.mark.parametrize("said", [None, 5, "\x1b[31m", {"status": ["archived"]}, "a" * 99])
def test_a_status_that_is_none_is_the_usual_one(said):
    assert asked(200, JSON, page(file(**{"upload-time": 5}), **{"project-status": said})).status == "active"


def test_the_json_of_a_release_tells_its_files():
    entry = {
        "filename": "pkg-1.0.tar.gz",
        "digests": {"sha256": DIGEST.upper()},
        "url": "https://files.index.example/pkg-1.0.tar.gz",
        "upload_time_iso_8601": "2026-11-08T12:00:00Z",
    }
    asked_for = []

    def respond(path, _headers):
        asked_for.append(path)
        return 200, {"Content-Type": "application/json"}, json.dumps({"urls": [entry, 5, {}]}).encode()

    with answering(respond) as url:
        (found,) = published(f"{url}pypi", "PKG", "1.0")
    assert asked_for == ["/pypi/pkg/1.0/json"]
    assert (found.name, found.sha256) == ("pkg-1.0.tar.gz", DIGEST)
    assert found.uploaded == datetime(2026, 11, 8, 12, tzinfo=UTC)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"urls": 5}', b"[" * 100_000])
def test_json_that_is_none_of_a_release_is_refused_and_none_at_all_is_no_release(body):
    with answering(lambda *_: (200, {}, body)) as url, pytest.raises(ReleaseError) as caught:
        published(url, "pkg", "1.0")
    assert caught.value.problems[0].code == "index-answer-invalid"
    with answering(lambda *_: (404, {}, b"")) as url:
        assert published(url, "pkg", "1.0") is None


def test_versions_are_canonical():
    assert list(asked(200, JSON, page(file("pkg-2.0.RC1-py3-none-any.whl"), file("pkg-v1.0.tar.gz")))) == [
        "1.0",
        "2.0rc1",
    ]


def test_files_that_cannot_be_read_are_left_out():
    odd = [
        file("pkg-1.0.exe"),
        file("other-1.0.tar.gz"),
        file("../pkg-1.0.tar.gz"),
        file("pkg-1.0\x1b[31m.tar.gz"),
        file(url="javascript:alert(1)"),
        file(url="http://[/"),
        file(url="file:///etc/passwd"),
        {"url": "x"},
        "no file",
        file(hashes=None, size=True),
    ]
    found = asked(200, JSON, page(*odd))
    assert [(f.name, f.sha256, f.size) for f in found["1.0"]] == [("pkg-1.0.tar.gz", None, None)]


def test_an_html_page_is_read_with_its_hash_fragments():
    body = (
        '<!DOCTYPE html><html><head><meta name="pypi:repository-version" content="1.0"><base href="/files/"></head>'
        f'<body><a href="pkg-1.0.tar.gz#sha256={DIGEST}">pkg-1.0.tar.gz</a>'
        '<a href="pkg-1.1%2Blocal-py3-none-any.whl#md5=1" data-yanked>pkg</a><a name="x">no link</a>'
        '<a href="ftp://index.example/pkg-1.2.tar.gz">pkg</a></body></html>'
    )
    found = asked(200, HTML, body.encode())
    (sdist,), (wheel,) = found["1.0"], found["1.1+local"]
    assert (sdist.sha256, sdist.yanked, sdist.size) == (DIGEST, False, None)
    assert sdist.url.endswith("/files/pkg-1.0.tar.gz")
    assert (wheel.name, wheel.sha256, wheel.yanked) == ("pkg-1.1+local-py3-none-any.whl", None, True)


@pytest.mark.parametrize(
    "body",
    [
        b"<title>Links for pkg</title>",
        b"<h1>Simple Index</h1>",
        b'<meta name="pypi:repository-version" content="1.0">',
    ],
)
def test_an_empty_page_of_an_index_is_an_empty_listing(body):
    assert asked(200, HTML, body) == {}


def test_a_page_without_marks_is_known_by_its_files():
    assert list(asked(200, HTML, b'<a href="pkg-1.0.tar.gz">x</a>')) == ["1.0"]


def test_an_unknown_package_is_an_empty_listing():
    assert asked(404, HTML, b"not here") == {}


@pytest.mark.parametrize(
    ("headers", "body", "said"),
    [
        (HTML, b"<title>Sign in</title><a href='/login'>Log in</a>", "not of a simple index"),
        (JSON, b"<html>", "says that it is JSON"),
        (JSON, b"[" * 100_000, "says that it is JSON"),
        (JSON, b"[]", "without a list of files"),
        (JSON, b'{"files": {}}', "without a list of files"),
        (JSON, page(meta={"api-version": "2.0"}), "version '2.0' of the simple API"),
        (JSON, page(name="other"), "about another package"),
        ({"Content-Type": "text/plain"}, b"ok", "neither JSON nor HTML"),
        ({}, b"ok", "neither JSON nor HTML"),
    ],
)
def test_what_is_no_index_is_refused(headers, body, said):
    problem = refusal(200, headers, body)
    assert problem.code == "index-answer-invalid"
    assert said in problem.message


def test_a_page_of_any_size_is_read_no_further_than_the_limit(monkeypatch):
    bomb = gzip.compress(b" " * (index.PAGE_LIMIT + 1))
    assert len(bomb) < 100_000
    problem = refusal(200, {**JSON, "Content-Encoding": "gzip"}, bomb)
    assert problem.code == "index-answer-invalid"
    assert "larger than" in problem.message


def test_a_broken_encoding_and_a_body_that_breaks_off_are_said_so():
    assert refusal(200, {**JSON, "Content-Encoding": "gzip"}, b"no gzip").code == "index-unreachable"
    assert refusal(200, {**JSON, "Content-Length": "1000"}, b"{").code == "index-unreachable"


@pytest.mark.parametrize("status", [400, 410, 429, 500, 304])
def test_an_error_status_is_shown(status):
    problem = refusal(status, {}, b"")
    assert problem.code == "index-unreachable"
    assert f"answered {status}" in problem.message


def test_a_gateway_that_recovers_is_asked_again():
    answers = [(503, {"Retry-After": "1000000000"}, b""), (502, {}, b""), (200, JSON, page(file()))]
    with answering(lambda *_: answers.pop(0)) as url:
        assert list(listing(url, "pkg")) == ["1.0"]


def test_a_connection_that_breaks_off_once_is_tried_again():
    answers = [(-1, {}, b""), (200, JSON, page(file()))]
    with answering(lambda *_: answers.pop(0)) as url:
        assert list(listing(url, "pkg")) == ["1.0"]


@pytest.mark.parametrize("status", [401, 403])
def test_missing_credentials_have_their_own_code(status):
    assert refusal(status, {}, b"").code == "index-denied"


def test_an_index_that_is_not_there_is_named_without_its_password():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(ReleaseError) as caught:
        listing(f"http://user:secret-word@127.0.0.1:{port}/simple/", "pkg")
    (problem,) = caught.value.problems
    assert problem.code == "index-unreachable"
    assert f"http://127.0.0.1:{port}/simple/pkg/: ConnectionRefusedError" in problem.message
    assert "secret-word" not in repr(caught.value)


@pytest.mark.parametrize("simple", ["not an address", "ftp://index.example/", "http:///simple"])
def test_what_is_no_address_is_said_so(simple):
    with pytest.raises(ReleaseError, match="index-unreachable"):
        listing(simple, "pkg")


def test_credentials_in_the_address_are_sent_and_not_kept_in_what_is_listed():
    def respond(_, headers):
        return (200, JSON, page(file())) if headers.get("Authorization") else (401, {}, b"")

    with answering(respond) as url:
        (found,) = listing(url.replace("://", "://user:secret-word@"), "pkg")["1.0"]
    assert "secret-word" not in found.url


def test_a_redirect_on_the_same_host_is_followed():
    def respond(path, _):
        return (200, JSON, page(file())) if path == "/real/" else (301, {"Location": "/real/"}, b"")

    with answering(respond) as url:
        assert list(listing(url, "pkg")) == ["1.0"]


@pytest.mark.parametrize("location", ["https://elsewhere.example/simple/pkg/", "file:///etc/passwd", "//[x"])
def test_a_redirect_to_another_host_is_refused(location):
    problem = refusal(302, {"Location": location}, b"")
    assert problem.code == ("index-unreachable" if location == "//[x" else "index-answer-invalid")


def test_redirects_have_an_end():
    assert "redirects" in refusal(302, {"Location": "/again/"}, b"").message


def test_an_index_that_never_answers_is_given_up(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        start = time.monotonic()
        with pytest.raises(ReleaseError, match="index-unreachable.*Timeout"):
            listing(f"http://127.0.0.1:{server.getsockname()[1]}/", "pkg", timeout=0.2)
        assert time.monotonic() - start < 5


def test_an_answer_that_trickles_is_given_up():
    def trickle(server):
        connection, _ = server.accept()
        with connection:
            connection.recv(10_000)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10000\r\n\r\n")
            try:
                while True:
                    connection.sendall(b" ")
                    time.sleep(0.05)
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=trickle, args=(server,))
        thread.start()
        with pytest.raises(ReleaseError, match=r"not complete after 0\.4 s"):
            listing(f"http://127.0.0.1:{server.getsockname()[1]}/", "pkg", timeout=0.4)
        thread.join()


def test_an_index_on_this_machine_is_asked_past_a_proxy(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert list(asked(200, JSON, page(file()))) == ["1.0"]


def test_several_packages_are_asked_at_once_and_all_complaints_come_together():
    def respond(path, _):
        name = path.strip("/")
        return (403, {}, b"") if name.startswith("bad") else (200, JSON, page(file(f"{name}-1.0.tar.gz"), name=name))

    with answering(respond) as url:
        found = listings(url, ["a", "b"])
        assert {name: list(versions) for name, versions in found.items()} == {"a": ["1.0"], "b": ["1.0"]}
        with pytest.raises(ReleaseError) as caught:
            listings(url, ["a", "bad-1", "bad-2"])
    assert [problem.code for problem in caught.value.problems] == ["index-denied"] * 2


def wanted(url, data, **fields) -> IndexFile:
    digest = hashlib.sha256(data).hexdigest()
    return IndexFile(**{"name": "pkg-1.0.tar.gz", "url": f"{url}x", "sha256": digest, "size": len(data), **fields})


def test_a_download_is_whole_and_checked(tmp_path):
    data = b"bytes" * 100_000
    with answering(lambda *_: (200, {}, data)) as url:
        for stated in (wanted(url, data), wanted(url, data, sha256=None, size=None)):
            path = download(stated, tmp_path / "new")
            assert path == tmp_path / "new" / "pkg-1.0.tar.gz"
            assert path.read_bytes() == data
    assert path.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("wrong", [{"sha256": "0" * 64}, {"size": 4}, {"sha256": None, "size": 6}])
def test_a_download_of_other_bytes_is_refused_and_leaves_nothing(tmp_path, wrong):
    with answering(lambda *_: (200, {}, b"bytes")) as url, pytest.raises(ReleaseError) as caught:
        download(wanted(url, b"bytes", **wrong), tmp_path)
    assert caught.value.exit is Exit.MISMATCH
    assert caught.value.problems[0].code == "file-differs"
    assert list(tmp_path.iterdir()) == []


def test_a_page_that_breaks_off_is_asked_for_again_twice():
    whole = json.dumps({"meta": {"api-version": "1.1"}, "name": "pkg", "files": [], "versions": []}).encode()
    kind = {"Content-Type": "application/vnd.pypi.simple.v1+json"}
    for broken in (2, 3):
        answers = iter([(200, {**kind, "Content-Length": "1000"}, b"{")] * broken + [(200, kind, whole)])
        with answering(lambda *_, answers=answers: next(answers)) as url:
            if broken == 2:
                assert listing(url, "pkg") == {}
            else:
                with pytest.raises(ReleaseError, match="index-unreachable"):
                    listing(url, "pkg")
        assert len(list(answers)) == broken - 2


def test_a_download_that_breaks_off_leaves_nothing(tmp_path):
    half = {"Content-Length": "1000"}
    with (
        answering(lambda *_: (200, half, b"half")) as url,
        pytest.raises(ReleaseError, match="index-unreachable"),
    ):
        download(wanted(url, b"whole"), tmp_path)
    with (
        answering(lambda *_: (404, {}, b"")) as url,
        pytest.raises(ReleaseError, match=r"lists this file.*404"),
    ):
        download(wanted(url, b"whole"), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_download_may_come_from_another_host_only_where_the_hash_is_known(tmp_path):
    with (
        answering(lambda *_: (200, {}, b"bytes")) as store,
        answering(lambda *_: (302, {"Location": store}, b"")) as url,
    ):
        assert download(wanted(url, b"bytes"), tmp_path).read_bytes() == b"bytes"
        with pytest.raises(ReleaseError, match="another host"):
            download(wanted(url, b"bytes", sha256=None), tmp_path)


@pytest.mark.parametrize("name", ["../pkg-1.0.tar.gz", "a\\pkg-1.0.tar.gz", "/pkg-1.0.tar.gz", "notes.txt"])
def test_a_download_never_leaves_its_folder(tmp_path, name):
    with pytest.raises(ReleaseError, match="index-answer-invalid"):
        download(IndexFile(name, "http://127.0.0.1:9/x", None), tmp_path / "into")
    assert list(tmp_path.iterdir()) == []


def test_the_public_indexes_are_those_of_pypiserver_and_twine():
    program = "from pypiserver.config import DEFAULTS; print(DEFAULTS.FALLBACK_URL)"
    argv = [sys.executable, "-W", "ignore", "-c", program]
    public = subprocess.run(argv, capture_output=True, text=True, check=True).stdout.strip()
    assert default_simple("pypi") == public
    assert default_simple("internal") is None
    assert default_upload("internal") is None
    test = default_simple("testpypi")
    assert test.endswith("/simple/")
    assert test.split("/")[2] == default_upload("testpypi").split("/")[2]


def test_a_release_has_a_page_to_open():
    assert project_url(default_upload("pypi"), "A.b", "1.0") == default_simple("pypi").replace(
        "/simple/", "/project/a-b/1.0/"
    )
    assert project_url(default_upload("testpypi"), "a", "1.0") == default_simple("testpypi").replace(
        "/simple/", "/project/a/1.0/"
    )
    assert project_url("https://u:p@index.example/legacy/", "a", "1.0") == "https://index.example/simple/a/"
    assert project_url("http://127.0.0.1:8000/", "a", "1.0") == "http://127.0.0.1:8000/simple/a/"


def test_names_of_distribution_files_are_read():
    assert [str(part) for part in package_and_version("Trainer_Core-1.0rc1-py3-none-any.whl")] == [
        "trainer-core",
        "1.0rc1",
    ]
    assert package_and_version("trainer_core-1.0.whl") is None
