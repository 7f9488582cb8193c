"""A package index on this machine that answers uploads as the indexes of the world do, by a clock of the test's own.

    with running("pypi", quota=4, clock=simulated) as index:
        ...  # index.address, index.files, index.events, index.stale = 600.0, index.delete(name), …

What each dialect answers is written down in `trust-and-ecosystem` as measured or read in their sources.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from packaging.utils import canonicalize_name

from trainer_release.model.catalog import IndexAddress
from trainer_release.world import clock as machine
from trainer_release.world.faulty import Event
from trainer_release.world.simple_page import package_and_version

JSON = "application/vnd.pypi.simple.v1+json"
Answer = tuple[int, str, Mapping[str, str]]
OK: Answer = 200, "OK", {}


@dataclass(frozen=True)
class Dialect:
    """Where an index takes and serves, and what it says of a name that it has: to the same bytes, to other ones."""

    upload: str
    simple: str
    same: int
    other: int
    json: str | None = None
    pages: tuple[str, ...] = ("text/html",)
    api: str = "1.0"
    denied: int = 401


DIALECTS = {
    "pypi": Dialect("/legacy/", "/simple/", 200, 400, "/pypi", (JSON, "text/html"), "1.4", 403),
    "pypiserver": Dialect("/", "/simple/", 409, 409),
    "devpi": Dialect("/root/dev/", "/root/dev/+simple/", 200, 409, None, (JSON, "text/html")),
    "devpi-volatile": Dialect("/root/dev/", "/root/dev/+simple/", 200, 200, None, (JSON, "text/html")),
    "hiding-404": Dialect("/api/pypi/own/", "/api/pypi/own/simple/", 404, 404, denied=404),
    "hiding-200": Dialect("/api/pypi/own/", "/api/pypi/own/simple/", 200, 200, denied=200),
}
"""`hiding-…`: an index behind a proxy that says 404, or 200, whatever was refused."""


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True)
class Upload:
    """What one POST brought."""

    name: str
    content: bytes
    announced: str | None
    agent: str
    account: tuple[str, str] | None

    @property
    def digest(self) -> str:
        return sha256(self.content)


@dataclass
class Index:
    """A running index. `stale`: a simple page shows a file only so many seconds after it came; JSON shows it at once.
    `late`: so many seconds more for one project, as a cache that keeps each page by itself.

    `quota`: how many new projects a day; `window`: how many days a release takes files; `account`: the one that may
    upload (None: any). `refusals`: what every upload to a project (`*`: to any) is told.
    """

    dialect: str
    clock: Any = machine
    quota: int | None = None
    retry_after: str | None = None
    window: int | None = 14
    account: tuple[str, str] | None = None
    stale: float = 0.0
    stale_json: float = 0.0
    late: dict[str, float] = field(default_factory=dict)
    address: IndexAddress = IndexAddress("none")
    files: dict[str, bytes] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    refusals: dict[str, Answer] = field(default_factory=dict)
    status: dict[str, str] = field(default_factory=dict)
    yanked: dict[str, str] = field(default_factory=dict)
    lock: Any = field(default_factory=threading.RLock)
    _came: dict[str, tuple[datetime, float]] = field(default_factory=dict)
    _deleted: set[str] = field(default_factory=set)
    _projects: dict[str, datetime] = field(default_factory=dict)
    _releases: dict[tuple[str, str], tuple[datetime, float]] = field(default_factory=dict)

    def clear(self, clock: Any = machine) -> None:
        """As it was when it began, by another clock."""
        with self.lock:
            for kept in (self.files, self.events, self.refusals, self.status, self.yanked):
                kept.clear()
            for kept in (self._came, self._deleted, self._projects, self._releases):
                kept.clear()
            self.clock, self.stale, self.stale_json = clock, 0.0, 0.0

    # What a person or a rival does

    def put(self, name: str, content: bytes) -> None:
        """A file is there, whoever brought it."""
        project, version = of(name)
        with self.lock:
            self.files[name] = content
            self._came[name] = self.clock.now(), self.clock.monotonic()
            self._projects.setdefault(project, self.clock.now())
            self._releases.setdefault((project, version), self._came[name])

    def delete(self, name: str, *, release: bool = False) -> None:
        """The file's owner deletes it, or its whole release: its page forgets it, the index does not."""
        with self.lock:
            del self.files[name]
            self._deleted.add(name)
            if release:
                del self._releases[of(name)]

    def quarantine(self, project: str) -> None:
        self.status[project] = "quarantined"

    def archive(self, project: str) -> None:
        self.status[project] = "archived"

    def yank(self, name: str, reason: str = "") -> None:
        self.yanked[name] = reason

    @property
    def posts(self) -> list[tuple[str | None, int | None]]:
        """Every upload that came: file, and what it was told."""
        return [(event.name, event.status) for event in self.events if event.method == "POST"]

    # What the index does

    def take(self, upload: Upload) -> Answer:
        with self.lock:
            answer = self._refused(upload)
            if answer is None:
                self.put(upload.name, upload.content)
                return OK
            if self.dialect == "hiding-200":
                return OK
            return (404, "Not Found", {}) if self.dialect == "hiding-404" and answer[0] >= 400 else answer

    def _refused(self, upload: Upload) -> Answer | None:
        """What stands against storing it, if anything: an answer that may still be 200."""
        how, parsed = DIALECTS[self.dialect], package_and_version(upload.name)
        if upload.account is None or self.account not in {None, upload.account}:
            return how.denied, "Invalid or non-existent authentication information.", {}
        if parsed is None:
            return 400, f"Invalid distribution file: {upload.name}", {}
        if upload.announced and upload.announced != upload.digest:
            return 400, "The digest supplied does not match a digest calculated from the uploaded file.", {}
        refusal = self.refusals.get(parsed[0]) or self.refusals.get("*")
        return refusal or (self._as_pypi(upload) if self.dialect == "pypi" else self._as_others(upload, how))

    def _as_others(self, upload: Upload, how: Dialect) -> Answer | None:
        there = self.files.get(upload.name)
        if there is None or (self.dialect == "devpi-volatile" and there != upload.content):
            return None
        status = how.same if there == upload.content else how.other
        if self.dialect == "pypiserver" and "twine" in upload.agent:
            status = 400
        return status, f"Package '{upload.name}' already exists!", {}

    def _as_pypi(self, upload: Upload) -> Answer | None:
        project, version = of(upload.name)
        there, now = self.files.get(upload.name), self.clock.now()
        born = sum(born > now - timedelta(days=1) for born in self._projects.values())
        if project not in self._projects and self.quota is not None and born >= self.quota:
            return 429, "Too many new projects created", {"Retry-After": self.retry_after} if self.retry_after else {}
        if self.status.get(project) is not None:
            return 403, f"Project {project!r} is {self.status[project]}: no new files are taken", {}
        if there == upload.content:
            return OK
        if there is not None:
            return (
                400,
                f"File already exists ({upload.name!r}, with sha256 hash {sha256(there)!r})",
                {},
            )
        if upload.name in self._deleted:
            return (
                400,
                "This filename was previously used by a file that has since been deleted. Use a different version.",
                {},
            )
        began, _ = self._releases.get((project, version), (now, 0.0))
        if self.window is not None and now - began > timedelta(days=self.window):
            return 400, f"New files cannot be uploaded to a release that is older than {self.window} days.", {}
        return None

    def shown(self, project: str, stale: float) -> list[str]:
        """The files of a project that a page shows by now."""
        with self.lock:
            if self.status.get(project) == "quarantined":
                return []
            age = self.clock.monotonic() - stale
            return sorted(name for name in self.files if of(name)[0] == project and self._came[name][1] <= age)

    def page(self, project: str, accept: str) -> tuple[str, bytes] | None:
        """The simple page; None where the project is not known, or nothing of it has come through yet."""
        stale = self.stale + self.late.get(project, 0.0)
        how, names = DIALECTS[self.dialect], self.shown(project, stale)
        emptied = project in self.status or any(of(name)[0] == project for name in self._deleted)
        if not names and not emptied:
            return None
        kind = next((kind for kind in how.pages if kind in accept), "text/html")
        if kind == "text/html":
            return kind, self._html(project, names)
        page: dict[str, Any] = {
            "meta": {"api-version": how.api},
            "name": project,
            "files": [self._entry(name) for name in names],
        }
        if how.api != "1.0":
            age = self.clock.monotonic() - stale
            page["versions"] = [
                version for (name, version), (_, at) in self._releases.items() if name == project and at <= age
            ]
            page["project-status"] = {"status": self.status.get(project, "active")}
        return kind, json.dumps(page).encode()

    def _entry(self, name: str) -> dict[str, Any]:
        content = self.files[name]
        entry = {
            "filename": name,
            "url": f"/packages/{name}",
            "hashes": {"sha256": sha256(content)},
        }
        if DIALECTS[self.dialect].api != "1.0":
            entry |= {"size": len(content), "upload-time": self._came[name][0].strftime("%Y-%m-%dT%H:%M:%S.%fZ")}
        return entry | {"yanked": self.yanked.get(name, False)}

    def _html(self, project: str, names: list[str]) -> bytes:
        links = [
            f'<a href="/packages/{name}#sha256={sha256(self.files[name])}"'
            f"{' data-yanked' if name in self.yanked else ''}>{name}</a><br/>"
            for name in names
        ]
        title = f"Links for {project}"
        lines = ["<!DOCTYPE html>", "<html><head>", f"<title>{title}</title></head><body>", f"<h1>{title}</h1>", *links]
        return "\n".join([*lines, "</body></html>"]).encode()

    def release(self, project: str, version: str) -> bytes | None:
        """The JSON of a release: what the index has, whatever its pages show."""
        names = [name for name in self.shown(project, self.stale_json) if of(name)[1] == version]
        if not names:
            return None
        urls = [
            {
                "filename": name,
                "digests": {"sha256": sha256(self.files[name])},
                "size": len(self.files[name]),
                "upload_time_iso_8601": self._came[name][0].strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                "url": urljoin(self.address.simple or "", f"/packages/{name}"),
                "yanked": name in self.yanked,
                "yanked_reason": self.yanked.get(name) or None,
            }
            for name in names
        ]
        info = {"name": project, "version": version, "yanked": all(url["yanked"] for url in urls)}
        return json.dumps({"info": info, "last_serial": len(self.events), "urls": urls, "vulnerabilities": []}).encode()


def of(name: str) -> tuple[str, str]:
    """Project and version of a file's name."""
    parsed = package_and_version(name)
    assert parsed, name
    return str(parsed[0]), str(parsed[1])


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    @property
    def index(self) -> Index:
        return self.server.index

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        upload = self._upload(body)
        if upload is None or self.path != DIALECTS[self.index.dialect].upload:
            return self._say(400, "text/plain", b"no upload\n", None)
        status, reason, headers = self.index.take(upload)
        return self._say(status, "text/plain", f"{reason}\n".encode(), upload, reason=reason, headers=headers)

    def _upload(self, body: bytes) -> Upload | None:
        found = re.search(r'boundary="?([^";]+)', self.headers.get("Content-Type", ""))
        form: dict[str, bytes] = {}
        filename = None
        for part in body.split(b"--" + found[1].encode())[1:-1] if found else ():
            head, _, content = part[2:-2].partition(b"\r\n\r\n")
            name = re.search(rb'; name="([^"]*)"(?:; filename="([^"]*)")?', head)
            assert name, head
            form[name[1].decode()] = content
            filename = name[2].decode() if name[2] is not None else filename
        announced = form.get("sha256_digest", b"").decode() or None
        agent = self.headers.get("User-Agent", "")
        return Upload(filename, form["content"], announced, agent, self._account()) if filename else None

    def _account(self) -> tuple[str, str] | None:
        kind, _, packed = self.headers.get("Authorization", "").partition(" ")
        user, _, password = base64.b64decode(packed if kind == "Basic" else "").decode().partition(":")
        return (user, password) if user or password else None

    def do_GET(self) -> None:
        how, path = DIALECTS[self.index.dialect], unquote(urlsplit(self.path).path)
        project = path.removeprefix(how.simple).rstrip("/") if path.startswith(how.simple) else ""
        release = re.fullmatch(rf"{how.json}/([^/]+)/([^/]+)/json", path) if how.json else None
        content = self.index.files.get(path.removeprefix("/packages/"))
        if project and f"{how.simple}{canonicalize_name(project)}/" != path:
            target = f"{how.simple}{canonicalize_name(project)}/"
            return self._say(301, "text/plain", b"", None, headers={"Location": target})
        if project and (page := self.index.page(project, self.headers.get("Accept", ""))):
            return self._say(200, *page, None)
        if release and (found := self.index.release(canonicalize_name(release[1]), release[2])):
            return self._say(200, "application/json", found, None)
        if path.startswith("/packages/") and content is not None:
            return self._say(200, "application/octet-stream", content, None)
        return self._say(404, "text/plain", b"not found\n", None)

    do_HEAD = do_GET

    def _say(
        self,
        status: int,
        kind: str,
        body: bytes,
        upload: Upload | None,
        *,
        reason: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        with self.index.lock:
            number = 1 + sum((event.method == "POST") == (self.command == "POST") for event in self.index.events)
            name, digest = (upload.name, upload.digest) if upload else (None, None)
            at = self.index.clock.monotonic()
            self.index.events.append(Event(number, self.command, self.path, status, name, digest, None, at))
        self.send_response(status, reason)
        for key, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(key, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    index: Index

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no event; anything else is a fault of this file, and shown."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


@contextmanager
def running(dialect: str = "pypi", **knobs: Any) -> Iterator[Index]:
    """The index while the context lasts; `knobs` are fields of `Index`."""
    index, how = Index(dialect, **knobs), DIALECTS[dialect]
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.index = index
        place = f"http://127.0.0.1:{server.server_port}"
        index.address = IndexAddress("internal", place + how.upload, place + how.simple, how.json and place + how.json)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield index
        finally:
            server.shutdown()
            thread.join()
