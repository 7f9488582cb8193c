"""What test-agent is told on its command line and in settings, and how it refuses what is wrong; nothing is tested here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.main import get_group
from typer.testing import CliRunner

from kit.cells import write
from trainer_release.cli.main import agent, app

PROJECT = '[project]\nname = "kit-one"\nversion = "1.0.0"\ndescription = "d"\n'
CATALOG = 'kit:\n  version: "1.0.0"\nmodules:\n  one: "1.0.0"\n'


def values(line: str) -> dict[str, object]:
    name, *words = line.split()
    return get_group(agent).get_command(None, name).make_context(name, words).params


def asked(*words: str):
    return CliRunner().invoke(agent, [*words], catch_exceptions=False)


@pytest.fixture
def repository(tmp_path, monkeypatch) -> Path:
    """A module's own repository, with a catalog or without."""
    monkeypatch.delenv("TEST_MODE", raising=False)
    monkeypatch.chdir(tmp_path)
    return write(tmp_path, {"pyproject.toml": PROJECT})


@pytest.mark.parametrize(
    "line",
    [
        "run --module prompt-manager --mode isolated",
        "run --mode integration --modules prompt-manager,llm-provider,data-retriever",
        "run --mode integration",
    ],
)
def test_the_seed_s_command_lines_are_taken_as_they_stand(line):
    assert values(line)["mode"] in ("isolated", "integration")


def test_what_stands_behind_two_dashes_is_pytest_s():
    said = values("run --module a --seed 7 -- -k x --lf --module b")
    assert (said["module"], said["seed"]) == (["a"], 7)
    assert said["pytest_words"] == ["-k", "x", "--lf", "--module", "b"]
    assert values("run --module a --")["pytest_words"] == values("run")["pytest_words"] == []


def test_a_level_of_confinement_may_be_asked_for_in_two_spellings():
    for option in ("--confinement", "--require-confinement"):
        assert values(f"run {option} namespaces")["confinement"] == "namespaces"


@pytest.mark.parametrize(
    "words",
    [
        "--jobs 0",
        "--jobs many",
        "--siblings fake",
        "--confinement jail",
        "--seed x",
        "--test-timeout 0",
        "--timeout 0",
        "--mode both",
        "extra",
    ],
)
def test_what_no_option_takes_is_a_usage_error(repository, words):
    assert asked("run", *words.split()).exit_code == 2


def test_a_layer_that_does_not_exist_ends_with_2_by_option_and_by_variable(repository, monkeypatch):
    done = asked("run", "--layer", "units")
    assert (done.exit_code, "error[layer-unknown]: --layer is units" in done.stderr) == (2, True)
    monkeypatch.setenv("TEST_MODE", "fast")
    done = asked("run", "--report", "out", "--json")
    assert (done.exit_code, "TEST_MODE is fast" in done.stderr) == (2, True)
    written = json.loads((repository / "out/report.json").read_text())
    assert written == json.loads(done.stdout)
    assert (written["ok"], written["exit"], written["problems"][0]["code"]) == (False, 2, "layer-unknown")


def test_a_wrong_setting_of_a_module_s_own_repository_ends_with_2_and_names_its_place(repository):
    wrong = '\n[tool.test-agent]\nsibling = "stub"\nlimits.wall = "long"\n'
    write(repository, {"pyproject.toml": PROJECT + wrong})
    done = asked("run")
    assert done.exit_code == 2
    assert "pyproject.toml:7:1" in done.stderr
    assert 'did you mean "siblings"?' in done.stderr
    assert "pyproject.toml:8:15" in done.stderr


def test_a_wrong_setting_of_a_catalog_ends_test_agent_with_2_and_check_with_3(repository):
    write(repository, {"versions.yaml": CATALOG + "test-agent: {limits: {wal: 1}}\n"})
    done = asked("run")
    assert (done.exit_code, "versions.yaml:5:23" in done.stderr) == (2, True), done.stderr
    checked = CliRunner().invoke(app, ["check", "--json"], catch_exceptions=False)
    assert checked.exit_code == 3
    assert [each["code"] for each in json.loads(checked.stdout)["problems"]] == ["setting-unknown"]
    write(repository, {"versions.yaml": CATALOG + "test-agent: {limits: {wal: 1}}\nrelease: {pin: x}\n"})
    assert asked("run").exit_code == 3
