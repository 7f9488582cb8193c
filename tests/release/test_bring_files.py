"""Files that are nowhere at hand: taken from the draft release, or built again in the release commit, byte for byte."""

from __future__ import annotations

import platform

import pytest

from kit.facts import world
from kit.github import REPOSITORY, FakeGitHub, Fault
from kit.repo import repository
from kit.simulated import Simulated
from kit.suite import project
from trainer_release.errors import ReleaseError
from trainer_release.model.forge import Forge
from trainer_release.model.index import Dist
from trainer_release.release.building import Build
from trainer_release.release.step import Clock
from trainer_release.release.steps import bring_files
from trainer_release.world import worktree
from trainer_release.world.artifacts import dist
from trainer_release.world.builds import Builder, find_uv
from trainer_release.world.git import Git
from trainer_release.world.venvs import interpreter

EPOCH = 1_700_000_000
NAMES = ("demo_a-1.0.0.tar.gz", "demo_a-1.0.0-py3-none-any.whl")
OTHER = Dist(NAMES[1], "0" * 64, 1)


@pytest.fixture(scope="module")
def builder():
    with Builder(interpreter(), find_uv()) as made:
        yield made


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Two packages in the release commit, which is not what is checked out; the second does not build."""
    files = {"a/pyproject.toml": project("demo-a", "1.0.0", ()), "a/demo_a.py": '"""A part."""\n'}
    made = repository(tmp_path_factory.mktemp("repo"), {**files, "b/pyproject.toml": project("demo-b", "1.0.0", ())})
    made.git("tag", "release")
    made.commit("Later", **{"a/demo_a.py": '"""Another part."""\n'})
    return made


@pytest.fixture(scope="module")
def recorded(home, builder, tmp_path_factory):
    """What prepare built of the first."""
    folder = tmp_path_factory.mktemp("built")
    worktree.add(Git(home.root), "refs/tags/release", folder / "tree")
    made = builder.build(folder / "tree" / "a", folder / "out", epoch=EPOCH)
    worktree.discard(Git(home.root), folder / "tree")
    return {path.name: (dist(path), path.read_bytes()) for path in made}


@pytest.fixture
def bench(home, builder, tmp_path):
    clock = Clock(*(getattr(Simulated(), name) for name in ("now", "monotonic", "sleep")))
    place = world(tmp_path, git=Git(home.root), builder=builder, clock=clock)
    yield place
    worktree.discard(place.git, place.tree)


def bring(home, files, **more):
    builds = tuple(Build(name, path=name, epoch=EPOCH) for name in files)
    commit = home.git("rev-parse", "release")
    given = {"files": files, "builds": builds, "commits": {"": commit}, "version": "1.0.0", "tag": "v1.0.0"}
    return bring_files.Bring(**{**given, "python": platform.python_version(), **more})


def refused(action, place):
    with pytest.raises(ReleaseError) as caught:
        bring_files.run(action, place, {})
    assert caught.value.exit == 10
    return caught.value.problems


def at_hand(place):
    return {path.name: path.read_bytes() for path in place.artifacts.rglob("demo_*")}


def test_what_the_release_commit_builds_is_the_recorded_file(home, bench, recorded):
    action = bring(home, {"a": tuple(file for file, _ in recorded.values())})
    assert bring_files.seen(action, bench) is False
    assert bring_files.run(action, bench, {}).note == "2 built again from v1.0.0"
    assert at_hand(bench) == {name: data for name, (_, data) in recorded.items()}
    assert bring_files.seen(action, bench) is True
    (bench.artifacts / "a" / NAMES[0]).write_bytes(b"torn")
    assert bring_files.seen(action, bench) is False


def test_another_file_is_not_taken_and_all_of_them_are_named_with_the_choice(home, bench, recorded):
    right, strange = recorded[NAMES[0]][0], Dist("demo_a-1.0.0-cp39-abi3-any.whl", "1" * 64, 1)
    files = {"a": (right, OTHER, strange), "b": (Dist("demo_b-1.0.0.tar.gz", "2" * 64, 1),)}
    differs, absent, failed = refused(bring(home, files), bench)
    assert [each.code for each in (differs, absent, failed)] == ["rebuilt-differs", "rebuilt-differs", "file-missing"]
    assert recorded[NAMES[1]][0].sha256 in differs.message
    assert OTHER.sha256 in differs.message
    assert f"built again there is {NAMES[0]}, {NAMES[1]} instead" in absent.message
    assert "demo_b-1.0.0.tar.gz is neither on the index nor at hand" in failed.message
    assert failed.context
    assert "--artifacts DIR" in differs.hint
    assert "trainer-release abandon 1.0.0" in differs.hint
    assert set(at_hand(bench)) == {right.name}, "what is right is kept"


def test_another_python_and_a_silent_forge_are_told_beside_it(home, bench, monkeypatch):
    with FakeGitHub() as hub:
        for name, value in hub.environment.items():
            monkeypatch.setenv(name, value)
        hub.faults = lambda _: Fault(401)
        forge = Forge(f"{hub.server}/api", REPOSITORY)
        (problem,) = refused(bring(home, {"a": (OTHER,)}, python="3.1.4", forge=forge, live=True), bench)
    here, asked = problem.context
    assert here.startswith(f"prepared with Python 3.1.4, this is {platform.python_version()}")
    assert asked.startswith("the draft release was not asked: ")
    assert problem.hint.endswith("release the next version")


def test_what_the_draft_has_is_not_built_and_what_it_has_of_other_bytes_is_not_taken(
    home, bench, recorded, monkeypatch
):
    sdist, wheel = (recorded[name][0] for name in NAMES)
    with FakeGitHub() as hub:
        for name, value in hub.environment.items():
            monkeypatch.setenv(name, value)
        hub.add("v1.0.0", draft=True, files={sdist.name: recorded[sdist.name][1], wheel.name: b"another"})
        forge = Forge(f"{hub.server}/api", REPOSITORY)
        alone = bring(home, {"a": (sdist,)}, forge=forge, commits={})
        assert bring_files.run(alone, bench, {}).note == "1 from the draft release"
        assert not bench.tree.exists()
        both = bring(home, {"a": (sdist, wheel)}, forge=forge)
        assert bring_files.run(both, bench, {}).note == "1 built again from v1.0.0"
    assert at_hand(bench) == {name: data for name, (_, data) in recorded.items()}
