"""In a workflow git reads and pushes with the job's token, which the clone does not keep."""

from __future__ import annotations

import base64
from urllib.parse import urlsplit

import pytest

from kit.index import answering
from kit.repo import repository
from trainer_release.world.git import Git

TOKEN = "ghs_0123456789abcdefghij"


@pytest.fixture
def forge(tmp_path, monkeypatch):
    """A server that writes down what it was shown, and a clone of a repository there."""
    shown = []

    def respond(_, headers):
        shown.append(headers.get("Authorization", ""))
        return 403, {}, b""

    with answering(respond) as url:
        repo = repository(tmp_path / "repo")
        repo.git("remote", "add", "origin", f"{url}ada/demo.git")
        repo.git("config", f"http.{url}.extraheader", "Authorization: Basic c29tZWJvZHkgZWxzZQ==")
        monkeypatch.setenv("GITHUB_SERVER_URL", url.rstrip("/"))
        yield repo, shown


def asked(repo):
    return Git(repo.root).ask("ls-remote", "origin", limit=20)


def test_the_token_of_the_step_is_shown_and_no_other(forge, monkeypatch):
    repo, shown = forge
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    asked(repo)
    said = [base64.b64decode(header.removeprefix("Basic ")).decode() for header in shown]
    assert said
    assert set(said) == {f"x-access-token:{TOKEN}"}


def test_outside_a_workflow_or_without_a_token_the_persons_own_settings_count(forge, monkeypatch):
    repo, shown = forge
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    asked(repo)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.delenv("GITHUB_TOKEN")
    asked(repo)
    assert set(shown) == {"Basic c29tZWJvZHkgZWxzZQ=="}


def test_another_host_is_shown_no_token(forge, monkeypatch):
    repo, shown = forge
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    address = repo.git("remote", "get-url", "origin")
    port = urlsplit(address).port
    repo.git("remote", "set-url", "origin", f"http://localhost:{port}/ada/demo.git")
    asked(repo)
    assert TOKEN not in "".join(shown)
    assert not [header for header in shown if header and header != "Basic c29tZWJvZHkgZWxzZQ=="]
