"""The real pypiserver and devpi-server, each as a plain process of its own: second opinions on our test index."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from kit.suite import BIN
from trainer_release.model.catalog import IndexAddress

ACCOUNT = ("root", "correct-horse")


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _serving(line: list[str | Path], url: str, log: Path) -> Iterator[None]:
    with log.open("wb") as said, subprocess.Popen(line, stdout=said, stderr=said, stdin=subprocess.DEVNULL) as process:
        try:
            for _ in range(600):
                assert process.poll() is None, log.read_text()
                try:
                    requests.get(url, timeout=5)
                    break
                except requests.ConnectionError:
                    time.sleep(0.1)
            yield
        finally:
            process.terminate()


@contextmanager
def pypiserver(folder: Path) -> Iterator[IndexAddress]:
    """pypiserver over an empty folder; whoever gives any credentials may upload."""
    port, files = _port(), folder / "files"
    files.mkdir(parents=True)
    url = f"http://127.0.0.1:{port}/"
    line = [sys.executable, "-m", "pypiserver", "run", "-p", str(port), "-i", "127.0.0.1", "-P", ".", "-a", "."]
    with _serving([*line, "--disable-fallback", files], url, folder / "log"):
        yield IndexAddress("internal", url, f"{url}simple/")


@contextmanager
def devpi(folder: Path, *, volatile: bool = False) -> Iterator[IndexAddress]:
    """devpi-server with one stage of root's, in an environment made for it; skipped where that cannot be installed."""
    env = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
    uv, venv, home = BIN / "uv", folder / "venv", folder / "server"
    subprocess.run([uv, "venv", "-q", "--python", sys.executable, venv], check=True, env=env)
    install = [uv, "pip", "install", "-q", "--python", venv / "bin" / "python", "devpi-server>=6.20"]
    done = subprocess.run(install, check=False, env=env, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"devpi-server cannot be installed here: {done.stderr.strip().splitlines()[-1]}")
    words = ["--serverdir", home, "--no-root-pypi", "--root-passwd", ACCOUNT[1]]
    subprocess.run([venv / "bin" / "devpi-init", *words], check=True, capture_output=True)
    port = _port()
    url = f"http://127.0.0.1:{port}/"
    line = [venv / "bin" / "devpi-server", "--serverdir", home, "--host", "127.0.0.1", "--port", str(port)]
    with _serving(line, f"{url}+api", folder / "log"):
        made = {"volatile": volatile, "bases": []}
        requests.put(f"{url}root/own", json=made, auth=ACCOUNT, timeout=30).raise_for_status()
        yield IndexAddress("internal", f"{url}root/own/", f"{url}root/own/+simple/")
