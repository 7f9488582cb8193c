"""GitHub's releases on this machine: real HTTP, drafts and assets that are kept, limits, and faults where a test wants.

    with FakeGitHub() as hub:
        hub.faults = lambda asked: Fault(502) if asked.method == "POST" and asked.nth == 2 else None
        ...  # hub.url, hub.environment, hub.releases, hub.writes

What it answers is as GitHub documents it (REST API, version 2022-11-28). Contents of assets lie on another host, as
there: whoever takes the token along to it is told on.
"""

from __future__ import annotations

import hashlib
import json
import re
import socket
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

TOKEN = "ghs_0123456789abcdefghij"
REPOSITORY = "company/mill"


@dataclass(frozen=True)
class Asked:
    """A request: `nth` counts those of its method, from 1."""

    method: str
    path: str
    nth: int


@dataclass(frozen=True)
class Fault:
    """What is answered instead. `stored`: it was done all the same. `cut`: the connection breaks off when half of the
    body has come; what came is kept as GitHub does, as an asset that is no whole one."""

    status: int = 502
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = "{}"
    stored: bool = False
    cut: bool = False


class Refused(Exception):
    """A status, and what GitHub says with it."""

    def __init__(self, status: int, message: str, code: str = "") -> None:
        super().__init__(status, {"message": message, "errors": [{"code": code}] if code else []})


class FakeGitHub:
    """The server, while the context lasts. `immutable`: a published release takes nothing more. `burned` are tags of
    deleted immutable releases. `digests`: assets say their sha256, as GitHub does since 2025."""

    def __init__(self, *, immutable: bool = False, digests: bool = True) -> None:
        self.immutable, self.digests = immutable, digests
        self.burned: set[str] = set()
        self.runs: dict[int, str] = {}
        self.releases: list[dict[str, Any]] = []
        self.contents: dict[int, bytes] = {}
        self.faults: Callable[[Asked], Fault | None] = lambda _: None
        self.asked: list[Asked] = []
        self.leaks: list[str] = []
        self._latest: int | None = None
        self._counts: Counter[str] = Counter()
        self._ids = iter(range(1, 1_000_000))
        self._lock = threading.Lock()
        hub = self

        class Handler(_Handler):
            home = hub

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients break off, too
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def server(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def url(self) -> str:
        """The remote's address."""
        return f"{self.server}/{REPOSITORY}.git"

    @property
    def environment(self) -> dict[str, str]:
        """What a workflow on such a server has."""
        return {"GITHUB_SERVER_URL": self.server, "GITHUB_API_URL": f"{self.server}/api", "GITHUB_TOKEN": TOKEN}

    @property
    def writes(self) -> list[Asked]:
        """The requests that may change something."""
        return [each for each in self.asked if each.method not in ("GET", "HEAD")]

    @property
    def latest(self) -> str | None:
        return next((each["tag_name"] for each in self.releases if each["id"] == self._latest), None)

    def release(self, tag: str) -> dict[str, Any]:
        """The one release of a tag."""
        (found,) = (each for each in self.releases if each["tag_name"] == tag)
        return found

    def assets(self, tag: str) -> dict[str, bytes]:
        """The contents of its whole assets, by name."""
        return {each["name"]: self.contents[each["id"]] for each in self.release(tag)["assets"] if _whole(each)}

    def add(self, tag: str, *, draft: bool = False, files: Mapping[str, bytes] | None = None) -> dict[str, Any]:
        """A release that somebody made; a published one that is no pre-release is the latest."""
        made = self._made({"tag_name": tag, "draft": draft, "prerelease": "rc" in tag})
        for name, data in (files or {}).items():
            self._kept(made, name, data)
        if not draft and not made["prerelease"]:
            self._latest = made["id"]
        return made

    def answer(self, method: str, path: str, query: Mapping[str, list[str]], data: bytes) -> tuple[int, Any]:
        """Do what a request wants. Raises Refused."""
        prefix = f"/api/repos/{REPOSITORY}"
        if not path.startswith(prefix):
            raise Refused(404, "Not Found")
        rest = path.removeprefix(prefix)
        body = json.loads(data) if data[:1] == b"{" and "/assets" not in path else {}
        if match := re.fullmatch(r"/actions/runs/(\d+)", rest):
            if int(match[1]) not in self.runs:
                raise Refused(404, "Not Found")
            return 200, {"id": int(match[1]), "status": self.runs[int(match[1])]}
        if rest == "/releases":
            return (201, self._created(body)) if method == "POST" else (200, _slice(self.releases[::-1], query))
        if rest == "/releases/latest":
            found = next((each for each in self.releases if each["id"] == self._latest), None)
            if found is None:
                raise Refused(404, "Not Found")
            return 200, found
        if match := re.fullmatch(r"/releases/assets/(\d+)", rest):
            self._deleted(int(match[1]))
            return 204, None
        match = re.fullmatch(r"/releases/(\d+)(/assets)?", rest)
        found = next((each for each in self.releases if match and each["id"] == int(match[1])), None)
        if match is None or found is None:
            raise Refused(404, "Not Found")
        if match[2]:
            if method == "GET":
                return 200, _slice(found["assets"], query)
            return 201, self._kept(found, query["name"][0], data)
        if method == "DELETE":
            self.releases.remove(found)
            return 204, None
        return 200, self._changed(found, body) if method == "PATCH" else found

    def _made(self, body: Mapping[str, Any]) -> dict[str, Any]:
        number = next(self._ids)
        made = {
            "id": number, "name": "", "body": "", "immutable": False, "assets": [], **body,
            "html_url": f"{self.server}/{REPOSITORY}/releases/tag/{body['tag_name']}",
            "upload_url": f"{self.server}/api/repos/{REPOSITORY}/releases/{number}/assets{{?name,label}}",
        }  # fmt: skip
        self.releases.append(made)
        return made

    def _created(self, body: dict[str, Any]) -> dict[str, Any]:
        tag = body["tag_name"]
        if tag in self.burned:
            raise Refused(422, "tag_name was used by an immutable release", "custom")
        if any(each["tag_name"] == tag and not each["draft"] for each in self.releases):
            raise Refused(422, "Validation Failed", "already_exists")
        return self._made(body)

    def _changed(self, found: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        word = body.pop("make_latest", "legacy")
        if found["immutable"] and body.get("draft"):
            raise Refused(422, "an immutable release stays published")
        found |= body
        if not found["draft"]:
            found["immutable"] = self.immutable
            self._latest = found["id"] if word == "true" else self._latest
        return found

    def _kept(self, found: dict[str, Any], name: str, data: bytes, *, state: str = "uploaded") -> dict[str, Any]:
        if found["immutable"]:
            raise Refused(422, "Cannot upload assets to an immutable release.")
        if any(each["name"] == name for each in found["assets"]):
            raise Refused(422, "Validation Failed", "already_exists")
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}" if self.digests and state == "uploaded" else None
        made = {"id": next(self._ids), "name": name, "size": len(data), "state": state, "digest": digest}
        self.contents[made["id"]] = data
        found["assets"].append(made)
        return made

    def half(self, number: int, name: str, data: bytes) -> None:
        """What a cut-off upload leaves."""
        self._kept(next(each for each in self.releases if each["id"] == number), name, data, state="starter")

    def _deleted(self, number: int) -> None:
        for release in self.releases:
            if release["immutable"] and any(each["id"] == number for each in release["assets"]):
                raise Refused(422, "an immutable release keeps its assets")
            release["assets"] = [each for each in release["assets"] if each["id"] != number]


def _whole(asset: Mapping[str, Any]) -> bool:
    return asset["state"] == "uploaded"


def _slice(items: list[Any], query: Mapping[str, list[str]]) -> list[Any]:
    size, page = (int(query.get(key, [default])[0]) for key, default in (("per_page", "30"), ("page", "1")))
    return items[(page - 1) * size : page * size]


class _Handler(BaseHTTPRequestHandler):
    home: FakeGitHub
    protocol_version = "HTTP/1.1"

    def _any(self) -> None:
        hub, parts = self.home, urlsplit(self.path)
        if parts.path.startswith("/storage/"):
            self._stored(int(parts.path.rpartition("/")[2]))
            return
        with hub._lock:
            hub._counts[self.command] += 1
            asked = Asked(self.command, parts.path, hub._counts[self.command])
            hub.asked.append(asked)
            fault = hub.faults(asked)
        length = int(self.headers.get("Content-Length", 0))
        if fault and fault.cut:
            half = self.rfile.read(length // 2)
            if match := re.search(r"/releases/(\d+)/assets$", parts.path):
                hub.half(int(match[1]), parse_qs(parts.query)["name"][0], half)
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        data = self.rfile.read(length)
        if fault is None or fault.stored:
            status, said, headers = self._done(parts, data)
        if fault is not None:
            self._answer(fault.status, fault.body.encode(), dict(fault.headers))
            return
        self._answer(status, json.dumps(said).encode() if said is not None else b"", headers)

    do_GET = do_POST = do_PATCH = do_DELETE = _any

    def _done(self, parts: Any, data: bytes) -> tuple[int, Any, dict[str, str]]:
        hub = self.home
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return 401, {"message": f"Bad credentials {self.headers.get('Authorization')}"}, {}
        asset = re.search(r"/releases/assets/(\d+)$", parts.path)
        if asset and self.command == "GET":
            other = hub.server.replace("127.0.0.1", "localhost")
            return 302, None, {"Location": f"{other}/storage/{asset[1]}"}
        try:
            with hub._lock:
                return (*hub.answer(self.command, parts.path, parse_qs(parts.query), data), {})
        except Refused as refused:
            return refused.args[0], refused.args[1], {}

    def _stored(self, number: int) -> None:
        if self.headers.get("Authorization"):
            self.home.leaks.append(self.path)
        self._answer(200, self.home.contents[number], {"Content-Type": "application/octet-stream"})

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass
