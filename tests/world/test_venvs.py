"""Environments for real, with uv and without: what is installed, and where it comes from."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from kit.index import make_wheel
from trainer_release.errors import Exit, ReleaseError
from trainer_release.world.builds import find_uv
from trainer_release.world.files import sha256
from trainer_release.world.pipconf import ca_bundle, index_of_pip
from trainer_release.world.venvs import INDEXES, Venvs, interpreter


@pytest.fixture(scope="module", params=["uv", "pip"])
def made(request, tmp_path_factory) -> tuple[Venvs, Path]:
    """An environment for each installer; every test installs distributions with names of its own."""
    venvs = Venvs(interpreter(), find_uv() if request.param == "uv" else None)
    return venvs, venvs.create(tmp_path_factory.mktemp(request.param) / "env")


@pytest.fixture(autouse=True)
def plain(monkeypatch, tmp_path):
    """The person has configured no index, and pip's and uv's caches are new."""
    for name in INDEXES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv-cache"))
    monkeypatch.setenv("PIP_CACHE_DIR", str(tmp_path / "pip-cache"))


@contextmanager
def index(folder: Path, **headers: str) -> Iterator[str]:
    """An index over a folder's wheels: a plain web server that lists `simple/<name>/`; gives its URL."""
    (folder / "simple").mkdir(parents=True, exist_ok=True)

    class Handler(SimpleHTTPRequestHandler):
        def end_headers(self) -> None:
            for name, value in headers.items():
                self.send_header(name, value)
            super().end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=folder)) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/simple/"
        finally:
            server.shutdown()
            thread.join()


def version_of(venvs: Venvs, python: Path, name: str) -> str | None:
    held = dict(line.split("==") for line in venvs.freeze(python))
    return held.get(name)


def mark_of(venvs: Venvs, python: Path, module: str) -> str:
    """Which of two files with one name and version is installed."""
    return venvs.inspect(python, f"import {module}; print({module}.MARK)").out.strip()


def marked(folder: Path, name: str, version: str, mark: str) -> Path:
    stem = name.replace("-", "_")
    return make_wheel(folder, name, version, files={f"{stem}/__init__.py": f"MARK = {mark!r}\n"})


def test_the_interpreter_is_the_real_one():
    found = interpreter()
    asked = [found, "-I", "-c", "import sys; print(sys.prefix == sys.base_prefix, sys.version)"]
    answer = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    assert Path(found).is_absolute()
    assert not Path(found).is_symlink()
    assert answer.startswith("True")


def test_an_interpreter_that_is_none_is_refused(made, tmp_path):
    venvs = Venvs(str(tmp_path / "python"), made[0].uv)
    with pytest.raises(ReleaseError) as caught:
        venvs.create(tmp_path / "env")
    (problem,) = caught.value.problems
    assert (problem.code, problem.exit) == ("environment-failed", Exit.GATE)
    assert problem.context


def test_an_environment_that_does_not_run_is_named(made, tmp_path):
    with pytest.raises(ReleaseError, match="does not run"):
        made[0].freeze(tmp_path / "python")


def test_a_wheel_comes_from_its_path_and_the_report_says_so(made, tmp_path):
    venvs, python = made
    wheel = marked(tmp_path / "local", "by-path", "1.0", "local")
    marked(tmp_path / "index/simple/by-path", "by-path", "1.0", "index")
    marked(tmp_path / "index/simple/by-name", "by-name", "1.0", "index")
    report = tmp_path / "report.json"
    with index(tmp_path / "index") as url:
        done = venvs.install(python, ["by-name==1.0"], wheels=[wheel], index_url=url, report=report)
    assert done.ok, done.tail
    assert mark_of(venvs, python, "by_path") == "local"
    said = {entry["name"]: entry for entry in json.loads(report.read_text())}
    assert said["by-path"] == {"name": "by-path", "version": "1.0", "url": wheel.as_uri()}
    assert said["by-name"]["url"] is None


def test_a_sibling_held_to_its_file_never_comes_from_the_index(made, tmp_path):
    venvs, python = made
    sibling = marked(tmp_path / "local", "held", "1.0", "local")
    wheel = make_wheel(tmp_path / "local", "needs-held", "1.0", ["held>=1.0"])
    for version in ("1.0", "1.1"):
        marked(tmp_path / "index/simple/held", "held", version, "index")
    with index(tmp_path / "index") as url:
        held = [f"held @ {sibling.as_uri()}#sha256={sha256(sibling)}"]
        done = venvs.install(python, [], wheels=[wheel], constraints=held, index_url=url)
    assert done.ok, done.tail
    assert (version_of(venvs, python, "held"), mark_of(venvs, python, "held")) == ("1.0", "local")


def test_a_sibling_held_to_its_file_never_comes_from_a_persons_folder(made, tmp_path, monkeypatch):
    venvs, python = made
    sibling = marked(tmp_path / "local", "kept", "1.0", "local")
    wheel = make_wheel(tmp_path / "local", "needs-kept", "1.0", ["kept==1.0"])
    marked(tmp_path / "links", "kept", "1.0", "links")
    for tool in ("PIP", "UV"):
        monkeypatch.setenv(f"{tool}_FIND_LINKS", str(tmp_path / "links"))
        monkeypatch.setenv(f"{tool}_NO_INDEX", "1")
    done = venvs.install(python, [], wheels=[wheel], constraints=[f"kept @ {sibling.as_uri()}"])
    assert done.ok, done.tail
    assert mark_of(venvs, python, "kept") == "local"


def test_a_version_constraint_is_obeyed(made, tmp_path):
    venvs, python = made
    for version in ("1.0", "1.1"):
        make_wheel(tmp_path / "index/simple/bound", "bound", version)
    with index(tmp_path / "index") as url:
        done = venvs.install(python, ["bound"], constraints=["bound==1.0"], index_url=url)
    assert done.ok, done.tail
    assert version_of(venvs, python, "bound") == "1.0"


def test_the_named_index_is_the_only_one(made, tmp_path, monkeypatch):
    venvs, python = made
    make_wheel(tmp_path / "links", "elsewhere", "1.0")
    for name in ("PIP_FIND_LINKS", "UV_FIND_LINKS"):
        monkeypatch.setenv(name, str(tmp_path / "links"))
    configured = tmp_path / "pip.conf"
    configured.write_text(f"[global]\nfind-links = {tmp_path / 'links'}\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(configured))
    with index(tmp_path / "index") as url:
        done = venvs.install(python, ["elsewhere"], index_url=url)
    assert done.code == 1
    assert "elsewhere" in " ".join(done.tail)


def test_a_failing_installation_says_why_and_keeps_the_password(made, tmp_path):
    venvs, python = made
    make_wheel(tmp_path / "index/simple/clash", "clash", "1.0", ["nowhere>=2"])
    with index(tmp_path / "index") as url:
        done = venvs.install(python, ["clash"], index_url=url.replace("://", "://user:hunter2@"))
    assert not done.ok
    assert "nowhere" in " ".join(done.tail)
    assert "hunter2" not in repr(done)


def test_an_index_on_this_machine_is_reached_past_a_proxy(made, tmp_path, monkeypatch):
    venvs, python = made
    make_wheel(tmp_path / "index/simple/past-proxy", "past-proxy", "1.0")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{closed.getsockname()[1]}")
        with index(tmp_path / "index") as url:
            done = venvs.install(python, ["past-proxy"], index_url=url)
    assert done.ok, done.tail


def test_what_is_cached_of_a_refreshed_package_is_not_believed(made, tmp_path):
    venvs, python = made
    make_wheel(tmp_path / "index/simple/renewed", "renewed", "1.0")
    with index(tmp_path / "index", **{"Cache-Control": "max-age=600"}) as url:
        assert venvs.install(python, ["renewed"], index_url=url).ok
        make_wheel(tmp_path / "index/simple/renewed", "renewed", "1.1")
        done = venvs.install(python, ["renewed==1.1"], index_url=url, refresh=["renewed"])
    assert done.ok, done.tail
    assert version_of(venvs, python, "renewed") == "1.1"


@pytest.mark.parametrize("place", ["file", "PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"])
def test_without_an_index_the_persons_own_is_asked(place, tmp_path, monkeypatch):
    venvs = Venvs(interpreter(), find_uv())
    python = venvs.create(tmp_path / "env")
    make_wheel(tmp_path / "index/simple/own", "own", "1.0")
    with index(tmp_path / "index") as url:
        configured = tmp_path / "pip.conf"
        configured.write_text(f"[global]\nindex-url = {url}\n" if place == "file" else "")
        monkeypatch.setenv("PIP_CONFIG_FILE", str(configured))
        if place != "file":
            monkeypatch.setenv(place, url)
        done = venvs.install(python, ["own"])
    assert done.ok, done.tail


def test_inspection_is_away_from_the_callers_variables_and_folder(made, monkeypatch, tmp_path):
    (tmp_path / "planted.py").write_text("")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    code = "import sys; print(sys.argv[1:], sys.prefix != sys.base_prefix); import planted"
    done = made[0].inspect(made[1], code, "--one", "two")
    assert done.out == "['--one', 'two'] True\n"
    assert "No module named 'planted'" in done.err


def test_pips_configuration_is_read_as_pip_reads_it(tmp_path, monkeypatch):
    home, shared = tmp_path / "home", tmp_path / "xdg" / "pip" / "pip.conf"
    for path, text in {
        shared: "[global]\nindex-url = https://shared.index.example/\ncert = /shared.pem\n",
        home / ".pip/pip.conf": "[global]\nindex-url = https://old.index.example/\n",
        home / ".config/pip/pip.conf": "[global]\nindex-url = https://a.index.example/\n"
        "[install]\nindex-url = https://home.index.example/\n",
        tmp_path / "broken.conf": "no section\n",
    }.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(shared.parents[1]))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.delenv("PIP_CERT", raising=False)
    assert index_of_pip() is None, "os.devnull as PIP_CONFIG_FILE means no file at all"
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "broken.conf"))
    assert index_of_pip() == "https://home.index.example/"
    monkeypatch.setenv("PIP_INDEX_URL", "https://variable.index.example/")
    assert index_of_pip() == "https://variable.index.example/"
    if not Path("/etc/pip.conf").exists():
        assert ca_bundle() == "/shared.pem"
