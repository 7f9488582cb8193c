"""The public index as a workflow sees it, on this machine: behind a proxy that ends TLS, with trusted publishing.

Nothing leaves this machine: HTTPS_PROXY leads every request of twine, requests and uv to this proxy, whose certificate
they trust by REQUESTS_CA_BUNDLE and SSL_CERT_FILE. The names of the hosts are twine's own.
"""

from __future__ import annotations

import base64
import http.client
import json
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from twine.repository import WAREHOUSE_WEB
from twine.utils import DEFAULT_REPOSITORY

from kit.dialects import Index

Said = tuple[int, Any]
MINTED, AUDIENCE = "minted-token-of-fifteen-minutes", "an-index"


def jwt(audience: str) -> Said:
    """An identity of the job for an audience, signed by nobody."""
    payload = base64.urlsafe_b64encode(json.dumps({"aud": audience}).encode()).decode().rstrip("=")
    return 200, {"value": f"e30.{payload}.c2ln"}


@dataclass
class Workflow:
    """What the services of a workflow answer; `env` is the environment of its job. `asked` is what they were asked."""

    index: Index
    env: dict[str, str] = field(default_factory=dict)
    identity: Said = jwt(AUDIENCE)
    audience: Said = (200, {"audience": AUDIENCE})
    mint: Said = (200, {"success": True, "token": MINTED})
    asked: list[str] = field(default_factory=list)


class _Handler(BaseHTTPRequestHandler):
    """CONNECT, then one request within TLS; or a request for the job's identity, in plain."""

    def do_CONNECT(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        self.connection = self.server.context.wrap_socket(self.connection, server_side=True)  # type: ignore[attr-defined]
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", buffering=0)  # type: ignore[assignment]
        self.handle_one_request()
        for each in (self.rfile, self.wfile, self.connection):
            each.close()

    def do_GET(self) -> None:
        workflow: Workflow = self.server.workflow  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urlsplit(self.path)
        own = {
            "/identity": workflow.identity,
            "/_/oidc/audience": workflow.audience,
            "/_/oidc/mint-token": workflow.mint,
        }
        if path.path in own:
            audience = parse_qs(path.query).get("audience", [""])[0]
            workflow.asked.append(f"{path.path} {audience}{body.decode()}".strip())
            status, said = own[path.path]
            return self._say(status, {"Content-Type": "application/json"}, json.dumps(said).encode())
        address = urlsplit(workflow.index.address.simple)
        behind = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
        behind.request(self.command, self.path, body or None, dict(self.headers.items()))
        answer = behind.getresponse()
        kept = {key: value for key, value in answer.getheaders() if key in {"Content-Type", "Location", "Retry-After"}}
        return self._say(answer.status, kept, answer.read())

    do_POST = do_HEAD = do_GET

    def _say(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for key, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(key, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def certificates(folder: Path) -> tuple[Path, Path, Path]:
    """An authority's certificate, and key and certificate of the public index's hosts, for a day."""
    hosts = [urlsplit(url).hostname for url in (DEFAULT_REPOSITORY, WAREHOUSE_WEB)]
    names = ",".join(f"DNS:{host}" for host in hosts)
    (folder / "leaf.cnf").write_text(f"subjectAltName={names}\nbasicConstraints=CA:FALSE\n")
    lines = (
        "req -newkey rsa:2048 -nodes -x509 -subj /CN=kit -days 1 -keyout ca.key -out ca.pem",
        "req -newkey rsa:2048 -nodes -subj /CN=index -keyout leaf.key -out leaf.csr",
        "x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 1 -extfile leaf.cnf -out leaf.pem",
    )
    for line in lines:
        subprocess.run(["openssl", *line.split()], cwd=folder, check=True, capture_output=True)
    return folder / "ca.pem", folder / "leaf.key", folder / "leaf.pem"


@contextmanager
def workflow(index: Index, trusted: Path, key: Path, certificate: Path) -> Iterator[Workflow]:
    """A job that may publish without a password, and the index that trusts it; with what `certificates` made."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        url = f"http://127.0.0.1:{server.server_port}"
        server.daemon_threads = True
        server.context = context  # type: ignore[attr-defined]
        server.workflow = made = Workflow(index)  # type: ignore[attr-defined]
        server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients end TLS as they like
        made.env = {
            "HTTPS_PROXY": url,
            "https_proxy": url,
            "REQUESTS_CA_BUNDLE": str(trusted),
            "SSL_CERT_FILE": str(trusted),
            "GITHUB_ACTIONS": "true",
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"{url}/identity",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "request-token-of-the-job",
        }
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()
