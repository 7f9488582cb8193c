"""Row J of the fault catalogue: where a secret may come out at the door of the command. What servers say, files that are
written, and children's command lines are tried beside this."""

from __future__ import annotations

import os
import subprocess
import time

import pytest

from kit.hostile_builds import suite
from kit.refused import process, run
from kit.repo import repository
from kit.repo import suite as suite_files

SECRET = "hunter2-of-the-north"


@pytest.mark.row("J-two-lines", "J-build-output")
def test_a_backend_that_prints_a_secret_over_two_lines_tells_nobody(tmp_path, monkeypatch):
    monkeypatch.setenv("SOME_TOKEN", SECRET)
    code = (
        "def build_sdist(*_):\n    secret = os.environ['SOME_TOKEN']\n    print(secret[:9])\n    sys.exit(secret[9:])\n"
    )
    answer = process(suite(tmp_path / "repo", {"a": code}).root, "build", "--out", str(tmp_path / "out"))
    assert (answer.code, "***" in answer.err) == (5, True), answer
    assert not [part for part in (SECRET[:9], SECRET[9:]) if part in answer.err]


@pytest.mark.row("J-svg")
@pytest.mark.parametrize("form", ["svg", "mermaid", "dot", "json", "tree"])
def test_a_drawing_shows_no_secret(tmp_path, monkeypatch, form):
    """Not even where a module is called like one."""
    monkeypatch.setenv("SOME_TOKEN", "speech-of-secret")
    files = {path: text.replace("speech", "speech-of-secret") for path, text in suite_files().items()}
    home = repository(
        tmp_path / "repo", {path.replace("speech", "speech-of-secret"): text for path, text in files.items()}
    )
    answer = process(home.root, "graph", "--format", form)
    assert (answer.code, answer.err) == (0, ""), answer
    assert "***" in answer.out
    assert "speech-of-secret" not in answer.out


@pytest.mark.row("J-keyring-prompt")
def test_a_keyring_that_would_ask_asks_nobody_and_nobody_waits(tmp_path, monkeypatch):
    """Its backend waits at the terminal for a person; the run has none."""
    folder = tmp_path / "backend"
    folder.mkdir()
    text = "import keyring.backend\nclass Asking(keyring.backend.KeyringBackend):\n    priority = 99\n"
    text += "    def get_password(self, service, name): return input('Password: ')\n"
    text += "    set_password = delete_password = None\n"
    (folder / "asking_ring.py").write_text(text)
    files = suite_files(
        more='indexes:\n  own: {upload: "http://127.0.0.1:9/legacy/", simple: "http://127.0.0.1:9/simple/"}\n'
    )
    home = suite(tmp_path / "repo", {"a": ""})
    more = 'release: {index: own}\nindexes:\n  own: {upload: "http://127.0.0.1:9/legacy/", simple: "http://127.0.0.1:9/simple/"}\n'
    home.commit("Own index", **{"versions.yaml": home.read("versions.yaml") + more})
    assert files
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "asking_ring.Asking")
    monkeypatch.setenv("TWINE_USERNAME", "me")
    monkeypatch.delenv("TWINE_PASSWORD", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    began = time.monotonic()
    assert run(home.root, "prepare", "1.0.0", "--index", "local").code == 0
    reader, writer = os.pipe()  # a terminal at which nobody types
    line = [str(process.__globals__["EXE"]), "execute", "1.0.0", "--yes"]
    done = subprocess.run(line, cwd=home.root, stdin=reader, capture_output=True, text=True, timeout=100, check=False)
    os.close(writer)
    os.close(reader)
    assert (done.returncode, "Traceback" in done.stderr) == (6, False), done
    assert time.monotonic() - began < 90
