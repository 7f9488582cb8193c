"""The release's page on GitHub: a draft with every file before the first upload, published as the last act."""

from __future__ import annotations

import shutil

import pytest

from kit.github import FakeGitHub, Fault
from kit.simulated import Simulated
from kit.suite import Workspace, environment
from trainer_release.app.execute import Options, execute
from trainer_release.errors import ReleaseError
from trainer_release.release.step import Clock

FILES = 4
LISTS = {"mill-1.0.0-manifest.json", "mill-1.0.0-constraints.txt"}


@pytest.fixture
def hub():
    with FakeGitHub() as server:
        yield server
        assert server.leaks == []


@pytest.fixture
def there(pair, hub, tmp_path) -> Workspace:
    """The prepared pair, whose remote is on that server; git itself goes to a bare repository."""
    at(pair, hub, tmp_path)
    return pair


def at(work: Workspace, hub: FakeGitHub, tmp_path) -> None:
    bare = tmp_path / "bare.git"
    if not bare.exists():
        work.git("init", "--quiet", "--bare", "--initial-branch=main", str(bare))
    work.git("config", f"url.{bare}.insteadOf", hub.url)
    work.git("remote", "add", "origin", hub.url)


def recorded(work: Workspace) -> dict[str, str]:
    modules = work.record("v1.0.0")["modules"].values()
    return {file["name"]: file["sha256"] for module in modules for file in module["files"]}


@pytest.fixture
def run(there, hub, monkeypatch):
    """`execute` in this very process, where waiting takes no time; the codes that it ended with."""
    for name, value in (environment(there.home) | hub.environment).items():
        monkeypatch.setenv(name, value)
    clock = Simulated()

    def executed() -> tuple[int, list[str]]:
        try:
            execute(there.root, Options(clock=Clock(clock.now, clock.monotonic, clock.sleep)))
        except ReleaseError as error:
            return int(error.exit), [f"{problem.code}: {problem.message} {problem.hint}" for problem in error.problems]
        return 0, []

    return executed


def broken(method: str, fault: Fault):
    return lambda asked: fault if asked.method == method else None


@pytest.mark.row("G10-draft-first")
def test_every_file_is_in_the_draft_before_the_first_upload_and_the_page_is_published_last(there, hub):
    seen = []
    hub.faults = lambda asked: seen.append((asked.method, len(there.uploads())))
    done = there.run("execute", **hub.environment)

    made = hub.release("v1.0.0")
    assert set(hub.assets("v1.0.0")) == set(recorded(there)) | LISTS
    assert (made["draft"], made["prerelease"], hub.latest) == (False, False, "v1.0.0")
    assert made["name"] == "mill 1.0.0"
    assert "- Everything." in made["body"]
    assert "| mill-a | 1.0.0 |" in made["body"]
    writes = [(method, uploads) for method, uploads in seen if method != "GET"]
    before, after = writes[: 1 + FILES], writes[1 + FILES :]
    assert before == [("POST", 0)] * (1 + FILES)
    assert after == [("POST", FILES)] * 2 + [("PATCH", FILES)]
    assert hub.environment["GITHUB_TOKEN"] not in done.out + done.err
    for place in (there.cache / "journal").rglob("*.jsonl"):
        assert hub.environment["GITHUB_TOKEN"] not in place.read_text()
    # Run again, it finds nothing to do: no request that writes, to nobody.
    asked, uploads = len(hub.writes), len(there.uploads())
    again = there.run("execute", **hub.environment)
    assert (len(hub.writes), len(there.uploads())) == (asked, uploads)
    assert "Done before the suite  page" in again.err


def test_an_outage_before_the_first_upload_stops_everything_and_one_after_the_last_leaves_the_page_alone(
    there, hub, run
):
    hub.faults = broken("POST", Fault(503))
    code, (told,) = run()
    assert (code, told.split()[:2]) == (6, ["github-unreachable:", "draft_release:"])
    hub.faults = broken("POST", Fault(429, {"Retry-After": "7200"}))
    code, (told,) = run()
    assert (code, told.split()[:2]) == (8, ["github-paused:", "draft_release:"])
    assert there.uploads() == []

    hub.faults = broken("PATCH", Fault(503))
    code, (told,) = run()
    assert (code, told.split()[:2]) == (7, ["github-page-unfinished:", "publish_release:"])
    assert "run `trainer-release execute 1.0.0` again" in told
    assert len(there.uploads()) == FILES
    assert hub.release("v1.0.0")["draft"]

    hub.faults = lambda _: None
    assert run() == (0, [])
    assert not hub.release("v1.0.0")["draft"]
    assert len(there.uploads()) == FILES


def test_the_draft_gives_back_what_no_machine_has_any_more(there, hub, tmp_path):
    kept = {path.name: path.read_bytes() for path in (there.cache / "artifacts").rglob("mill_*")}
    odd = next(name for name in kept if name.endswith(".tar.gz"))
    hub.add("v1.0.0", draft=True, files={name: data for name, data in kept.items() if name != odd})
    hub.half(hub.release("v1.0.0")["id"], odd, b"half")
    shutil.rmtree(there.cache)

    told = there.run("execute", **hub.environment).err

    assert "3 from the draft release, 1 built again from v1.0.0" in told
    assert {name: hub.assets("v1.0.0")[name] for name in kept} == kept
    assert sorted(there.uploads()) == sorted(kept)


def test_another_file_in_the_draft_stops_everything_before_the_first_upload(there, hub):
    hub.add("v1.0.0", draft=True, files={"mill_b-1.0.0.tar.gz": b"another"})
    told = there.run("execute", code=10, **hub.environment).err
    assert "error[asset-differs]" in told
    assert "another mill_b-1.0.0.tar.gz" in told
    assert there.uploads() == []


def test_while_the_index_has_some_files_a_silent_forge_holds_up_nothing_but_its_page(there, hub, run, tmp_path):
    done = there.copy(tmp_path / "done")
    done.run("execute")
    (there.data / "index" / "files").mkdir(parents=True, exist_ok=True)
    for file in (done.data / "index" / "files").glob("mill_a-*"):
        shutil.copy2(file, there.data / "index" / "files")
    shutil.rmtree(there.cache)
    hub.faults = lambda _: Fault(503)
    assert run()[0] == 7
    assert sorted(there.uploads()) == ["mill_b-1.0.0-py3-none-any.whl", "mill_b-1.0.0.tar.gz"]
    hub.faults = lambda _: None
    assert run() == (0, [])
    assert set(hub.assets("v1.0.0")) == set(recorded(there)) | LISTS, "those of the index are fetched from there"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"GITHUB_TOKEN": ""}, "no GitHub release: neither GITHUB_TOKEN nor GH_TOKEN is set"),
        ({"GITHUB_SERVER_URL": ""}, "no GitHub release: the remote origin is not on GitHub"),
        ({}, "a release of company/mill on GitHub: a draft first, published last"),
    ],
)
def test_the_review_says_whether_there_will_be_a_page_and_why_not(there, hub, change, said):
    plan = there.run("execute", "--dry-run", **hub.environment | {"GH_TOKEN": ""} | change).out
    assert said in plan
    assert hub.asked == []
