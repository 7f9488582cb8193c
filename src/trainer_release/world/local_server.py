"""The embedded index as a process: pypiserver on this machine alone, for the packages of one suite.

`python -m trainer_release.world.local_server --folder F --port N --names-file PATH [--foreground]`. The first
line on stdout is the address of the simple API. It serves until its standard input closes, so it cannot
outlive the process that started it; with --foreground until it is told to stop (SIGINT, SIGTERM).
"""

from __future__ import annotations

import argparse
import json
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from pathlib import Path
from socketserver import TCPServer, ThreadingMixIn
from typing import Any
from urllib.parse import quote, urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from packaging.utils import canonicalize_name

from trainer_release.world import clock
from trainer_release.world.addresses import bare, configured
from trainer_release.world.local_files import PUBLIC, UPLOADED, LocalFiles, application

JSON = "application/vnd.pypi.simple.v1+json"


class Front:
    """What stands before pypiserver: the log, names of other people, and the JSON that pypiserver lacks."""

    def __init__(self, folder: Path, names: frozenset[str], elsewhere: str) -> None:
        (folder / "files").mkdir(parents=True, exist_ok=True)
        self.app: Any
        self.store: LocalFiles
        self.app, self.store = application(folder / "files", names)
        self.names = names
        self.elsewhere = elsewhere
        self.log = folder / "access.log"

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start = self._logged(environ, start_response)
        path = environ.get("PATH_INFO", "")
        project = re.fullmatch(r"/simple/([^/]+)/?", path)
        if project and canonicalize_name(project[1]) not in self.names:
            return self._redirect(canonicalize_name(project[1]), start)
        asked = environ["REQUEST_METHOD"] == "GET" and JSON in environ.get("HTTP_ACCEPT", "")
        if project and asked and path == f"/simple/{canonicalize_name(project[1])}/":
            page = self.store.page(project[1])
            if page is not None:
                return _answer(start, HTTPStatus.OK, JSON, json.dumps(page))
        result: Iterable[bytes] = self.app(environ, start)
        return result

    def _redirect(self, name: str, start: Callable[..., Any]) -> Iterable[bytes]:
        """Names outside the suite are served by the user's own index; its credentials are not passed on."""
        if urlsplit(self.elsewhere).scheme not in {"http", "https"}:
            return _answer(start, HTTPStatus.NOT_FOUND, "text/plain", "the configured index is not on the web\n")
        target = f"{bare(self.elsewhere).rstrip('/')}/{quote(name)}/"
        return _answer(start, HTTPStatus.FOUND, "text/plain", target, ("Location", target))

    def _logged(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Callable[..., Any]:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            words = [
                clock.now().isoformat(),
                environ["REQUEST_METHOD"],
                quote(environ.get("PATH_INFO", "")),
                status[:3],
            ]
            if UPLOADED in environ:
                name, digest = environ[UPLOADED]
                words += [quote(name), digest or "-"]
            with self.log.open("a", encoding="utf-8") as log:
                log.write(" ".join(words) + "\n")
            return start_response(status, [*headers, ("Cache-Control", "no-store")], *rest)

        return start


def _answer(
    start: Callable[..., Any], status: HTTPStatus, kind: str, text: str, *headers: tuple[str, str]
) -> Iterable[bytes]:
    data = text.encode()
    length = ("Content-Length", str(len(data)))
    start(f"{status} {status.phrase}", [("Content-Type", kind), ("Vary", "Accept"), length, *headers])
    return [data]


class _Handler(WSGIRequestHandler):
    timeout = 60

    def log_message(self, *_: Any) -> None:
        """Nothing: the access log says it."""


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 64

    def server_bind(self) -> None:
        """As the base class, but without asking DNS for the name of this machine."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "localhost", self.server_address[1]
        self.setup_environ()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no event; anything else is shown."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


def _wait(*, foreground: bool) -> None:
    if not foreground:
        while sys.stdin.buffer.read(1 << 10):
            pass
        return
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    stop.wait()


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until told to stop; the command line is in this module's first lines."""
    parser = argparse.ArgumentParser(prog="trainer_release.world.local_server")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--names-file", type=Path, required=True)
    parser.add_argument("--foreground", action="store_true")
    options = parser.parse_args(argv)
    names = frozenset(canonicalize_name(name) for name in options.names_file.read_text("utf-8").split())
    front = Front(options.folder.resolve(), names, configured() or PUBLIC)
    with _Server(("127.0.0.1", options.port), _Handler) as server:
        server.set_app(front)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        sys.stdout.write(f"http://127.0.0.1:{server.server_port}/simple/\n")
        sys.stdout.flush()
        _wait(foreground=options.foreground)
        server.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
