"""Ask over HTTP within bounds: time, size and redirects have limits, and failures have our words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from trainer_release.errors import ReleaseError, fail
from trainer_release.world import clock
from trainer_release.world.addresses import bare, is_loopback

if TYPE_CHECKING:
    import requests

CONNECT, READ = 5.0, 30.0
HOPS = 5
PIECE = 1 << 16


@contextmanager
def answer(
    url: str, headers: Mapping[str, str], *, timeout: float, anywhere: bool = False
) -> Iterator[requests.Response]:
    """GET `url`; the body is not yet read. `timeout` is in seconds and counts for each wait.

    A redirect is followed on the same scheme, host and port; with `anywhere` to others too (the caller knows
    the hash). A connection error or a server's 500 or 502-504 is tried three times. 404 is handed back; any other
    failure raises `index-unreachable`, `index-denied` or `index-answer-invalid`. An address of this machine
    is asked past proxies.
    """
    import requests
    import urllib3

    with _session(trusting=not is_loopback(url)) as session:
        try:
            with _follow(session, url, headers, timeout, anywhere) as response:
                _raise_for_status(response)
                yield response
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise _unreachable(url, _reason(error)) from error


@dataclass(frozen=True, slots=True)
class Page:
    """A whole answer: where it came from in the end, its content type, its bytes. `body` is None where there is no such
    page (404)."""

    url: str
    kind: str
    body: bytes | None


def page(url: str, headers: Mapping[str, str], *, limit: int, timeout: float) -> Page:
    """As `answer`, read to its end; one that breaks off is asked for again, twice."""
    from urllib3.exceptions import ProtocolError

    for left in (2, 1, 0):
        try:
            with answer(url, headers, timeout=timeout) as found:
                kind = found.headers.get("content-type", "")
                missing = found.status_code == 404
                read = None if missing else b"".join(body(found, limit=limit, timeout=timeout))
                return Page(found.url, kind, read)
        except ReleaseError as error:
            if not left or not isinstance(error.__cause__, ProtocolError):
                raise
    raise AssertionError


def body(response: requests.Response, *, limit: int, timeout: float) -> Iterator[bytes]:
    """The body in pieces, decoded; more than `limit` bytes or `timeout` seconds in all is an error."""
    end, size = clock.monotonic() + timeout, 0
    while piece := response.raw.read1(PIECE, decode_content=True):
        size += len(piece)
        if size > limit:
            raise fail(
                "index-answer-invalid",
                f"{bare(response.url)}: the answer is larger than {limit} bytes",
                hint="check that this address is a package index",
            )
        if clock.monotonic() > end:
            raise _unreachable(response.url, f"the answer was not complete after {timeout:g} s")
        yield piece


def _session(*, trusting: bool) -> requests.Session:
    import requests
    import urllib3

    session = requests.Session()
    session.trust_env = trusting
    retry = urllib3.Retry(
        total=2,
        redirect=False,
        backoff_factor=0.1,
        status_forcelist=(500, 502, 503, 504),
        raise_on_status=False,
        respect_retry_after_header=False,
    )
    for scheme in ("http://", "https://"):
        session.mount(scheme, requests.adapters.HTTPAdapter(max_retries=retry))
    return session


def _follow(
    session: requests.Session, url: str, headers: Mapping[str, str], timeout: float, anywhere: bool
) -> requests.Response:
    target, waits = url, (min(CONNECT, timeout), min(READ, timeout))
    for _ in range(HOPS + 1):
        try:
            response = session.get(target, headers=headers, timeout=waits, stream=True, allow_redirects=False)
            if not response.is_redirect:
                return response
            response.close()
            target = urljoin(target, response.headers["location"])
            same = urlsplit(bare(target))[:2] == urlsplit(bare(url))[:2]
        except ValueError as error:
            raise _unreachable(url, "this is no address of an index, or it leads to none") from error
        if not (same or anywhere):
            raise fail(
                "index-answer-invalid",
                f"{bare(url)} sends us to another host, {bare(target)!r}",
                hint="if that is the right index, name it as `simple` in versions.yaml",
            )
    raise _unreachable(url, f"more than {HOPS} redirects")


def _raise_for_status(response: requests.Response) -> None:
    if response.status_code in {401, 403}:
        raise fail(
            "index-denied",
            f"{bare(response.url)} answered {response.status_code}",
            hint="put the credentials for reading into ~/.netrc",
        )
    if response.status_code != 404 and not 200 <= response.status_code < 300:
        raise _unreachable(response.url, f"it answered {response.status_code}")


def _unreachable(url: str, reason: str) -> ReleaseError:
    return fail(
        "index-unreachable",
        f"{bare(url)}: {reason}",
        hint="check the address and the network, then run again",
    )


def _reason(error: Exception) -> str:
    """The cause inside the wrappings of requests and urllib3, which repeat the address with its secrets."""
    inner = error.args[0] if error.args and isinstance(error.args[0], Exception) else error
    inner = getattr(inner, "reason", None) or inner
    cause = inner.__cause__ or inner
    return (
        f"{type(cause).__name__}: {cause}"
        if isinstance(cause, ConnectionError | TimeoutError)
        else type(cause).__name__
    )
