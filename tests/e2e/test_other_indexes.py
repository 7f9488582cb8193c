"""An index that is not the embedded one: it is asked for, needs credentials, may refuse, may hold other bytes."""

import json

import pytest

from kit.index import answering, make_wheel
from trainer_release.world.local_index import running

SECRET = "correct-horse-battery"
PACKAGES = ("mill-a", "mill-b", "mill-core")


@pytest.fixture
def other(tmp_path):
    with running(tmp_path / "index", PACKAGES) as server:
        yield server.address


def at(fresh, upload, simple):
    work = fresh(
        {"a": (), "b": ("a",)},
        release="{index: internal}",
        more=f'indexes:\n  internal: {{upload: "{upload}", simple: "{simple}"}}\n',
    )
    work.run("prepare", "1.0.0")
    return work


def posts(folder):
    return [line.split()[4] for line in (folder / "access.log").read_text().splitlines() if " POST " in line]


def test_without_credentials_or_a_yes_nothing_is_uploaded_and_with_both_all_is(fresh, other, tmp_path):
    work = at(fresh, other.upload, other.simple)
    assert "error[no-credentials]" in work.run("execute", code=6).err
    told = work.run("execute", code=6, TWINE_USERNAME="me", TWINE_PASSWORD=SECRET)
    assert "error[not-confirmed]" in told.err
    assert SECRET not in told.err + told.out
    assert posts(tmp_path / "index") == []
    # With both, the suite is published there, and the manifest says where.
    done = work.run("execute", "--yes", TWINE_USERNAME="me", TWINE_PASSWORD=SECRET)
    assert SECRET not in done.err + done.out
    assert len(posts(tmp_path / "index")) == 6
    page = work.manifest("1.0.0")["modules"]["mill-a"]["pypi_url"]
    assert page == f"{other.simple}mill-a/"
    assert posts(tmp_path / "index")[-1].startswith("mill_core-")


def test_a_refused_upload_leaves_its_dependents_untouched_and_shows_no_secret(fresh):
    seen = []

    def respond(path, headers):
        if path.startswith("/simple/"):
            body = {"meta": {"api-version": "1.1"}, "name": path.split("/")[2], "files": [], "versions": []}
            return 200, {"Content-Type": "application/vnd.pypi.simple.v1+json"}, json.dumps(body).encode()
        seen.append(path)
        return 403, {}, f"no rights for {SECRET}".encode()

    with answering(respond) as url:
        work = at(fresh, f"{url}legacy/", f"{url}simple/")
        told = work.run("execute", "--yes", code=6, TWINE_USERNAME="me", TWINE_PASSWORD=SECRET)
    assert "error[upload-refused]: publish_dists a: mill-a 1.0.0" in told.err
    assert "Left out b: it needs a" in told.err
    assert "published: none; not published: a; left alone: b (needs a), core (needs a)" in told.err
    assert "run `trainer-release execute 1.0.0`" in told.err
    assert SECRET not in told.err + told.out
    journal = (work.cache / "journal" / "1.0.0" / "execute-internal.jsonl").read_text()
    assert SECRET not in journal
    assert seen == ["/legacy/"]


def test_other_bytes_under_one_of_our_names_stop_everything_before_the_first_upload(fresh, other, tmp_path):
    work = at(fresh, other.upload, other.simple)
    make_wheel(tmp_path / "index" / "files", "mill-b", "1.0.0")
    told = work.run("execute", "--yes", code=10, TWINE_USERNAME="me", TWINE_PASSWORD=SECRET)
    assert "error[file-differs]" in told.err
    assert "mill_b-1.0.0-py3-none-any.whl" in told.err
    assert posts(tmp_path / "index") == []


def test_in_ci_the_embedded_index_must_be_asked_for_and_an_unknown_one_is_told(fresh):
    work = fresh({"a": ()})
    work.run("prepare", "1.0.0")
    assert "error[not-confirmed]" in work.run("execute", code=6, CI="true").err
    work.run("execute", "--index", "local", CI="true")
    told = work.run("prepare", "1.1.0", "--index", "nowhere", code=2)
    assert "error[index-unknown]" in told.err
    assert "pypi, testpypi" in told.err
