"""The page of a release: who gets one, what stands on it, and what the steps make of a page that is there already."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kit.facts import HEAD, execute_facts, on_index, record, sha, world
from kit.github import REPOSITORY, FakeGitHub
from kit.index import make_sdist, make_wheel
from kit.repo import suite as suite_files
from kit.simulated import Simulated
from trainer_release.errors import ReleaseError
from trainer_release.model.catalog import Release
from trainer_release.model.forge import MOST_ASSETS, Forge, Page
from trainer_release.model.index import Dist
from trainer_release.model.outcome import Status
from trainer_release.release import building, page, planner
from trainer_release.release.names import shaped_version
from trainer_release.release.step import Clock
from trainer_release.release.steps import bring_files, draft_release, publish_release
from trainer_release.world.artifacts import dist

PLACE = Forge("https://hub.example/api", "company/demo")
TAG = "v1.1.0"

# --- who gets one ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("release", "index", "remote", "forge", "token", "said"),
    [
        (Release(), "pypi", "origin", PLACE, True, None),
        (Release(), "local", "origin", PLACE, True, None),
        (Release(index="testpypi"), "testpypi", "origin", PLACE, True, None),
        (Release(index="pypi"), "testpypi", "origin", PLACE, True, "testpypi is a trial, the catalog releases to pypi"),
        (Release(index="pypi"), "local", "origin", PLACE, True, "local is a trial, the catalog releases to pypi"),
        (Release(), "pypi", "origin", PLACE, False, "neither GITHUB_TOKEN nor GH_TOKEN is set"),
        (Release(), "pypi", "origin", None, True, "the remote origin is not on GitHub"),
        (Release(github="none"), "pypi", "origin", PLACE, True, ""),
        (Release(push="none"), "pypi", "origin", PLACE, True, ""),
        (Release(), "pypi", None, None, True, ""),
    ],
)
def test_a_release_gets_a_page_where_its_remote_is_on_github_and_a_token_is_there(
    release, index, remote, forge, token, said
):
    where = page.chosen(release, index, remote, forge, token=token)
    assert where == ((PLACE, "") if said is None else (None, f"no GitHub release: {said}" if said else ""))


def test_the_plan_says_where_the_page_will_be_or_why_there_is_none():
    facts = execute_facts()
    assert planner.execute(facts).notes == ()
    assert planner.execute(replace(facts, pageless="no GitHub release: x")).notes == ("no GitHub release: x",)
    (note,) = planner.execute(replace(facts, forge=PLACE)).notes
    assert note == "a release of company/demo on GitHub: a draft first, published last"
    assert planner.execute(replace(facts, forge=PLACE)).id == planner.execute(facts).id


def test_without_a_tag_or_a_forge_no_page_is_planned_and_no_draft_once_everything_is_published():
    facts = execute_facts()
    for step in (draft_release, publish_release):
        assert step.plan(facts) == ()
        assert step.plan(execute_facts(tag=None)) == ()
        assert len(step.plan(replace(facts, forge=PLACE))) == 1
    everything = on_index("demo-words 1.1.0", "demo-speech 1.1.0", "demo-core 1.1.0")
    done = replace(execute_facts(listings=everything), forge=PLACE)
    assert draft_release.plan(done) == ()
    assert len(publish_release.plan(done)) == 1


def test_a_suite_with_more_files_than_a_page_holds_keeps_them_off_it():
    made = record()
    many = tuple(Dist(f"x{number}.whl", sha(str(number)), 1) for number in range(MOST_ASSETS))
    modules = made.modules | {"words": replace(made.modules["words"], files=many)}
    facts = replace(execute_facts(replace(made, modules=modules)), forge=PLACE)
    (action,) = draft_release.plan(facts)
    assert action.files == {}
    assert planner.execute(facts).notes[-1].endswith("; without its 1004 files, which are more than one holds")


# --- what stands on it -----------------------------------------------------------------------------------------------

CHANGELOG = "# Changes\n\n## Unreleased\n\n## 1.1.0 - 2026-11-22\n\n- Words are kinder.\n\n## 1.0.0\n\n- First.\n"


def test_a_page_shows_what_the_changelog_says_and_the_versions():
    text = page.text(record(carried=["words"]), CHANGELOG)
    assert text.startswith("- Words are kinder.\n\n| package | version | |\n")
    assert "| demo-speech | 1.1.0 | was 1.0.0 |" in text
    assert "| demo-words | 1.0.0 | unchanged |" in text
    assert "First." not in text
    assert page.text(record(), "# Nothing\n").startswith("| package |")
    assert page.title(record()) == "demo 1.1.0"


def listed(*tags, draft=()):
    return [Page(n, tag, tag in draft, "rc" in tag, False, "", "") for n, tag in enumerate(tags)]


@pytest.mark.parametrize(
    ("version", "pages", "latest"),
    [
        ("1.1.0", [], True),
        ("1.1.0", listed("v1.0.0", "v2.0.0rc1", "nightly"), True),
        ("1.1.0", listed("v1.1.0"), True),
        ("1.0.1", listed("v1.0.0", "v2.0.0"), False),
        ("1.0.1", listed("v2.0.0", draft=["v2.0.0"]), True),
        ("2.0.0rc1", listed("v1.0.0"), False),
        ("2.0.0.dev1", [], False),
        ("2.0.0.post1", listed("v2.0.0"), True),
    ],
)
def test_the_highest_stable_published_version_is_the_latest(version, pages, latest):
    assert page.is_latest(version, "v{version}", pages) is latest
    assert page.is_prerelease(version) is ("rc" in version or "dev" in version)


def test_a_shape_tells_the_version_of_a_name():
    assert str(shaped_version("demo-{version}-x", "demo-1.2-x")) == "1.2"
    assert shaped_version("demo-{version}-x", "demo-1.2") is None
    assert shaped_version("v{version}", "vnext") is None


# --- a page that is there --------------------------------------------------------------------------------------------


@pytest.fixture
def hub(monkeypatch):
    with FakeGitHub() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture
def bench(tmp_path):
    """A world whose artifacts are real, with manifest and constraints written; and their record."""
    made = record()
    for name, module in made.modules.items():
        folder = tmp_path / "artifacts" / name
        files = tuple(dist(make(folder, module.package, "1.1.0")) for make in (make_wheel, make_sdist))
        made = replace(made, modules=made.modules | {name: replace(module, files=files)})
    (tmp_path / "data" / "manifests").mkdir(parents=True)
    for kind in ("manifest.json", "constraints.txt"):
        (tmp_path / "data" / "manifests" / f"demo-core-1.1.0-{kind}").write_text(kind)
    clock = Simulated()
    return world(tmp_path, clock=Clock(clock.now, clock.monotonic, clock.sleep)), made


def action_of(step, hub, made, **changes):
    facts = execute_facts(made, **changes)
    (action,) = step.plan(replace(facts, forge=Forge(f"{hub.server}/api", REPOSITORY)))
    return action


def contents(place, made):
    files = {
        d.name: (place.artifacts / name / d.name).read_bytes() for name, m in made.modules.items() for d in m.files
    }
    return files | {path.name: path.read_bytes() for path in (place.data / "manifests").iterdir()}


def run(step, hub, bench, **changes):
    place, made = bench
    return step.run(action_of(step, hub, made, **changes), place, {})


def test_a_release_that_a_person_published_by_hand_gets_what_it_lacks(hub, bench):
    hub.add(TAG, files={"notes.pdf": b"mine"})
    run(draft_release, hub, bench)
    run(publish_release, hub, bench)
    assert hub.assets(TAG) == contents(*bench) | {"notes.pdf": b"mine"}
    assert len(hub.releases) == 1


@pytest.mark.parametrize("whole", [True, False])
def test_an_immutable_release_is_left_as_it_is(hub, bench, whole):
    hub.add(TAG, files=contents(*bench) if whole else {})
    hub.release(TAG)["immutable"] = True
    run(draft_release, hub, bench)
    assert run(publish_release, hub, bench).status is Status.SKIPPED
    assert hub.writes == []


def test_a_manifest_in_a_draft_is_replaced_and_one_that_is_published_stays(hub, bench):
    stale = {"demo-core-1.1.0-manifest.json": b"of an earlier run"}
    hub.add(TAG, draft=True, files=stale)
    run(publish_release, hub, bench)
    assert hub.assets(TAG) == contents(*bench)
    (bench[0].data / "manifests" / "demo-core-1.1.0-manifest.json").write_text("another")
    assert run(publish_release, hub, bench).status is Status.SKIPPED


def test_a_wrong_latest_is_set_right_and_a_hotfix_of_an_older_line_is_none(hub, bench):
    hub.add(TAG)
    hub.add("v1.0.9")
    assert hub.latest == "v1.0.9"
    run(publish_release, hub, bench)
    assert hub.latest == TAG
    hub.add("v2.0.0")
    writes = len(hub.writes)
    assert run(publish_release, hub, bench).status is Status.SKIPPED
    assert (hub.latest, len(hub.writes)) == ("v2.0.0", writes)


def test_a_burned_tag_stops_a_release_of_which_nothing_is_published_and_no_other(hub, bench):
    hub.burned.add(TAG)
    with pytest.raises(ReleaseError) as caught:
        run(draft_release, hub, bench)
    assert (caught.value.problems[0].code, caught.value.exit) == ("github-refused", 6)
    assert "left for the end" in run(draft_release, hub, bench, listings=on_index("demo-words 1.1.0")).note
    with pytest.raises(ReleaseError) as caught:
        run(publish_release, hub, bench)
    (problem,) = caught.value.problems
    assert (problem.code, problem.exit) == ("github-page-unfinished", 7)
    assert "without GITHUB_TOKEN the release has no page" in problem.hint


@pytest.mark.parametrize("step", [draft_release, publish_release])
def test_another_file_under_one_of_our_names_stops_the_run_whatever_is_published(hub, bench, step):
    hub.add(TAG, draft=True, files={"demo_words-1.1.0.tar.gz": b"another"})
    with pytest.raises(ReleaseError) as caught:
        run(step, hub, bench, listings=on_index("demo-core 1.1.0"))
    assert (caught.value.problems[0].code, caught.value.exit) == ("asset-differs", 10)
    assert hub.release(TAG)["draft"]


def test_a_file_that_was_damaged_here_does_not_reach_the_page(hub, bench):
    place, made = bench
    (place.artifacts / "words" / made.modules["words"].files[0].name).write_bytes(b"torn")
    with pytest.raises(ReleaseError) as caught:
        run(draft_release, hub, bench)
    assert (caught.value.problems[0].code, caught.value.exit) == ("file-differs", 10)
    assert hub.assets(TAG) == {}


# --- bytes -----------------------------------------------------------------------------------------------------------


def test_only_what_neither_the_index_nor_this_machine_has_is_brought():
    made = record()
    assert bring_files.plan(execute_facts(made)) == ()
    (action,) = bring_files.plan(execute_facts(made, local={}, listings=on_index("demo-words 1.1.0")))
    assert (set(action.files), action.live, action.commits) == ({"speech", "core"}, True, {"": HEAD})
    assert [build.subject for build in action.builds] == ["speech", "core"]
    assert "built again from v1.1.0" in bring_files.said(action)
    assert bring_files.plan(execute_facts(record(build={"bytes": "run"}), local={})) == ()


def test_recorded_requirements_bind_a_build_and_several_versions_bound_it_from_above():
    made = record(build={"requires": ["flit-core==4.2.0", "setuptools==80.9.0", "setuptools==80.10.1"]})
    assert building.constraints(made) == ("flit-core==4.2.0", "setuptools<=80.10.1")
    assert building.constraints(record()) == ()


def test_the_catalog_may_want_no_page():
    files = suite_files("1.1.0", more="release:\n  github: none\n")
    assert execute_facts(files=files).suite.catalog.release.github == "none"
