"""How the faulty proxy serves: reads a request, asks the index behind, and breaks what it was told to break."""

from __future__ import annotations

import hashlib
import http.client
import os
import re
import socket
import struct
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from trainer_release.world.faults import Fault, Request, Traffic
from trainer_release.world.faulty_pages import without

_FILE = re.compile(rb'filename="([^"\r\n]*)"[^\r\n]*\r\n(?:[^\r\n]+\r\n)*\r\n')
_ANNOUNCED = re.compile(rb'name="sha256_digest"\r\n(?:[^\r\n]+\r\n)*\r\n([0-9a-fA-F]{64})\r\n')
_HOPS = frozenset({"connection", "keep-alive", "transfer-encoding", "date", "server"})
_PIECE = 1 << 16
_LOGIN = b"<!DOCTYPE html><html><title>Log in</title><form>User <input> Password <input></form></html>"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, to be sent or to be broken."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Handler(BaseHTTPRequestHandler):
    """One connection, one request."""

    timeout = 60

    server: Server

    def do_POST(self) -> None:
        """An upload: the fault is chosen once the file's name is known, before its bytes were read."""
        left = int(self.headers.get("Content-Length") or 0)
        body = b""
        while left > len(body) and not _FILE.search(body):
            body += self.rfile.read1(min(_PIECE, left - len(body))) or self._gone()
        name, announced = _FILE.search(body), _ANNOUNCED.search(body)
        request = self.server.traffic.request(
            "POST", self.path, name and name[1].decode(), announced and announced[1].decode().lower()
        )
        fault = self.server.traffic.faults(request)
        if fault and fault.kind == "reset":
            return self._break(request, request.sha256, fault)
        body += self.rfile.read(left - len(body))
        if len(body) < left:
            return self.server.traffic.note(request, None, None, fault)  # the client went away
        return self._serve(request, body, fault)

    def do_GET(self) -> None:
        """A read: of a page, a release's JSON, or a file."""
        name = unquote(urlsplit(self.path).path.rpartition("/")[2])
        request = self.server.traffic.request(self.command, self.path, name or None, None)
        self._serve(request, b"", self.server.traffic.faults(request))

    do_HEAD = do_GET  # noqa: N815  # the name that http.server asks for

    def _serve(self, request: Request, body: bytes, fault: Fault | None) -> None:
        kind, digest = fault.kind if fault else "", self._digest(body)
        if fault and kind in {"call", "kill"}:
            fault.call(request)
        reply = Reply(200)
        if kind not in {"status", "html", "redirect", "reset", "hang", "endless", "kill"}:
            reply = self._forward(request, body)
        if kind == "twice":
            reply = self._forward(request, body)
        if fault is None or kind in {"call", "twice"}:
            self.server.traffic.note(request, reply.status, digest, fault)
            return self._send(reply)
        if kind == "stored-then-kill":
            fault.call(request)
        if "hang" in kind or "reset" in kind or "kill" in kind:
            return self._break(request, digest, fault)
        return self._answer(request, digest, fault, reply)

    def _answer(self, request: Request, digest: str | None, fault: Fault, reply: Reply) -> None:
        match fault.kind:
            case "status" | "stored-then-status":
                reply = Reply(fault.status, fault.headers, fault.body)
            case "html":
                reply = Reply(200, {"Content-Type": "text/html"}, _LOGIN)
            case "redirect":
                reply = Reply(307, {"Location": self.path, **fault.headers})
            case "endless":
                reply = Reply(200, fault.headers, fault.body or b" " * _PIECE)
            case _:
                pass
        self.server.traffic.note(request, reply.status, digest, fault)
        send = {"slow": self._trickle, "half-close": self._half, "endless": self._endless}
        send.get(fault.kind, self._send)(reply)

    def _break(self, request: Request, digest: str | None, fault: Fault) -> None:
        """No answer: RST, at once or after a while."""
        self.server.traffic.note(request, None, digest, fault)
        if "hang" in fault.kind:
            self.server.traffic.closed.wait(fault.seconds)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())  # at once: an ordinary close sends FIN first

    def _forward(self, request: Request, body: bytes) -> Reply:
        """What the index says; 502 where it says nothing."""
        headers = {key: value for key, value in self.headers.items() if key.lower() not in {"connection", "expect"}}
        connection = http.client.HTTPConnection(*self.server.traffic.target, timeout=self.timeout)
        try:
            connection.request(self.command, self.path, body or None, headers | {"Accept-Encoding": "identity"})
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            return Reply(502, {"Content-Type": "text/plain"}, f"{type(error).__name__}\n".encode())
        finally:
            connection.close()
        if request.what == "upload" and request.name and answer.status < 300:
            self.server.traffic.stored(request.name)
        kept = {key: value for key, value in answer.getheaders() if key.lower() not in _HOPS}
        return self._aged(request, Reply(answer.status, kept, content))

    def _aged(self, request: Request, reply: Reply) -> Reply:
        hidden = self.server.traffic.hidden(request)
        if not hidden or reply.status != 200:
            return reply
        body = without(hidden, {k.lower(): v for k, v in reply.headers.items()}.get("content-type", ""), reply.body)
        return Reply(404) if body is None else Reply(200, reply.headers, body)

    def _head(self, reply: Reply, length: int | None = None) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            if length is None or name.lower() != "content-length":
                self.send_header(name, value)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def _send(self, reply: Reply) -> None:
        if self.command == "HEAD":  # the length is that of the body that is not sent
            return self._head(reply)
        self._head(reply, len(reply.body))
        self.wfile.write(reply.body)
        return None

    def _trickle(self, reply: Reply) -> None:
        self._head(reply, len(reply.body))
        for byte in reply.body:
            self.wfile.write(bytes((byte,)))
            if self.server.traffic.closed.wait(1.0):
                return

    def _half(self, reply: Reply) -> None:
        self._head(reply, len(reply.body) or 1)
        self.wfile.write(reply.body[: len(reply.body) // 2])
        self.connection.shutdown(socket.SHUT_WR)
        self.connection.settimeout(1)
        while not self.server.traffic.closed.is_set() and self.rfile.read1(_PIECE):
            pass

    def _endless(self, reply: Reply) -> None:
        self._head(reply)
        while not self.server.traffic.closed.is_set():
            self.wfile.write(reply.body)

    def _digest(self, body: bytes) -> str | None:
        """The sha256 of the file in a form; None where there is none."""
        head = _FILE.search(body)
        boundary = re.search(r'boundary="?([^";]+)', self.headers.get("Content-Type") or "")
        if not (head and boundary):
            return None
        end = body.rfind(b"\r\n--" + boundary[1].encode())
        return hashlib.sha256(body[head.end() : end]).hexdigest()

    def _gone(self) -> bytes:
        raise ConnectionAbortedError

    def log_message(self, *_: Any) -> None:
        """Nothing: the events say it."""


class Server(ThreadingHTTPServer):
    """One thread a connection, on a free port of this machine."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, traffic: Traffic) -> None:
        self.traffic = traffic
        super().__init__(("127.0.0.1", 0), Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no event; anything else is shown."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)
