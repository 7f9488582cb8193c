"""Suites of other shapes: no umbrella, unpublished modules, no tests, groups, module tags, pins, odd files."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kit.suite import Workspace, add_module

CATALOG = """\
# kept by hand
yard:
  version: "0.9.0"
modules:
  post: "0.9.0"  # a part
  gate: {version: "0.9.0", publish: false}
groups:
  beta: {version: "0.5", modules: [bell]}
release: {index: local, versioning: fixed, module-tag: "{package}-v{version}"}
"""


def yard(folder: Path, home: Path) -> Workspace:
    """`post` (line ends of Windows) needs `bell`, a group of its own, which has no tests; `gate` is not published."""
    work = Workspace(folder / "work", home, "yard")
    work.write("versions.yaml", CATALOG)
    add_module(work, "bell", path="packages/bell", version="0.5")
    shutil.rmtree(work.root / "packages/bell/tests")
    add_module(work, "post", path="packages/post", version="0.9.0", needs=["yard-bell==0.5"])
    add_module(work, "gate", path="packages/gate", version="0.9.0", needs=["yard-post==0.9.0"])
    pyproject = "packages/post/pyproject.toml"
    work.write(pyproject, work.read(pyproject).replace("\n", "\r\n"))
    work.git("init", "--quiet", "--initial-branch=main")
    work.write(".gitattributes", "* -text\n")
    work.commit("The suite")
    bare = folder / "remote.git"
    work.git("init", "--quiet", "--bare", "--initial-branch=main", str(bare))
    work.git("remote", "add", "origin", str(bare))
    work.run("prepare", "1.0.0")
    work.run("execute")
    return work


@pytest.fixture
def first(once, home) -> Workspace:
    """`yard` 1.0.0, published."""
    return Workspace(once("yard", lambda folder: yard(folder, home)).root / "work", home, "yard")


@pytest.fixture
def second(once, home, first) -> Workspace:
    """`yard` 1.1.0 after it."""

    def make(folder: Path) -> Workspace:
        shutil.copytree(first.root.parent, folder, symlinks=True)
        work = Workspace(folder / "work", home, "yard")
        work.git("remote", "set-url", "origin", str(folder / "remote.git"))
        work.write("packages/post/yard_post.py", work.read("packages/post/yard_post.py") + "\n\nMORE = 1\n")
        work.commit("More")
        work.run("prepare", "1.1.0")
        work.run("execute")
        return work

    return Workspace(once("yard-next", make).root / "work", home, "yard")


def remote_tags(work: Workspace) -> list[str]:
    return [line.split("refs/tags/")[1] for line in work.git("ls-remote", "--tags", "--refs", "origin").splitlines()]


def test_a_suite_without_an_umbrella_has_a_manifest_of_its_own_name(first):
    document = first.manifest("1.0.0", "yard")
    assert (document["suite_version"], document["umbrella"]) == ("1.0.0", None)
    assert (first.data / "manifests" / "yard-1.0.0-constraints.txt").exists()


def test_an_unpublished_module_is_built_and_tested_and_nowhere_uploaded(first):
    record = first.record("v1.0.0")
    assert [name for name, m in record["modules"].items() if m["published"]] == ["bell", "post"]
    assert {name.split("-")[0] for name in first.uploads()} == {"yard_bell", "yard_post"}
    assert "gate alone" in {cell["name"] for cell in record["verdict"]["cells"] if cell["status"] == "passed"}
    assert "yard-gate" not in first.manifest("1.0.0", "yard")["modules"]


def test_a_module_without_tests_is_released_and_the_record_says_that_none_ran(first):
    cells = {cell["name"]: cell["status"] for cell in first.record("v1.0.0")["verdict"]["cells"]}
    assert cells["bell alone"] == "empty"
    assert cells["post alone"] == "passed"


def test_fixed_versioning_without_a_row_writes_one_and_a_group_keeps_its_own_version(first):
    text = first.git("show", "HEAD:versions.yaml")
    assert "# kept by hand" in text
    assert 'post: "1.0.0"  # a part' in text
    assert 'beta: {version: "0.5", modules: [bell]}' in text
    graph = first.run("graph", "--format", "json").json["modules"]
    assert {name: m["version"] for name, m in graph.items()} == {"post": "1.0.0", "gate": "1.0.0", "bell": "0.5"}
    row = text.partition("compatibility:")[2]
    assert [word for word in ('"1.0.0"', "post", "gate", "bell", '"0.5"') if word not in row] == []


def test_module_tags_are_set_for_what_is_published_and_reach_the_remote(first):
    assert first.git("tag").split() == ["v1.0.0", "yard-bell-v0.5", "yard-post-v1.0.0"]
    assert remote_tags(first) == ["v1.0.0", "yard-bell-v0.5", "yard-post-v1.0.0"]
    assert first.git("cat-file", "-t", "yard-post-v1.0.0") == "tag"


def test_line_ends_of_windows_are_kept(first):
    data = (first.root / "packages/post/pyproject.toml").read_bytes()
    assert b'version = "1.0.0"\r\n' in data
    assert data.count(b"\n") == data.count(b"\r\n")
    assert first.git("diff", "--numstat", "HEAD~1", "HEAD", "--", "packages/post").split()[:2] == ["1", "1"]
    assert first.git("status", "--porcelain") == ""


def test_an_exact_pin_follows_and_stays_exact(first):
    assert '"yard-post==1.0.0"' in first.read("packages/gate/pyproject.toml")


def test_what_kept_its_version_is_neither_uploaded_nor_tagged_again(second):
    assert sorted(second.uploads()[4:]) == ["yard_post-1.1.0-py3-none-any.whl", "yard_post-1.1.0.tar.gz"]
    assert second.git("tag").split() == ["v1.0.0", "v1.1.0", "yard-bell-v0.5", "yard-post-v1.0.0", "yard-post-v1.1.0"]
    assert remote_tags(second) == second.git("tag").split()
    assert second.git("rev-parse", "yard-bell-v0.5^{}") == second.git("rev-parse", "v1.0.0^{}")


@pytest.mark.parametrize(
    ("pin", "expected"),
    [
        ("exact", "mill-a==1.1.0"),
        ("compatible", "mill-a~=1.1.0"),
        ("range", "mill-a>=1.1.0,<2"),
        ("minimum", "mill-a>=1.1.0"),
    ],
)
def test_the_pin_that_the_catalog_asks_for_is_written_and_suits_the_graph(fresh, pin, expected):
    work = fresh({"a": ()}, release=f"{{index: local, pin: {pin}}}")
    edits = {e["path"]: e["diff"] for e in work.run("prepare", "1.1.0", "--dry-run", "--json").json["edits"]}
    assert f'+    "{expected}"' in edits["apps/core/pyproject.toml"]


def test_a_suite_file_is_embedded_in_the_umbrella_with_the_new_versions(fresh):
    work = fresh({"a": ()}, release="{index: local, embed: suite.json}")
    edits = {e["path"]: e["diff"] for e in work.run("prepare", "1.1.0", "--dry-run", "--json").json["edits"]}
    for line in ('+  "version": "1.1.0"', '+    "mill-a": "1.1.0"', '+    "mill-core": "1.1.0"'):
        assert line in edits["apps/core/suite.json"]


def test_a_published_module_whose_pins_exclude_the_row_is_refused_and_the_edge_is_named(executed):
    path = "packages/b/pyproject.toml"
    executed.row("2.0.0", '{a: "2.0.0", b: "1.0.0", c: "1.0.0"}')
    told = executed.run("prepare", "2.0.0", code=None)
    assert told.code in (3, 6)
    assert "error[carried-excludes]" in told.err
    assert "mill-b 1.0.0" in told.err
    assert f"--> {path}:" in told.err
