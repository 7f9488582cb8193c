"""Ask GitHub's API within bounds: time, size and redirects have limits, and it is waited where GitHub asks to wait."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from trainer_release.errors import ReleaseError, fail
from trainer_release.model.forge import Forge
from trainer_release.world import clock, web
from trainer_release.world.addresses import bare, is_loopback
from trainer_release.world.secrets import masked

if TYPE_CHECKING:
    import requests

TRIES = 4
PATIENCE = 300.0
"""Seconds that a run waits in all because GitHub asks it to; what takes longer is for another run."""
_MOST, _TRANSFER, _LONGEST = 32 << 20, 600.0, 30 * 86400.0
_UNSAID = 60.0
"""What GitHub's documentation asks for where an answer about a rate limit names no time."""
_HOPS = 3


@dataclass(frozen=True, slots=True)
class Said:
    """An answer: its status, and the JSON that came with it."""

    status: int
    document: Any = None


@dataclass(frozen=True, slots=True)
class Api:
    """The API of one forge. The token goes into a header, to the API's own hosts alone, over no redirect."""

    forge: Forge
    token: str = field(repr=False)
    sleep: Callable[[float], None] = clock.sleep
    now: Callable[[], datetime] = clock.now

    def ask(
        self,
        method: str,
        where: str,
        *,
        body: Mapping[str, Any] | None = None,
        file: Path | None = None,
        fine: Collection[int] = (),
    ) -> Said:
        """One request; `where` is a path below the repository, or an address. What may be asked twice is, when the
        connection breaks or the server fails (5xx). Statuses beside 2xx are handed back where they are `fine`.

        Codes: `github-unreachable` (of a POST nobody knows what became of it), `github-paused`, `github-denied`,
        `github-refused`, `github-answer-invalid`.
        """
        waited, again = 0.0, TRIES if method != "POST" else 1
        while True:
            try:
                with self._sent(method, self._url(where), body=body, file=file) as response:
                    content = _content(response)
                    pause = self._pause(response, content)
                    said = None if pause is not None else self._said(response, content, fine)
            except ReleaseError as error:
                again -= 1
                if again == 0 or error.problems[0].code != "github-unreachable":
                    raise
                self.sleep(2.0 ** (TRIES - again) * random.uniform(0.3, 0.6))  # noqa: S311 - spread, not secret
                continue
            if said is not None:
                return said
            waited += pause or 0.0
            if waited > PATIENCE:
                raise self._paused(pause or 0.0)
            self.sleep(pause or 0.0)

    @contextmanager
    def content(self, where: str, *, limit: int) -> Iterator[Iterator[bytes]]:
        """The bytes of an asset, at most `limit`. Where GitHub sends us to a storage host, the token stays here."""
        try:
            with self._sent("GET", self._url(where), accept="application/octet-stream", hops=0) as response:
                there = urljoin(response.url, response.headers["location"]) if response.is_redirect else None
                if there is None:
                    self._refuse(response, ())
                    yield web.body(response, limit=limit, timeout=_TRANSFER)
            if there is not None:
                with web.answer(there, {}, timeout=web.READ, anywhere=True) as response:
                    yield web.body(response, limit=limit, timeout=_TRANSFER)
        except ReleaseError as error:
            if not error.problems[0].code.startswith("index-"):
                raise
            raise _silent(self.forge.api, error.problems[0].message) from error

    def _url(self, where: str) -> str:
        """An address of the API's own: else the token would go elsewhere."""
        own = urlsplit(self.forge.api)
        if not where.startswith(("https://", "http://")):
            return f"{self.forge.api}/repos/{self.forge.repository}{where}"
        parts, uploads = urlsplit(where), f"uploads.{own.netloc.removeprefix('api.')}"
        if parts.scheme != own.scheme or parts.netloc not in (own.netloc, uploads):
            raise _strange(where, f"that is no address of {own.netloc}")
        return where

    @contextmanager
    def _sent(
        self,
        method: str,
        url: str,
        *,
        body: Mapping[str, Any] | None = None,
        file: Path | None = None,
        accept: str = "application/vnd.github+json",
        hops: int = _HOPS,
    ) -> Iterator[requests.Response]:
        """The answer of one host, its redirects within itself followed; its body is not yet read."""
        import requests
        import urllib3

        headers = {"Accept": accept, "X-GitHub-Api-Version": "2022-11-28", "User-Agent": "trainer-release"}
        headers |= {"Content-Type": "application/octet-stream"} if file else {}
        try:
            with requests.Session() as session:
                session.trust_env, session.auth = not is_loopback(url), _Bearer(self.token)
                for _ in range(hops + 1):
                    with file.open("rb") if file else _nothing() as data:
                        response = session.request(
                            method, url, headers=headers, json=body, data=data, stream=True,
                            timeout=(web.CONNECT, _TRANSFER if file else web.READ), allow_redirects=False,
                        )  # fmt: skip
                    if not response.is_redirect or not hops:
                        break
                    url = self._url(urljoin(url, response.headers["location"]))
                else:
                    raise _strange(url, f"more than {hops} redirects")
                with response:
                    if response.status_code >= 500:
                        raise _silent(url, f"it answered {response.status_code}")
                    yield response
        except (requests.RequestException, urllib3.exceptions.HTTPError, UnicodeError) as error:
            raise _silent(url, type(error).__name__) from error

    def _said(self, response: requests.Response, content: bytes, fine: Collection[int]) -> Said:
        try:
            document = json.loads(content) if content else None
        except ValueError as error:
            raise _strange(response.url, "its answer is no JSON") from error
        self._refuse(response, fine, document)
        return Said(response.status_code, document)

    def _refuse(self, response: requests.Response, fine: Collection[int], document: Any = None) -> None:
        status = response.status_code
        if status in fine or 200 <= status < 300:
            return
        reason = str(document.get("message", "")) if isinstance(document, dict) else ""
        said = masked(f"{response.request.method} {bare(response.url)}: {status} {reason}")
        if status in (401, 403, 404):
            raise fail(
                "github-denied", said, hint="give a token that may write contents (`permissions: contents: write`)"
            )
        errors = document.get("errors", []) if isinstance(document, dict) else []
        told = tuple(masked(str(error)) for error in errors)
        raise fail("github-refused", said, context=told, hint="run without GITHUB_TOKEN to release without a page")

    def _pause(self, response: requests.Response, content: bytes) -> float | None:
        """The seconds that an answer about a rate limit asks for; None for every other answer."""
        after, left = response.headers.get("retry-after", ""), response.headers.get("x-ratelimit-remaining")
        limited = bool(after) or left == "0" or b"rate limit" in content
        if response.status_code != 429 and not (response.status_code == 403 and limited):
            return None
        reset = response.headers.get("x-ratelimit-reset", "")
        try:
            if after:
                wait = float(after) if after.isdigit() else (parsedate_to_datetime(after) - self.now()).total_seconds()
            else:
                wait = float(reset) - self.now().timestamp() if left == "0" else _UNSAID
        except (ValueError, TypeError, OverflowError):
            wait = _UNSAID
        return min(max(wait, 1.0), _LONGEST)

    def _paused(self, seconds: float) -> ReleaseError:
        earliest = (self.now() + timedelta(seconds=seconds)).isoformat(sep=" ", timespec="seconds")
        return fail(
            "github-paused",
            f"{urlsplit(self.forge.api).netloc} asks to wait for {seconds:.0f} s",
            hint=f"run the same command again, at {earliest} at the earliest",
        )


class _Bearer:
    """The header itself: without it requests would take what ~/.netrc says."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _content(response: requests.Response) -> bytes:
    try:
        return b"".join(web.body(response, limit=_MOST, timeout=web.READ))
    except ReleaseError as error:
        raise _silent(response.url, error.problems[0].message) from error


@contextmanager
def _nothing() -> Iterator[None]:
    yield None


def _silent(url: str, reason: str) -> ReleaseError:
    hint = "run the same command again later; without GITHUB_TOKEN the release is made without a page"
    return fail("github-unreachable", f"{bare(url)}: {reason}", hint=hint)


def _strange(url: str, reason: str) -> ReleaseError:
    hint = "check GITHUB_API_URL, GITHUB_SERVER_URL and the network"
    return fail("github-answer-invalid", f"{bare(url)}: {reason}", hint=hint)
