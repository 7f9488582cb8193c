"""Versions that are proposed: independent suites, release candidates, groups and hotfixes, from tag to index."""

from __future__ import annotations

import pytest

from kit.suite import Workspace, tiny

FREE = "{index: local, versioning: independent}"
EXACT = {"a": (), "b": (), "c": ()}


def targets(done):
    return {name: module["to"] for name, module in done.json["modules"].items()}


def change(work, module, message):
    path = f"packages/{module}/mill_{module}.py"
    work.write(path, work.read(path) + f"\n\n_MORE = {message!r}\n")
    work.commit(message)


@pytest.fixture
def released(once, home, tmp_path) -> Workspace:
    """Three modules with independent versions, `b` pins `a` exactly, 1.0.0 published."""

    def make(folder):
        work = tiny(folder, home, EXACT, release=FREE)
        work.replace("packages/b/pyproject.toml", "dependencies = [\n", 'dependencies = [\n    "mill-a==1.0.0",\n')
        work.commit("feat: pins")
        work.run("prepare", "1.0.0")
        work.run("execute")
        return work

    return once("independent", make).copy(tmp_path / "independent")


def test_a_proposal_moves_what_changed_and_who_must_and_the_release_is_whole(released):
    assert released.run("check").err == ""
    change(released, "a", "feat: more")
    assert [p["code"] for p in released.run("check", "--json").json["problems"]] == ["changed-not-moved"]
    review = released.run("prepare", "1.1.0", "--dry-run", "--json")
    assert targets(review) == {"a": "1.1.0", "b": "1.0.1", "c": "1.0.0", "core": "1.1.0"}
    notes = "\n".join(review.json["notes"])
    assert "a 1.0.0 → 1.1.0: minor, changed since v1.0.0: feat: more" in notes
    assert "b 1.0.0 → 1.0.1: patch, its `mill-a==1.0.0`" in notes
    released.run("prepare", "1.1.0")
    assert '"mill-a==1.1.0"' in released.read("packages/b/pyproject.toml")
    released.run("execute")
    assert {name.rsplit("-", 1)[0] for name in released.uploads()[8:] if name.endswith(".gz")} == {
        "mill_a",
        "mill_b",
        "mill_core",
    }
    assert released.run("check").err == ""
    shown = released.run("log").out
    assert "a 1.0.0 → 1.1.0, b 1.0.0 → 1.0.1" in shown
    assert "row, record, tag, manifest" in shown
    assert released.run("show", "1.1.0", "--json").json["modules"] == {"a": "1.1.0", "b": "1.0.1", "c": "1.0.0"}
    assert released.run("diff", "1.0.0", "1.1.0", "--json").json["modules"]["c"]["change"] == "same"
    assert "mill-core-1.1.0-manifest.json" in released.run("show", "1.1.0").out
    assert "error[version-unknown]" in released.run("show", "1.2", code=2).err


def test_a_bump_of_the_suite_and_of_a_module(released):
    change(released, "c", "Tidy")
    assert targets(released.run("prepare", "--bump", "minor", "--bump", "a=2.0.0", "--dry-run", "--json")) == {
        "a": "2.0.0",
        "b": "1.0.1",
        "c": "1.0.1",
        "core": "1.1.0",
    }
    assert targets(released.run("prepare", "--bump", "rc", "--dry-run", "--json")) == {
        "a": "1.0.0",
        "b": "1.0.0",
        "c": "1.1.0rc1",
        "core": "1.1.0rc1",
    }
    for words in ((), ("1.1.0", "--bump", "minor"), ("--bump", "stable"), ("1.1.0", "--bump", "zz=minor")):
        released.run("prepare", *words, code=2)


def test_a_row_that_leaves_out_what_changed_is_refused_with_the_files(released):
    change(released, "c", "fix: c")
    released.row("1.1.0", '{a: "1.0.0", b: "1.0.0", c: "1.0.0"}')
    before = released.state()
    done = released.run("prepare", "1.1.0", code=3)
    assert "error[changed-not-moved]" in done.err
    assert "packages/c/mill_c.py" in done.err
    after = released.state()
    assert {key for key in before if before[key] != after[key]} <= {"folders"}
    released.replace("versions.yaml", 'c: "1.0.0"}', 'c: "1.0.1"}')
    assert targets(released.run("prepare", "1.1.0", "--dry-run", "--json"))["c"] == "1.0.1"


def test_a_hotfix_on_its_own_branch_moves_one_module(released):
    released.git("checkout", "--quiet", "-b", "release/1.0", "v1.0.0")
    change(released, "c", "fix: c")
    assert targets(released.run("prepare", "1.0.1", "--only", "c", "--dry-run", "--json")) == {
        "a": "1.0.0",
        "b": "1.0.0",
        "c": "1.0.1",
        "core": "1.0.1",
    }
    change(released, "a", "fix: a")
    done = released.run("prepare", "1.0.1", "--only", "a", "--only", "c", code=3)
    assert "error[dependent-must-move]" in done.err
    assert "packages/b/pyproject.toml:" in done.err


def test_candidates_of_a_fixed_suite_and_a_group_beside_them(fresh):
    more = 'groups: {beta: {version: "0.5b0", modules: [b]}}\n'
    work = fresh({"a": (), "b": ()}, more=more, umbrella=False)
    work.replace("versions.yaml", 'b: "1.0.0"', 'b: "0.5b0"')
    work.replace("packages/b/pyproject.toml", 'version = "1.0.0"', 'version = "0.5b0"')
    work.commit("A group")
    work.run("prepare", "--bump", "rc", "--group", "beta=0.6b0")
    assert work.git("tag") == "v1.1.0rc1"
    assert 'beta: {version: "0.6b0", modules: [b]}' in work.read("versions.yaml")
    work.run("execute")
    change(work, "a", "fix: a")
    review = work.run("prepare", "--bump", "rc", "--dry-run", "--json").json
    assert (review["version"], review["modules"]["a"]["to"]) == ("1.1.0rc2", "1.1.0rc2")
    assert "changed since 1.1.0rc1: a" in review["notes"]
    assert work.run("prepare", "--bump", "stable", "--dry-run", "--json").json["version"] == "1.1.0"
    assert "one of beta" in work.run("prepare", "1.1.0", "--group", "gamma=1.0", code=2).err
    (work.root / ".git").rename(work.root / ".not")
    assert [each["version"] for each in work.run("log", "--json").json["versions"]] == ["1.1.0rc1"]
    assert work.run("check", "--json").json["problems"] == []


def test_a_group_follows_the_suite_by_its_offset_and_an_exception_is_warned_of(fresh):
    shape = 'follows: mill, as: "0.{minor+21}b{patch}"'
    work = fresh(
        {"a": (), "b": ()}, more=f'groups: {{beta: {{version: "0.21b0", modules: [b], {shape}}}}}\n', umbrella=False
    )
    work.replace("versions.yaml", 'b: "1.0.0"', 'b: "0.21b0"')
    work.replace("packages/b/pyproject.toml", 'version = "1.0.0"', 'version = "0.21b0"')
    work.commit("A group")
    assert work.run("check", "--json").json["problems"] == []
    review = work.run("prepare", "1.1.0", "--dry-run", "--json")
    assert targets(review) == {"a": "1.1.0", "b": "0.22b0"}
    assert '+groups: {beta: {version: "0.22b0"' in "".join(edit["diff"] for edit in review.json["edits"])
    other = work.run("prepare", "1.1.0", "--group", "beta=0.30b0", "--dry-run", "--json")
    assert targets(other)["b"] == "0.30b0"
    assert [problem["code"] for problem in other.json["problems"]] == ["offset-broken"]
