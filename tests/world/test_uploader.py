"""What the uploader says of a file: a line each, whatever the server does."""

import io
import json
import socket

import pytest

from kit.index import answering, make_wheel
from kit.publishing import account
from trainer_release.world import uploader


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    account(monkeypatch, tmp_path)


def said(url, *files):
    out = io.StringIO()
    words = ["--non-interactive", "--disable-progress-bar", "--silence", "5", "--repository-url", url, "--"]
    code = uploader.main([*words, *map(str, files)], out)
    return code, [json.loads(line) for line in out.getvalue().splitlines()]


def test_every_file_has_its_line_until_one_is_not_taken(tmp_path):
    files = [make_wheel(tmp_path, name, "1.0") for name in ("a", "b", "c")]
    answers = iter([(200, {}, b"fine"), (429, {"Retry-After": "7"}, b"slow down")])
    with answering(lambda *_: next(answers)) as url:
        code, lines = said(url, *files)
    assert code == 1
    assert lines == [
        {"name": files[0].name, "status": 200, "text": "OK\nfine"},
        {"name": files[1].name, "status": 429, "retry_after": "7", "text": "Too Many Requests\nslow down"},
    ]


def test_an_error_is_not_sent_again_and_a_redirect_not_followed(tmp_path):
    seen = []

    def respond(path, _headers):
        seen.append(path)
        return (502, {}, b"") if len(seen) == 1 else (307, {"Location": "https://index.example/"}, b"")

    with answering(respond) as url:
        wheel = make_wheel(tmp_path, "a", "1.0")
        assert said(url, wheel)[1][0]["status"] == 502
        assert said(url, wheel)[1][0]["text"] == "it redirects to https://index.example/"
    assert seen == ["/", "/"]


def test_nobody_there_is_told_as_unsent(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (line,) = said(f"http://127.0.0.1:{port}/", make_wheel(tmp_path, "a", "1.0"))[1]
    assert line["error"] == "unsent"
    assert "refused" in line["text"]


def test_a_connection_that_breaks_after_the_body_is_told_as_sent(tmp_path):
    with answering(lambda *_: (-1, {}, b"")) as url:
        (line,) = said(url, make_wheel(tmp_path, "a", "1.0"))[1]
    assert (line["error"], line["text"].partition(":")[0]) == ("sent", "RemoteDisconnected")


def test_without_credentials_nothing_is_sent(tmp_path, monkeypatch):
    monkeypatch.delenv("TWINE_PASSWORD")
    with answering(lambda *_: pytest.fail("it was asked")) as url:
        (line,) = said(url, make_wheel(tmp_path, "a", "1.0"))[1]
    assert (line["error"], "Credential not found" in line["text"]) == ("settings", True)


def test_what_is_no_distribution_is_not_sent(tmp_path):
    (tmp_path / "a-1.0.tar.gz").write_bytes(b"no")
    with answering(lambda *_: pytest.fail("it was asked")) as url:
        assert said(url, tmp_path / "a-1.0.tar.gz")[1][0]["error"] == "file"


def test_a_certificate_that_nobody_vouches_for_is_told(tmp_path):
    with answering(lambda *_: (200, {}, b"")) as url:
        (line,) = said(url.replace("http:", "https:"), make_wheel(tmp_path, "a", "1.0"))[1]
    assert (line["error"], "certificate" in line["text"]) == ("settings", True)


def test_of_a_long_answer_the_beginning_is_kept(tmp_path):
    with answering(lambda *_: (400, {}, b"no " * 100_000)) as url:
        (line,) = said(url, make_wheel(tmp_path, "a", "1.0"))[1]
    assert line["text"].startswith("Bad Request\nno no")
    assert len(line["text"]) < 2100
