"""Row J of the fault catalogue: where a secret may come out at the door of the command. What servers say, files that are
written, and children's command lines are tried beside this."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from kit.hostile_builds import suite
from kit.index import answering
from kit.refused import EXE, process, run
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


RING = """
import keyring.backend
class Asking(keyring.backend.KeyringBackend):
    priority = 99
    def get_password(self, service, name):
        open("MARK", "w").close()
        return input("Password: ")
    set_password = delete_password = None
"""


def lists_nothing(path, headers):
    """An index that has nothing and takes nothing."""
    body = {"meta": {"api-version": "1.1"}, "name": path.split("/")[2], "files": [], "versions": []}
    simple = path.startswith("/simple/")
    kind = "application/vnd.pypi.simple.v1+json" if simple else "text/plain"
    return 200 if simple else 403, {"Content-Type": kind}, json.dumps(body).encode()


@pytest.mark.row("J-keyring-prompt")
def test_a_keyring_that_asks_at_a_terminal_where_nobody_is_holds_nothing_up(tmp_path, monkeypatch):
    (tmp_path / "ring").mkdir()
    (tmp_path / "ring/asking_ring.py").write_text(RING.replace("MARK", str(tmp_path / "asked")))
    home = suite(tmp_path / "repo", {"a": ""})
    monkeypatch.setenv("TWINE_USERNAME", "me")
    monkeypatch.delenv("TWINE_PASSWORD", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    with answering(lists_nothing) as url:
        more = f'release: {{index: own}}\nindexes: {{own: {{upload: "{url}legacy/", simple: "{url}simple/"}}}}\n'
        home.commit("An index", **{"versions.yaml": home.read("versions.yaml") + more})
        assert run(home.root, "prepare", "1.0.0").code == 0
        env = os.environ | {"PYTHONPATH": str(tmp_path / "ring"), "PYTHON_KEYRING_BACKEND": "asking_ring.Asking"}
        reader, writer = os.pipe()  # at which nobody types
        line = [str(EXE), "execute", "1.0.0", "--yes"]
        said = subprocess.run(
            line, cwd=home.root, env=env, stdin=reader, capture_output=True, text=True, timeout=60, check=False
        )
        os.close(reader)
        os.close(writer)
    assert (tmp_path / "asked").exists()
    assert "error[no-credentials]" in said.stderr
    assert said.stdout == ""
    assert (said.returncode, "Traceback" in said.stderr) == (6, False), said
