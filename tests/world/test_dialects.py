"""The test index answers as the indexes of the world do: what other tests take for granted is tried here."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from kit.dialects import DIALECTS, JSON, Index, running
from kit.index import make_sdist, make_wheel
from kit.publishing import Simulated
from trainer_release.world import index as asking

DAY = 86400.0


def send(index: Index, path: Path, *, agent="test", auth=("me", "pass"), **fields: str) -> tuple[int, str]:
    form = {":action": "file_upload", "protocol_version": "1", **fields}
    files = {"content": (path.name, path.read_bytes())}
    url, head = index.address.upload, {"User-Agent": agent}
    answer = requests.post(url, data=form, files=files, auth=auth, headers=head, allow_redirects=False, timeout=5)
    return answer.status_code, answer.text.strip()


def release(index: Index, name: str, version: str) -> requests.Response:
    return requests.get(f"{index.address.json}/{name}/{version}/json", timeout=5)


@pytest.fixture
def wheel(tmp_path):
    return make_wheel(tmp_path, "suite-a", "1.0.0")


@pytest.fixture
def rebuilt(tmp_path):
    return make_wheel(tmp_path / "again", "suite-a", "1.0.0", files={"x.txt": "other bytes"})


@pytest.mark.parametrize(
    ("dialect", "same", "other", "after_delete", "kept"),
    [
        ("pypi", 200, 400, 400, "first"),
        ("pypiserver", 409, 409, 200, "first"),
        ("devpi", 200, 409, 200, "first"),
        ("devpi-volatile", 200, 200, 200, "last"),
        ("hiding-404", 404, 404, 200, "first"),
        ("hiding-200", 200, 200, 200, "first"),
    ],
)
def test_a_name_that_is_there_is_answered_as_the_dialect_does(dialect, same, other, after_delete, kept, wheel, rebuilt):
    with running(dialect) as index:
        assert send(index, wheel)[0] == 200
        assert (send(index, wheel)[0], send(index, rebuilt)[0]) == (same, other)
        assert index.files[wheel.name] == {"first": wheel, "last": rebuilt}[kept].read_bytes()
        (file,) = asking.listing(index.address.simple, "suite-a")["1.0.0"]
        assert file.sha256 == index.events[{"first": 0, "last": 2}[kept]].sha256
        assert asking.download(file, wheel.parent / "down").read_bytes() == index.files[wheel.name]
        index.delete(wheel.name)
        assert asking.listing(index.address.simple, "suite-a") == {}
        assert send(index, wheel)[0] == after_delete


def test_pypiserver_says_400_to_twine_and_pypi_says_why(wheel, rebuilt):
    with running("pypiserver") as index:
        assert [send(index, wheel, agent="twine/7.0.0")[0] for _ in "ab"] == [200, 400]
    with running("pypi") as index:
        assert send(index, wheel, sha256_digest="0" * 64) == (
            400,
            "The digest supplied does not match a digest calculated from the uploaded file.",
        )
        send(index, wheel)
        assert send(index, rebuilt)[1].startswith("File already exists")
        index.delete(wheel.name)
        assert "previously used" in send(index, wheel)[1]
        assert (
            requests.get(f"{index.address.simple}suite-a/", headers={"Accept": JSON}, timeout=5).json()["files"] == []
        )


def test_credentials_count_and_a_proxy_that_hides_says_nothing_of_them(wheel):
    told = {}
    for dialect in DIALECTS:
        with running(dialect, account=("me", "right")) as index:
            told[dialect] = send(index, wheel)[0], len(index.files), send(index, wheel, auth=("me", "right"))[0]
    expected = {"pypi": 403, "hiding-404": 404, "hiding-200": 200}
    assert told == {dialect: (expected.get(dialect, 401), 0, 200) for dialect in DIALECTS}


def test_new_projects_are_counted_by_the_day_and_old_ones_are_free(tmp_path):
    clock = Simulated()
    wheels = [make_wheel(tmp_path, f"suite-{letter}", "1.0.0") for letter in "abc"]
    with running("pypi", quota=2, retry_after="7", clock=clock) as index:
        assert [send(index, wheel)[0] for wheel in wheels] == [200, 200, 429]
        assert send(index, wheels[2])[1] == "Too many new projects created"
        assert send(index, make_wheel(tmp_path, "suite-a", "1.0.1"))[0] == 200
        answer = requests.post(
            index.address.upload, files={"content": (wheels[2].name, b"")}, auth=("me", "x"), timeout=5
        )
        assert answer.headers["Retry-After"] == "7"
        clock.sleep(DAY)
        assert send(index, wheels[2])[0] == 200


def test_a_release_takes_files_for_fourteen_days_and_the_same_bytes_for_ever(tmp_path, wheel):
    clock = Simulated()
    sdist = make_sdist(tmp_path, "suite-a", "1.0.0")
    with running("pypi", clock=clock) as index:
        assert send(index, wheel)[0] == 200
        clock.sleep(14 * DAY + 1)
        assert send(index, wheel)[0] == 200
        status, text = send(index, sdist)
        assert (status, "14 days" in text) == (400, True)
        assert send(index, make_sdist(tmp_path, "suite-a", "1.0.1"))[0] == 200


@pytest.mark.parametrize(("state", "shown"), [("quarantined", 0), ("archived", 1)])
def test_a_project_that_is_closed_takes_nothing_and_says_so(tmp_path, wheel, state, shown):
    with running("pypi") as index:
        send(index, wheel)
        {"quarantined": index.quarantine, "archived": index.archive}[state]("suite-a")
        assert send(index, make_wheel(tmp_path, "suite-a", "1.0.1"))[0] == 403
        page = requests.get(f"{index.address.simple}suite-a/", headers={"Accept": JSON}, timeout=5).json()
        assert (page["project-status"], len(page["files"])) == ({"status": state}, shown)


def test_the_json_of_a_release_is_there_at_once_and_the_simple_page_later(wheel):
    clock = Simulated()
    with running("pypi", clock=clock, stale=1200.0) as index:
        send(index, wheel)
        (file,) = release(index, "Suite.A", "1.0.0").json()["urls"]
        assert (file["filename"], file["digests"]["sha256"]) == (wheel.name, index.events[0].sha256)
        assert asking.listing(index.address.simple, "suite-a") == {}
        clock.sleep(1200)
        page = requests.get(f"{index.address.simple}suite-a/", headers={"Accept": JSON}, timeout=5).json()
        assert (page["meta"], page["versions"]) == ({"api-version": "1.4"}, ["1.0.0"])
        assert page["files"][0]["upload-time"] == "2026-11-22T12:00:00.000000Z"
        index.stale = 10 * DAY  # another node answers
        assert asking.listing(index.address.simple, "suite-a") == {}
        assert (release(index, "suite-a", "2.0").status_code, release(index, "other", "1.0.0").status_code) == (
            404,
            404,
        )
        index.yank(wheel.name, "broken")
        assert release(index, "suite-a", "1.0.0").json()["urls"][0]["yanked_reason"] == "broken"


@pytest.mark.parametrize(
    ("dialect", "client"), [("pypi", "uv"), pytest.param("pypiserver", "pip", marks=pytest.mark.full)]
)
def test_wheels_install_from_it(dialect, client, tmp_path):
    with running(dialect) as index:
        send(index, make_wheel(tmp_path, "suite-a", "1.0.0"))
        send(index, make_wheel(tmp_path, "suite-b", "1.0.0", ["suite-a==1.0.0"]))
        common = ["install", "--target", str(tmp_path / "there"), "--index-url", index.address.simple, "suite-b==1.0.0"]
        own = {
            "uv": [Path(sys.executable).parent / "uv", "pip", *common, "--no-cache"],
            "pip": [sys.executable, "-m", "pip", *common],
        }
        env = {key: value for key, value in os.environ.items() if not key.startswith(("UV_", "PIP_"))}
        subprocess.run(own[client], check=True, capture_output=True, env=env, timeout=60)
    assert sorted(path.name for path in (tmp_path / "there").glob("suite_?")) == ["suite_a", "suite_b"]
