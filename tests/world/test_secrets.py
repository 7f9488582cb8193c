"""What is a secret, and in which shapes it is found."""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote

import pytest

from trainer_release.world import secrets
from trainer_release.world.secrets import redact

SECRET = 'correct-horse/bättery"&staple'


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Nothing is known but what a test says."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_CONFIG_HOME", "NETRC", "PIP_CONFIG_FILE", "UV_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    yield tmp_path
    secrets._learned.clear()
    secrets._latest.cache_clear()


SHAPES = {
    "as it stands": SECRET,
    "in an address": quote(SECRET, safe=""),
    "in JSON": json.dumps(SECRET),
    "in JSON as UTF-8": json.dumps(SECRET, ensure_ascii=False),
    "in HTML": html.escape(SECRET),
    "in Python": repr(SECRET),
    "over two lines": f"{SECRET[:9]}\n   | {SECRET[9:]}",
    "over lines of one letter": "\n".join(SECRET),
    "over lines of JSON": f"{SECRET[:9]}\\n{SECRET[9:]}\n",
}
SHAPES |= {
    f"in base64 after {len(user)} letters": base64.b64encode(f"{user}:{SECRET}".encode()).decode()
    for user in ("", "a", "me", "__token__")
}


@pytest.mark.row("J-two-lines")
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_secret_is_found_in_every_usual_shape(monkeypatch, shape):
    monkeypatch.setenv("SOME_API_KEY", SECRET)
    said = redact(f"before {shape} after")
    assert "***" in said
    assert said.startswith("before ")
    assert said.endswith(" after")
    left = "".join(said.split())
    assert not [k for k in range(len(SECRET) - 7) if SECRET[k : k + 8] in left]


PLACES = {
    ".netrc": "machine index.example login me password {}\n",
    ".pypirc": "[internal]\nrepository = https://index.example/\nusername = me\npassword: {}\n",
    ".git-credentials": "https://me:{}@git.example\n",
    ".config/pip/pip.conf": "[global]\nindex-url = https://me:{}@index.example/simple/\n",
    ".config/uv/uv.toml": '[[index]]\nurl = "https://me:{}@index.example/simple/"\n',
    ".gitconfig": '[url "https://{}@git.example/"]\n\tinsteadOf = https://git.example/\n',
}


@pytest.mark.parametrize("place", PLACES)
def test_what_programs_keep_for_a_person_is_known(home, place):
    (home / place).parent.mkdir(parents=True, exist_ok=True)
    assert redact("a-long-password") == "a-long-password"
    (home / place).write_text(PLACES[place].format("a-long-password"))
    assert redact("said a-long-password!") == "said ***!"


def test_a_password_in_the_address_of_a_variable_is_known_also_decoded(monkeypatch):
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "https://me:p%40ss-word-1@index.example/simple/")
    assert redact("p@ss-word-1 and p%40ss-word-1") == "*** and ***"


def test_what_is_learned_is_masked_from_then_on():
    assert secrets.masked("given-by-a-keyring") == "given-by-a-keyring"
    secrets.learn("given-by-a-keyring", None, "https://index.example/", "https://me:in-an-address@index.example/")
    assert secrets.masked("given-by-a-keyring, in-an-address, index.example") == "***, ***, index.example"


def test_a_word_of_few_letters_is_masked_in_an_address_alone(monkeypatch):
    monkeypatch.setenv("SOME_TOKEN", "short")
    assert redact("short of https://me:short@index.example") == "short of https://***@index.example"


def test_names_that_hold_no_secret_mask_nothing(monkeypatch):
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    assert redact("keyring.backends.null.Keyring") == "keyring.backends.null.Keyring"


def test_files_that_cannot_be_read_are_no_fault(home):
    (home / ".netrc").mkdir()
    (home / ".pypirc").write_bytes(b"\xff\xfe password = \x00")
    assert redact("as it is") == "as it is"
