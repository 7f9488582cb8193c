"""Tiny valid distributions written by hand: no build backend, the same bytes every time."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import socket
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

Answer = tuple[int, Mapping[str, str], bytes]


def metadata(name: str, version: str, requires: Iterable[str] = (), *, lines: Iterable[str] = ()) -> str:
    """The METADATA (or PKG-INFO) of a distribution; `lines` are further headers."""
    needs = [f"Requires-Dist: {requirement}" for requirement in requires]
    head = ["Metadata-Version: 2.2", f"Name: {name}", f"Version: {version}", "Summary: a test"]
    return "\n".join([*head, "Description-Content-Type: text/plain", *needs, *lines, "", "A test.", ""])


def make_wheel(
    folder: Path,
    name: str,
    version: str,
    requires: Iterable[str] = (),
    *,
    files: Mapping[str, str] | None = None,
    lines: Iterable[str] = (),
) -> Path:
    """A pure wheel whose one module states its version; `files` adds or replaces members by path."""
    stem = name.lower().replace("-", "_")
    info = f"{stem}-{version}.dist-info"
    members = {
        f"{stem}/__init__.py": f'__version__ = "{version}"\n',
        f"{info}/METADATA": metadata(name, version, requires, lines=lines),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: kit\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        **(files or {}),
    }
    record = [f"{path},{_digest(text)},{len(text.encode())}" for path, text in members.items()]
    members[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""])
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{stem}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in members.items():
            archive.writestr(zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0)), text)
    return target


def make_sdist(
    folder: Path,
    name: str,
    version: str,
    requires: Iterable[str] = (),
    *,
    files: Mapping[str, str] | None = None,
) -> Path:
    """The sdist beside it (setuptools would build it); `files` adds or replaces members by path."""
    stem = name.lower().replace("-", "_")
    needs = ", ".join(f'"{requirement}"' for requirement in requires)
    members = {
        "PKG-INFO": metadata(name, version, requires),
        "pyproject.toml": '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
        f'[project]\nname = "{name}"\nversion = "{version}"\ndependencies = [{needs}]\n',
        f"src/{stem}/__init__.py": f'__version__ = "{version}"\n',
        **(files or {}),
    }
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{stem}-{version}.tar.gz"
    with (
        target.open("wb") as raw,
        gzip.GzipFile("", "wb", 9, raw, 0) as packed,
        tarfile.open(fileobj=packed, mode="w") as archive,
    ):
        for path, text in members.items():
            entry = tarfile.TarInfo(f"{stem}-{version}/{path}")
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return target


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256={base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


@contextmanager
def answering(respond: Callable[[str, Mapping[str, str]], Answer]) -> Iterator[str]:
    """A web server on this machine whose answers to GET, HEAD and POST are `respond(path, headers)`; gives its address.

    A negative status breaks the connection off instead.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            status, headers, body = respond(self.path, dict(self.headers))
            if status < 0:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_POST = do_HEAD = do_GET

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients break off on purpose
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()
