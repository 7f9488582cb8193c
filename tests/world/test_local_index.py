"""The embedded index, for real: a process on this machine, uploads by twine, installs by pip and uv."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from kit.index import make_sdist, make_wheel
from trainer_release.errors import ReleaseError
from trainer_release.world.addresses import configured
from trainer_release.world.index import default_simple, listing
from trainer_release.world.local_index import LocalIndex, running
from trainer_release.world.upload import upload

JSON = "application/vnd.pypi.simple.v1+json"
AUTH = ("local", "local")


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("index")


@pytest.fixture(scope="module")
def index(place):
    """One index for the whole file; each test takes a name of its own. Nobody configured another."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"):
            patch.delenv(name, raising=False)
        patch.setenv("PIP_CONFIG_FILE", os.devnull)
        entered = running(place, [f"Suite.{word}" for word in "abcdefghijklm"])
        with entered as local:
            yield local


def post(local: LocalIndex, path: Path, *, auth=AUTH, agent="test", **fields: str) -> requests.Response:
    form = {":action": "file_upload", "protocol_version": "1", **fields}
    content = {"content": (path.name, path.read_bytes())}
    head = {"User-Agent": agent}
    return requests.post(local.address.upload, data=form, files=content, auth=auth, headers=head, timeout=20)


def get(local: LocalIndex, package: str, accept: str = JSON) -> requests.Response:
    url = f"{local.address.simple}{package}/"
    return requests.get(url, headers={"Accept": accept}, allow_redirects=False, timeout=20)


def files(place: Path) -> list[str]:
    return [path.name for path in (place / "files").iterdir()]


def test_what_twine_uploads_is_listed_with_its_hash(index, place, tmp_path):
    wheel, sdist = make_wheel(tmp_path, "suite-a", "1.0"), make_sdist(tmp_path, "suite-a", "1.0")
    done = upload([wheel, sdist], index="local", url=index.address.upload, embedded=True, timeout=60)
    assert done.ok, done
    found = listing(index.address.simple, "Suite_A")
    assert list(found) == ["1.0"]
    assert {file.name: (file.sha256, file.size) for file in found["1.0"]} == {
        path.name: (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size) for path in (wheel, sdist)
    }


def test_the_page_is_json_or_html_as_asked_and_no_cache_keeps_it(index, tmp_path):
    post(index, make_wheel(tmp_path, "suite-b", "1.10"))
    wheel = make_wheel(tmp_path, "suite-b", "1.9")
    post(index, wheel)
    page = get(index, "suite-b")
    assert page.headers["content-type"] == JSON
    assert page.headers["cache-control"] == "no-store"
    assert page.json()["meta"]["api-version"] == "1.1"
    assert page.json()["versions"] == ["1.9", "1.10"]
    html = get(index, "suite-b", "text/html")
    assert html.headers["content-type"].startswith("text/html")
    assert html.headers["cache-control"] == "no-store"
    assert f"{wheel.name}#sha256={hashlib.sha256(wheel.read_bytes()).hexdigest()}" in html.text
    assert list(listing(index.address.simple, "suite-b")) == ["1.9", "1.10"]


def test_another_spelling_of_a_name_leads_to_the_canonical_one(index):
    assert get(index, "Suite_B").status_code == 301
    assert get(index, "Suite_B").headers["location"].endswith("/simple/suite-b/")


def test_a_name_of_the_suite_that_is_not_stored_is_unknown(index):
    assert [get(index, "suite-m", kind).status_code for kind in (JSON, "text/html")] == [404, 404]
    assert listing(index.address.simple, "suite-m") == {}


def test_a_file_that_is_there_is_refused(index, tmp_path):
    wheel = make_wheel(tmp_path, "suite-c", "1.0")
    assert post(index, wheel).status_code == 200
    before = listing(index.address.simple, "suite-c")
    other = make_wheel(tmp_path / "other", "suite-c", "1.0", ["requests"])
    assert post(index, other).status_code == 409
    done = upload([other], index="local", url=index.address.upload, embedded=True, timeout=60)
    assert done.code == 1
    assert "already exists" in done.out
    assert listing(index.address.simple, "suite-c") == before


def test_of_uploads_that_race_one_wins_and_the_others_are_told(index, place, tmp_path):
    rivals = [
        make_wheel(tmp_path / str(n), "suite-d", "1.0", files={"suite_d/n": os.urandom(500_000).hex()})
        for n in range(8)
    ]
    with ThreadPoolExecutor(8) as pool:
        answers = [answer.status_code for answer in pool.map(lambda path: post(index, path), rivals)]
    assert sorted(answers) == [200] + [409] * 7
    winner = rivals[answers.index(200)]
    (file,) = listing(index.address.simple, "suite-d")["1.0"]
    assert file.sha256 == hashlib.sha256(winner.read_bytes()).hexdigest()
    assert not [name for name in files(place) if name.startswith(".")]


@pytest.mark.parametrize(("agent", "status"), [("twine/7", 400), ("other", 409)])
def test_the_link_into_place_replaces_nothing_that_the_check_at_the_door_did_not_see(
    index, place, tmp_path, agent, status
):
    wheel = make_wheel(tmp_path, "suite-e", f"{status}.0")
    (place / "files" / wheel.name).symlink_to("nowhere")
    assert post(index, wheel, agent=agent).status_code == status
    assert (place / "files" / wheel.name).is_symlink()
    (place / "files" / wheel.name).unlink()


def test_an_upload_whose_bytes_are_not_what_was_announced_is_refused(index, tmp_path):
    wheel = make_wheel(tmp_path, "suite-f", "1.0")
    assert post(index, wheel, sha256_digest="0" * 64).status_code == 400
    assert listing(index.address.simple, "suite-f") == {}
    assert post(index, wheel, sha256_digest=hashlib.sha256(wheel.read_bytes()).hexdigest()).status_code == 200


def test_what_does_not_belong_to_the_suite_is_refused(index, place, tmp_path):
    assert post(index, make_wheel(tmp_path, "stranger", "1.0")).status_code == 403
    odd = tmp_path / "suite_g-1.0.zip.tar.gz"
    odd.write_bytes(b"")
    assert post(index, odd).status_code == 400
    assert not {"stranger-1.0-py3-none-any.whl", odd.name} & set(files(place))


def test_an_upload_without_credentials_is_refused(index, tmp_path):
    assert post(index, make_wheel(tmp_path, "suite-g", "1.0"), auth=None).status_code == 401


def test_nothing_is_ever_removed(index, tmp_path):
    post(index, make_wheel(tmp_path, "suite-h", "1.0"))
    form = {":action": "remove_pkg", "name": "suite_h", "version": "1.0"}
    assert requests.post(index.address.upload, data=form, auth=AUTH, timeout=20).status_code == 403
    assert list(listing(index.address.simple, "suite-h")) == ["1.0"]


def test_an_upload_that_breaks_off_leaves_nothing(index, place, tmp_path):
    head, tail = multipart(make_wheel(tmp_path, "suite-i", "1.0", files={"suite_i/big": os.urandom(300_000).hex()}))
    for end in (0, len(tail) // 2, len(tail) - 2):
        with socket.create_connection(address(index)) as client:
            client.sendall(head + tail[:end])
            client.shutdown(socket.SHUT_WR)
            client.recv(1000)
    assert listing(index.address.simple, "suite-i") == {}
    assert not [name for name in files(place) if "suite_i" in name or name.startswith(".")]


def test_each_request_is_a_line_in_the_log(index, place, tmp_path):
    wheel = make_wheel(tmp_path, "suite-j", "1.0")
    post(index, wheel)
    get(index, "suite-j")
    post(index, wheel)
    lines = [line.split(" ", 1)[1] for line in (place / "access.log").read_text().splitlines()[-3:]]
    assert lines == [
        f"POST / 200 {wheel.name} {hashlib.sha256(wheel.read_bytes()).hexdigest()}",
        "GET /simple/suite-j/ 200",
        f"POST / 409 {wheel.name} -",
    ]


def installs(tool: str, simple: str, target: Path, *requirements: str) -> subprocess.CompletedProcess[str]:
    words = {
        "pip": ["pip", "--isolated", "install", "--no-cache-dir", "--disable-pip-version-check"],
        "uv": ["uv", "pip", "install", "--no-config", "--no-cache", "--python", sys.executable],
    }[tool]
    argv = [sys.executable, "-m", *words, "--index-url", simple, "--target", str(target), *requirements]
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "UV_"))}
    return subprocess.run(argv, capture_output=True, text=True, env=clean, check=False, timeout=120)


@pytest.mark.parametrize("tool", ["pip", "uv"])
def test_installers_take_the_suite_from_here_and_the_rest_from_the_configured_index(tool, tmp_path, monkeypatch):
    if not importlib.util.find_spec(tool):
        pytest.skip(f"{tool} is not in this environment")
    with running(tmp_path / "theirs", ["third", "suite-a"]) as theirs:
        post(theirs, make_wheel(tmp_path, "third", "3.0"))
        post(theirs, make_wheel(tmp_path, "suite-a", "9.0"))
        monkeypatch.setenv("UV_DEFAULT_INDEX", theirs.address.simple.replace("://", "://user:secret-word@"))
        with running(tmp_path / "ours", ["suite-a", "suite-b"]) as ours:
            post(ours, make_wheel(tmp_path, "suite-a", "1.0", ["third", "suite-b"]))
            post(ours, make_wheel(tmp_path, "suite-b", "1.0"))
            done = installs(tool, ours.address.simple, tmp_path / "site", "suite-a")
            location = get(ours, "third").headers["location"]
            alone = installs(tool, ours.address.simple, tmp_path / "alone", "--no-deps", "suite-a==1.0")
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (tmp_path / "site").glob("*.dist-info")} == {
        "suite_a-1.0.dist-info",
        "suite_b-1.0.dist-info",
        "third-3.0.dist-info",
    }
    assert location == f"{theirs.address.simple}third/"
    assert alone.returncode == 0, alone.stderr


def test_an_index_that_is_not_on_the_web_is_not_redirected_to(tmp_path, monkeypatch):
    monkeypatch.setenv("UV_DEFAULT_INDEX", "internal=file:///srv/wheels")
    with running(tmp_path, ["suite-a"]) as local:
        assert get(local, "third").status_code == 404


def test_the_end_of_the_context_is_the_end_of_the_server_and_the_files_stay(tmp_path):
    with running(tmp_path / "index", ["suite-a"]) as local:
        post(local, make_wheel(tmp_path, "suite-a", "1.0"))
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address(local))
    with running(tmp_path / "index", ["suite-a"]) as again:
        assert list(listing(again.address.simple, "suite-a")) == ["1.0"]


def test_a_server_that_is_killed_in_an_upload_has_stored_nothing(tmp_path):
    place = tmp_path / "index"
    head, _ = multipart(make_wheel(tmp_path, "suite-a", "1.0"))
    with running(place, ["suite-a"]) as local, socket.create_connection(address(local)) as client:
        client.sendall(head)
        os.kill(local.pid, signal.SIGKILL)
        with pytest.raises(ReleaseError, match="index-unreachable"):
            listing(local.address.simple, "suite-a")
    (place / "files" / ".trainer-release-left").write_bytes(b"half a wheel")
    with running(place, ["suite-a"]) as local:
        assert listing(local.address.simple, "suite-a") == {}
    assert files(place) == []


def test_the_server_does_not_outlive_a_parent_that_is_killed(tmp_path):
    program = (
        "import sys, time; from pathlib import Path; from trainer_release.world.local_index import running\n"
        "with running(Path(sys.argv[1]), ['suite-a']) as local:\n"
        "    print(local.address.simple, flush=True); time.sleep(60)\n"
    )
    argv = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as parent:
        simple = parent.stdout.readline().strip()
        assert listing(simple, "suite-a") == {}
        parent.kill()
    parts = urlsplit(simple)
    for _ in range(100):
        try:
            socket.create_connection((parts.hostname, parts.port)).close()
        except ConnectionRefusedError:
            return
        time.sleep(0.05)
    pytest.fail("the server still answers")


def test_a_port_that_is_taken_is_said_so(index, tmp_path):
    with pytest.raises(ReleaseError) as caught, running(tmp_path, [], port=address(index)[1]):
        pass
    (problem,) = caught.value.problems
    assert problem.code == "index-start-failed"
    assert "in use" in problem.context[-1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_in_the_foreground_it_serves_until_it_is_told_to_stop(tmp_path, number):
    (tmp_path / "names").write_text("suite-a\n")
    words = [
        "--folder",
        str(tmp_path / "new"),
        "--port",
        "0",
        "--names-file",
        str(tmp_path / "names"),
        "--foreground",
    ]
    argv = [sys.executable, "-m", "trainer_release.world.local_server", *words]
    with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as server:
        assert listing(server.stdout.readline().strip(), "suite-a") == {}
        server.send_signal(number)
        assert server.wait(10) == 0


def test_the_configured_index_is_the_users_own(tmp_path, monkeypatch):
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    assert configured() is None
    monkeypatch.setenv("PIP_INDEX_URL", "https://index.example/pip/?a=b")
    assert configured() == "https://index.example/pip/?a=b"
    monkeypatch.setenv("UV_INDEX_URL", "https://index.example/older/")
    assert configured() == "https://index.example/older/"
    monkeypatch.setenv("UV_DEFAULT_INDEX", "corp=https://index.example/uv/")
    assert configured() == "https://index.example/uv/"


def test_a_person_who_configured_no_index_is_sent_to_the_public_one(index):
    assert get(index, "third").headers["location"] == f"{default_simple('pypi')}third/"


def address(local: LocalIndex) -> tuple[str, int]:
    parts = urlsplit(local.address.simple)
    return parts.hostname, parts.port


def multipart(path: Path) -> tuple[bytes, bytes]:
    """An upload as raw HTTP in two pieces; the first ends amid the form, before the file's bytes."""
    mark = b"--mark\r\nContent-Disposition: form-data; name="
    form = mark + b'":action"\r\n\r\nfile_upload\r\n'
    form += mark + b'"content"; filename="' + path.name.encode() + b'"\r\n\r\n'
    tail = path.read_bytes() + b"\r\n--mark--\r\n"
    head = (
        "POST / HTTP/1.1\r\nHost: index.example\r\nContent-Type: multipart/form-data; boundary=mark\r\n"
        f"Authorization: Basic {base64.b64encode(b'local:local').decode()}\r\n"
        f"Content-Length: {len(form) + len(tail)}\r\n\r\n"
    )
    return head.encode() + form, tail
