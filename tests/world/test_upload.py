"""Uploads by twine, against real servers; and what is masked in what it says."""

from __future__ import annotations

import base64
import time

import pytest

from kit.index import answering, make_wheel
from trainer_release.errors import ReleaseError
from trainer_release.world.secrets import redact
from trainer_release.world.upload import upload

SECRET = "pypi-AgEIcHlwaS5vcmcCJDU2Nz"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A home of its own: no ~/.pypirc, no keyring, no proxies of this machine."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    for name in (
        "TWINE_USERNAME",
        "TWINE_PASSWORD",
        "TWINE_REPOSITORY",
        "TWINE_REPOSITORY_URL",
        "HTTP_PROXY",
        "http_proxy",
    ):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def index():
    """A server that takes everything, and the credentials that it was shown."""
    seen = []

    def respond(_, headers):
        scheme, _, word = headers.get("Authorization", "- ").partition(" ")
        seen.append(base64.b64decode(word).decode() if scheme == "Basic" else None)
        return 200, {}, b""

    with answering(respond) as url:
        yield url, seen


def test_the_embedded_index_sees_nothing_of_the_users_configuration(index, home, monkeypatch):
    url, seen = index
    (home / ".pypirc").write_text("this is [broken")
    for name, value in {
        "TWINE_USERNAME": "someone",
        "TWINE_PASSWORD": SECRET,
        "TWINE_REPOSITORY_URL": "http://127.0.0.1:9/",
        "TWINE_CERT": "/nowhere",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "http_proxy": "http://127.0.0.1:9",
    }.items():
        monkeypatch.setenv(name, value)
    done = upload([make_wheel(home, "a", "1.0")], index="local", url=url, embedded=True, timeout=60)
    assert done.ok, done
    assert seen == ["local:local"]


def test_another_index_takes_the_credentials_that_twine_knows(index, home, monkeypatch):
    url, seen = index
    monkeypatch.setenv("TWINE_USERNAME", "__token__")
    monkeypatch.setenv("TWINE_PASSWORD", SECRET)
    monkeypatch.setenv("TWINE_REPOSITORY_URL", "http://127.0.0.1:9/")
    done = upload([make_wheel(home, "a", "1.0")], index="internal", url=url, embedded=False, timeout=60)
    assert done.ok, done
    assert seen == [f"__token__:{SECRET}"]
    assert SECRET not in " ".join(done.argv) + done.out + done.err


def test_a_section_of_pypirc_gives_the_credentials(index, home):
    url, seen = index
    (home / ".pypirc").write_text(
        f"[distutils]\nindex-servers = internal\n[internal]\nrepository = {url}\nusername = me\npassword = mine\n"
    )
    wheel = make_wheel(home, "a", "1.0")
    for known in (url, url.rstrip("/"), None):
        assert upload([wheel], index="internal", url=known, embedded=False, timeout=60).ok
    assert seen == ["me:mine"] * 3


def test_credentials_of_pypirc_go_to_no_other_address(index, home):
    url, seen = index
    (home / ".pypirc").write_text(
        "[distutils]\nindex-servers = internal\n"
        "[internal]\nrepository = https://index.example/legacy/\nusername = me\npassword = mine\n"
    )
    done = upload([make_wheel(home, "a", "1.0")], index="internal", url=url, embedded=False, timeout=60)
    assert done.code == 1
    assert "Credential not found" in done.out
    assert seen == []


def test_credentials_in_the_address_do_not_reach_the_command_line(index, home):
    url, seen = index
    full = url.replace("://", "://me:p%40ss-word@")
    done = upload([make_wheel(home, "a", "1.0")], index="internal", url=full, embedded=False, timeout=60)
    assert done.ok, done
    assert seen == ["me:p@ss-word"]
    assert "ss-word" not in " ".join(done.argv) + done.out + done.err


def test_a_pypirc_that_cannot_be_read_is_not_quoted(home):
    (home / ".pypirc").write_text(f"password = {SECRET}\n")
    with pytest.raises(ReleaseError) as caught:
        upload([], index="internal", url="https://index.example/legacy/", embedded=False, timeout=60)
    assert caught.value.problems[0].code == "pypirc-invalid"
    assert SECRET not in repr(caught.value)


def test_an_index_that_nobody_knows_is_named_by_twine(home):
    done = upload([make_wheel(home, "a", "1.0")], index="nobody", url=None, embedded=False, timeout=60)
    assert done.code == 1
    assert "Missing 'nobody' section" in done.out


def test_what_a_server_says_is_shown_without_secrets(home, monkeypatch):
    monkeypatch.setenv("TWINE_USERNAME", "__token__")
    monkeypatch.setenv("TWINE_PASSWORD", "correct horse battery")
    with answering(lambda *_: (403, {}, b"no: correct horse battery, " + b"x" * 300 + SECRET.encode())) as url:
        done = upload([make_wheel(home, "a", "1.0")], index="internal", url=url, embedded=False, timeout=60)
    assert done.code == 1
    assert "no: ***, xxx" in done.out
    assert "horse" not in done.out + done.err
    assert SECRET not in done.out + done.err
    assert not [line for line in done.out.splitlines() if line != line.rstrip()]


def test_a_server_that_never_answers_is_given_up(home):
    with answering(lambda *_: time.sleep(5) or (200, {}, b"")) as url:
        start = time.monotonic()
        done = upload([make_wheel(home, "a", "1.0")], index="local", url=url, embedded=True, timeout=1.5)
        assert time.monotonic() - start < 4.5
    assert done.code is None
    assert "ended after 1.5 s" in done.err


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"token {SECRET}!", "token ***!"),
        ("ghp_0123456789abcdefABCD and github_pat_11AAAAAAA0123456789", "*** and ***"),
        ("glpat-0123456789abcdefXY", "***"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "***"),
        ("see https://user:pass@index.example/simple/", "see https://***@index.example/simple/"),
        (
            "https://index.example/@scope and me@index.example",
            "https://index.example/@scope and me@index.example",
        ),
        ("pypi-server 2.4", "pypi-server 2.4"),
        ("the short and the long-secret-value", "the short and the ***"),
    ],
)
def test_secrets_are_masked(monkeypatch, text, shown):
    monkeypatch.setenv("SOME_API_KEY", "long-secret-value")
    monkeypatch.setenv("OTHER_TOKEN", "long-secret")
    monkeypatch.setenv("TINY_SECRET", "short")
    assert redact(text) == shown
