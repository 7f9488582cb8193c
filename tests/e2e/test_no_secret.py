"""Canaries in every place where a person keeps a secret, echoed by the server in every shape: none is found in anything
that is written or said, nor on a child's command line."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest

from kit.index import answering
from kit.suite import BIN, environment
from trainer_release.world.local_index import running

NETRC, PYPIRC, KEY, ADDRESS, REMOTE, TOKEN = (
    f"canary/{name}&{number}" for number, name in enumerate(("netrc", "pypirc", "key", "addr", "remote", "tok"), 1701)
)
CANARIES = (NETRC, PYPIRC, KEY, ADDRESS, REMOTE, TOKEN)
VARIABLES = {
    "SOME_API_KEY": KEY,
    "TWINE_USERNAME": "__token__",
    "TWINE_PASSWORD": TOKEN,
    "UNUSED_ADDRESS": f"https://me:{quote(ADDRESS, safe='')}@index.example/",
}
PARTS = [
    part for canary in CANARIES for part in (canary, quote(canary, safe=""), quote(canary), json.dumps(canary)[1:-1])
]
PARTS += [base64.b64encode(bytes(k) + c.encode()).decode()[4:-4] for c in CANARIES for k in range(3)]
PARTS += [canary.partition("/")[2] for canary in CANARIES]


def echo() -> str:
    """Everything that a server may say of a password."""
    shapes = [s for c in CANARIES for s in (c, quote(c, safe=""), f"{c[:9]}\n{c[9:]}", json.dumps({"said": c}))]
    basic = [base64.b64encode(f"{user}:{c}".encode()).decode() for c in CANARIES for user in ("me", "__token__", "")]
    return "\n".join([*shapes, *basic, f"https://me:{quote(TOKEN, safe='')}@index.example/"])


@pytest.fixture
def work(fresh, home):
    """A suite whose remote and index have passwords in their addresses, and a home with the files of a person."""
    made = fresh(
        {"a": (), "b": ("a",)},
        release="{index: internal}",
        more='indexes:\n  internal: {upload: "UPLOAD", simple: "SIMPLE"}\n',
    )
    own = made.root.parent / "person"
    own.mkdir()
    (own / ".netrc").write_text(f"machine 127.0.0.1 login me password {NETRC}\n")
    section = "[distutils]\nindex-servers = other\n[other]\nrepository = https://index.example/\n"
    (own / ".pypirc").write_text(f"{section}username = me\npassword = {PYPIRC}\n")
    (own / "tmp").mkdir()
    made.git("config", f"url.https://me:{quote(REMOTE, safe='')}@git.example/.insteadOf", "nowhere://")
    return made


def point(work, upload: str, simple: str) -> None:
    """Both addresses into the catalog, which takes none with a password."""
    work.replace("versions.yaml", "UPLOAD", upload)
    work.replace("versions.yaml", "SIMPLE", simple)
    work.commit("Where it goes")


def told(work, *words: str, code: int, traced: bool = False) -> str:
    """What a command said, and every command line of its children."""
    own = work.root.parent / "person"
    place = work.root.parent / "argv"
    trace = ["strace", "-f", "-qq", "-s", "100000", "-e", "trace=execve", "-o", str(place)] if traced else []
    env = environment(work.home) | VARIABLES | {"HOME": str(own), "TMPDIR": str(own / "tmp")}
    line = [*trace, str(BIN / "trainer-release"), *words]
    done = subprocess.run(line, cwd=work.root, env=env, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == code, f"{done.returncode}\n{done.stdout}\n{done.stderr}"
    lines = re.findall(r'execve\("[^"]*", (\[.*?\])', place.read_text()) if traced else []
    assert bool(lines) is traced
    return "\n".join([done.stdout, done.stderr, *lines])


def found(work, said: str) -> list[str]:
    """Where a canary is, in whatever shape: in what was said, in every file, in every object of git. What the person has
    written (git's configuration, the home) is theirs."""
    own = {work.root / ".git" / "config"}
    files = [path for path in work.root.parent.rglob("*") if path.is_file() and path not in own]
    texts = {str(path): path.read_bytes().decode("utf-8", "replace") for path in files if path.parent.name != "person"}
    listed = work.git("cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)").split("\n")
    for line in listed:
        oid, kind = line.split()
        if kind != "tree":
            texts[f"{kind} {oid}"] = work.git("cat-file", kind, oid)
    texts["said"] = said
    return [f"{where}: {part}" for where, text in texts.items() for part in PARTS if part in text]


def respond(path, headers):
    """An index that lists nothing, takes nothing, and says what it has heard."""
    if path.startswith("/simple/"):
        body = {"meta": {"api-version": "1.1"}, "name": path.split("/")[2], "files": [], "versions": []}
        return 200, {"Content-Type": "application/vnd.pypi.simple.v1+json"}, json.dumps(body).encode()
    shown = base64.b64decode(headers.get("Authorization", " ").rpartition(" ")[2]).decode()
    return 403, {"Content-Type": "text/plain"}, f"no: {shown}\n{echo()}".encode()


@pytest.mark.row("J-server-echo", "J-environment", "J-pypirc")
def test_a_server_that_echoes_everything_teaches_nobody_a_secret(work):
    with answering(respond) as url:
        point(work, f"{url}legacy/", f"{url}simple/")
        said = told(work, "prepare", "1.0.0", code=0)
        said += told(work, "execute", "--yes", code=6)
    assert "***" in said
    assert found(work, said) == []


@pytest.mark.row("J-environment", "J-pypirc", "J-journal")
@pytest.mark.skipif(not shutil.which("strace"), reason="strace shows every command line, and is not here")
def test_a_release_with_secrets_everywhere_writes_none_and_gives_none_to_a_child(work, tmp_path):
    with running(tmp_path / "index", ("mill-a", "mill-b", "mill-core")) as server:
        point(work, server.address.upload, server.address.simple)
        work.git("remote", "add", "origin", str(tmp_path / "remote.git"))
        work.git("init", "--quiet", "--bare", str(tmp_path / "remote.git"))
        work.git("push", "--quiet", "origin", "main")
        said = told(work, "prepare", "1.0.0", code=0, traced=True)
        said += told(work, "execute", "--yes", "--json", code=0, traced=True)
    assert "uploader" in said or "twine" in said
    assert found(work, said) == []


@pytest.mark.row("J-userinfo")
def test_a_remote_that_refuses_is_named_without_its_password(work):
    with answering(respond) as url:
        point(work, f"{url}legacy/", f"{url}simple/")
        address = url.replace("://", f"://me:{quote(REMOTE, safe='')}@")
        work.git("remote", "add", "origin", f"{address}mill.git")
        said = told(work, "prepare", "1.0.0", code=6)
    assert "remote-unreachable" in said
    assert found(work, said) == []


def test_the_canaries_are_looked_for_where_they_would_be(work):
    Path(work.root / "leak").write_text(base64.b64encode(f"me:{TOKEN}".encode()).decode())
    assert [line.partition(": ")[0] for line in found(work, NETRC)].count("said") >= 1
    assert any(line.startswith(str(work.root / "leak")) for line in found(work, ""))
