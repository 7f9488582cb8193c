"""compat: which versions go together; a failing row is reduced to the versions that make it fail."""

from __future__ import annotations

import json
import re
from itertools import combinations

import pytest
from typer.testing import CliRunner

from kit.cells import write
from kit.versions import SIX, house, own_cache, put, suite
from trainer_release.agent.compat import Chosen
from trainer_release.app.compat import Options, run
from trainer_release.cli.main import agent
from trainer_release.model.catalog import Tested
from trainer_release.suite.catalog.reader import read
from trainer_release.world.venvs import interpreter

OWN = """\
[build-system]
requires = ["flit_core>=3.11,<5"]
build-backend = "flit_core.buildapi"

[project]
name = "kit-own"
version = "1.0"
description = "d"
dependencies = ["kit-a>=1.1,<3", "kit-third>=1.1"]
"""
OLD, NEW = dict.fromkeys(SIX, "1.0"), dict.fromkeys(SIX, "2.0")


@pytest.fixture(autouse=True)
def cache(tmp_path_factory, monkeypatch):
    for key, value in own_cache(tmp_path_factory.getbasetemp() / "cache").items():
        monkeypatch.setenv(key, value)


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """Six modules in two versions each."""
    folder = tmp_path_factory.mktemp("index")
    for name in SIX:
        put(folder, name, ("1.0", "2.0"))
    with house(folder) as simple:
        yield simple


def planted(folder, *pair):
    """Two rows of six; the newer fails where both of a pair are at 2.0."""
    one, two = pair
    return suite(
        folder / "suite", {"1.0": OLD, "2.0": NEW}, f'assert (v["{one}"], v["{two}"]) != ("2.0", "2.0")', "2.0"
    )


def tried(folder, simple, *rows, **more):
    return run(Options(rows or ("catalog",), start=folder, index=simple, python=interpreter(), **more))


def told(done):
    return {one.combination.name: one.status for one in done.results}


@pytest.mark.full
@pytest.mark.parametrize("pair", [*combinations(SIX, 2)], ids="".join)
def test_whichever_two_of_six_do_not_go_together_they_are_named_within_12_cells(tmp_path, index, pair):
    done = tried(planted(tmp_path, *pair), index)
    assert (told(done), done.exit) == ({"2.0": "failed", "1.0": "passed"}, 1)
    assert done.results[0].guilty == tuple(Chosen(name, "2.0") for name in pair)
    assert done.cells <= 12


def asked(*words):
    """`test-agent compat` in this folder."""
    return CliRunner().invoke(agent, ["compat", *words, "--python", interpreter()])


def test_a_failing_row_comes_down_to_two_versions_and_the_catalog_is_told(tmp_path, index, monkeypatch):
    folder = planted(tmp_path, "a", "d")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("GITHUB_RUN_ID", "7")
    before = (folder / "versions.yaml").read_text()
    words = ("--rows", "catalog", "--index", index, "--json", "--write", "--report", "out")
    done = asked(*words)
    said = json.loads(done.stdout)
    newer, older = said["rows"]
    assert (done.exit_code, said["exit"], said["written"]) == (1, 1, ["2.0", "1.0"])
    assert (newer["status"], newer["base"], older["status"]) == ("failed", "1.0", "passed")
    assert newer["guilty"] == [{"module": "a", "version": "2.0"}, {"module": "d", "version": "2.0"}]
    assert said["cells"] <= 12
    assert "error[versions-incompatible]: 2.0: a 2.0 and d 2.0 do not go together" in done.stderr
    assert json.loads((folder / "out/compat.json").read_text())["rows"] == said["rows"]
    assert "<testsuite " in (folder / "out/junit.xml").read_text()
    after = (folder / "versions.yaml").read_text()
    tested = {version: row.tested for version, row in read(after, "v.yaml")[0].rows.items()}
    place = {key: newer[key] for key in ("python", "platform")}
    assert tested == {
        "1.0": Tested(tested["1.0"].date, "passed", **place, by="GitHub Actions, run 7"),
        "2.0": Tested(tested["1.0"].date, "failed", **place, by="GitHub Actions, run 7"),
    }
    assert re.sub(r", tested: \{.*?\}", "", after) == before


def test_versions_that_cannot_be_installed_are_told_from_those_that_fail(tmp_path, monkeypatch):
    for name in "ab":
        put(tmp_path / "index", name, ("1.0",))
    put(tmp_path / "index", "a", ("2.0",))
    put(tmp_path / "index", "b", ("2.0",), ["kit-a<2"])
    rows = {each: dict.fromkeys("ab", each) for each in ("1.0", "2.0", "3.0")}
    folder = suite(tmp_path / "suite", rows, "assert False", "1.0")
    text = (folder / "versions.yaml").read_text()
    (folder / "versions.yaml").write_text(text + '  "0.9": {a: "0.9", b: "0.9", withdrawn: "2020-01-01: no"}\n')
    monkeypatch.chdir(folder)
    with house(tmp_path / "index") as simple:
        done = asked("--rows", "catalog", "--index", simple)
    lines = {line.split()[0]: line for line in done.stdout.splitlines()}
    assert done.exit_code == 3
    assert {name: lines[name].split()[1] for name in rows} == {
        "1.0": "failed", "2.0": "unresolvable", "3.0": "unresolvable",
    }  # fmt: skip
    assert "unknown" in lines["0.9"]
    assert "withdrawn: 2020-01-01: no" in lines["0.9"]
    assert "as they are here" in lines["1.0"]
    assert "has no wheel of kit-b 3.0" in done.stderr
    assert re.search(r"kit-b==2.0 depends on kit-a<2|kit-b 2.0 depends on kit-a<2", done.stderr.replace("\n   | ", " "))
    assert "error[tests-failed]: 1.0" in done.stderr, "nothing passes: there is nothing to compare with"


def test_the_work_trees_wheel_is_tested_with_the_newest_and_the_oldest_that_it_admits(tmp_path, monkeypatch):
    for name, versions in {"a": ("1.0", "1.1", "2.0", "3.0"), "third": ("1.0", "1.1", "1.2")}.items():
        put(tmp_path / "index", name, versions)
    test = "assert v['a'] != '1.1' or __import__('kit_third').__version__ != '1.1', v"
    folder = suite(tmp_path / "suite", {"1.0": {"a": "2.0", "own": "1.0"}}, test, "1.0")
    write(folder, {"packages/own/pyproject.toml": OWN, "packages/own/kit_own/__init__.py": '__version__ = "1.0"\n'})
    with house(tmp_path / "index") as simple:
        monkeypatch.setenv("UV_INDEX", simple)
        done = tried(folder, simple, "latest", "lowest", "one-behind")
    assert told(done) == {"latest": "passed", "lowest": "failed", "a 1.1": "passed"}
    shown = {one.combination.name: (dict(one.combination.versions), one.combination.pins) for one in done.results}
    assert shown["latest"] == ({"a": "2.0", "own": "1.0"}, {})
    assert shown["lowest"] == ({"a": "1.1", "own": "1.0"}, {"kit-third": "1.1"})
    (lowest,) = [one for one in done.results if one.status == "failed"]
    assert (lowest.guilty, lowest.base) == ((Chosen("kit-third", "1.1", third=True),), "a 1.1")
    assert done.cells == 3, "and what is known is not tried again"
    assert any(name.startswith("kit_own-1.0") for name in done.results[0].report.files)


def test_a_word_that_is_no_kind_of_row_and_a_folder_without_a_catalog_are_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "choose from catalog, latest" in asked("--rows", "catalog,newest").stderr
    refused = asked("--rows", "latest")
    assert "error[catalog-missing]" in refused.stderr
    assert refused.exit_code == 3
