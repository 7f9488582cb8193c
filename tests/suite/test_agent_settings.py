"""The section test-agent, in versions.yaml and in a pyproject.toml: what it says, and every complaint with its place."""

from __future__ import annotations

import json

import pytest

from trainer_release.errors import Exit, ReleaseError, Severity
from trainer_release.model.agent_settings import AgentSettings, LayerSettings, LimitSettings, ModuleSettings
from trainer_release.suite import agent_toml
from trainer_release.suite.catalog.reader import read

HEAD = 't: {version: "1.0.0"}\nmodules: {a: "1.0.0", b: "1.0.0"}\n'
WHOLE = """\
test-agent:
  layers:
    unit: {timeout: 5s, exclude: [slow, "gpu and not ci"], max-failures: 1}
    e2e: {timeout: 2m, exclude: slow, network: host}
  limits: {timeout: 20, wall: 10m, grace: 500ms, max-failures: 0, jobs: auto, max-python-processes: 4, max-pool-size: 2}
  siblings: real
  leaks: off
  allowed-leaks: ["thread:pool-*"]
  cleanup-policy: off
  retain-on-failure: false
  parallel: false
  confinement: namespaces
  network: host
  optional-imports: [numpy]
  factories: {"t_a:Thing": "tests.factories:thing"}
  integration-tests-repo: ../together
  modules:
    b: {siblings: stub, extras: [check], tests: checks, optional-imports: [torch], stage-also: [examples],
        timeout: 1.5, network: loopback, python: ["3.11", "3.13"]}
"""
SAID = AgentSettings(
    layers={
        "unit": LayerSettings(5.0, ("slow", "gpu and not ci"), 1),
        "e2e": LayerSettings(120.0, ("slow",), None, "host"),
    },
    limits=LimitSettings(20.0, 600.0, 0.5, 0, 0, 4, 2),
    every=ModuleSettings("real", optional_imports=("numpy",), network="host"),
    leaks="off",
    allowed_leaks=("thread:pool-*",),
    cleanup="off",
    retain=False,
    parallel=False,
    confinement="namespaces",
    factories={"t_a:Thing": "tests.factories:thing"},
    modules={"b": ModuleSettings("stub", ("check",), "checks", ("torch",), ("examples",), 1.5, "loopback", ("3.11", "3.13"))},
    integration_tests_repo="../together",
)  # fmt: skip
TOML = """\
[project]
name = "t-b"

[tool.test-agent]
siblings = "real"
leaks = "off"
allowed-leaks = ["thread:pool-*"]
cleanup_policy = "off"
retain_on_failure = false
parallel = false
confinement = "namespaces"
network = "host"
optional-imports = ["numpy"]
factories."t_a:Thing" = "tests.factories:thing"
integration-tests-repo = "../together"

[tool.test-agent.layers]
unit = {timeout = "5s", exclude = ["slow", "gpu and not ci"], max-failures = 1}
e2e.timeout = "2m"
e2e.exclude = "slow"
e2e.network = "host"

[tool.test-agent.limits]
timeout = 20
wall = "10m"
grace = 0.5
max_failures = 0
jobs = "auto"
max_python_processes = 4
max_pool_size = 2

[tool.test-agent.modules.b]
siblings = "stub"
extras = ["check"]
tests = "checks"
optional-imports = ["torch"]
stage-also = ["examples"]
timeout = 1.5
network = "loopback"
python = ["3.11", "3.13"]
"""


def told(text):
    with pytest.raises(ReleaseError) as caught:
        read(HEAD + text, "v.yaml")
    assert caught.value.exit is Exit.INVALID
    return [f"{p.line}:{p.column} {p.code}: {p.message} > {p.hint}" for p in caught.value.problems]


def test_every_setting_is_understood_in_both_files():
    assert read(HEAD + WHOLE, "v.yaml")[0].test_agent == SAID
    said, (note,) = agent_toml.read(TOML, "pyproject.toml")
    assert said == SAID
    assert (note.code, note.severity, note.where) == ("setting-later", Severity.NOTE, "pyproject.toml:30:17")


def test_where_nothing_is_said_the_defaults_hold():
    assert read(HEAD, "v.yaml")[0].test_agent == AgentSettings()
    assert read(HEAD + "test-agent: {}\n", "v.yaml")[0].test_agent == AgentSettings()
    assert agent_toml.read("[project]\nname = 'x'\n", "pyproject.toml") == (AgentSettings(), ())


def test_the_spellings_of_the_seed_are_taken_at_the_top_and_below_limits():
    flat = "max_python_processes: 4, max_pool_size: 2, process_timeout: 30s, max_parallel_cases: 3"
    wanted = LimitSettings(timeout=30.0, jobs=3, max_python_processes=4, max_pool_size=2)
    more = "cleanup_policy: aggressive, retain_on_failure: true, parallel: true"
    assert read(f"{HEAD}test-agent: {{{flat}, {more}}}\n", "v")[0].test_agent.limits == wanted
    assert read(f"{HEAD}test-agent: {{limits: {{{flat}}}}}\n", "v")[0].test_agent.limits == wanted


def test_what_comes_later_is_noted_and_no_error():
    text = "test-agent: {lm_modes: {unit: mock}, lm: {x: 1}, gates: {}, modules: {a: {dist: x}}}\n"
    _, notes = read(HEAD + text, "v.yaml")
    assert {(each.code, each.severity) for each in notes} == {("setting-later", Severity.NOTE)}
    assert [each.where for each in notes] == ["v.yaml:3:14", "v.yaml:3:38", "v.yaml:3:50", "v.yaml:3:75"]


def test_a_module_has_its_own_word_else_that_for_every_one():
    assert SAID.of("b") == ModuleSettings(
        "stub", ("check",), "checks", ("numpy", "torch"), ("examples",), 1.5, "loopback", ("3.11", "3.13")
    )
    assert SAID.of("a") == SAID.of(None) == SAID.every


def test_the_umbrella_may_be_named_among_the_modules():
    assert "core" in read(HEAD + "test-agent: {modules: {core: {siblings: stub}}}\n", "v")[0].test_agent.modules
    named = HEAD.replace('"1.0.0"}\nm', '"1.0.0", package: T_whole}\nm')
    assert "whole" in read(named + "test-agent: {modules: {whole: {siblings: stub}}}\n", "v")[0].test_agent.modules


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("test-agent: 1", "3:13 setting-invalid", "a mapping"),
        ("test-agent: {limit: {}}", "3:14 setting-unknown", 'did you mean "limits"?'),
        ("test-agent: {limits: {wal: 3}}", "3:23 setting-unknown", 'did you mean "wall"?'),
        ("test-agent: {limits: {wall: 3x}}", "3:29 setting-invalid", "30s, 500ms, 5m"),
        ("test-agent: {limits: {wall: 0}}", "3:29 setting-invalid", "30s, 500ms, 5m"),
        ("test-agent: {limits: {jobs: 0}}", "3:29 setting-invalid", "from 1 on, or auto"),
        ("test-agent: {limits: {max-failures: auto}}", "3:37 setting-invalid", "from 0 on"),
        ("test-agent: {limits: {max_failures: 1, max-failures: 2}}", "3:40 setting-invalid", "one key"),
        ("test-agent: {layers: {units: {}}}", "3:23 setting-unknown", 'did you mean "unit"?'),
        ("test-agent: {layers: {unit: {network: lo}}}", "3:39 setting-invalid", "loopback, host"),
        ("test-agent: {layers: {unit: {exclude: 'a;b'}}}", "3:39 setting-invalid", "slow or gpu"),
        ("test-agent: {siblings: stubs}", "3:24 setting-invalid", 'did you mean "stub"?'),
        ("test-agent: {leaks: [fail]}", "3:21 setting-invalid", "one of: fail, report, off"),
        ("test-agent: {allowed-leaks: x}", "3:29 setting-invalid", "a list"),
        ("test-agent: {parallel: 'yes'}", "3:24 setting-invalid", "true or false"),
        ("test-agent: {factories: {a: b}}", "3:26 setting-invalid", "package.module:Name"),
        ("test-agent: {modules: {c: {}}}", "3:24 setting-unknown", "one of: a, b"),
        ("test-agent: {modules: {a: {python: [3.11]}}}", "3:37 setting-invalid", 'quote it: "3.11"'),
        ("test-agent: {python: ['2.7']}", "3:23 setting-invalid", '"3.12"'),
        ("test-agent: {tests: ../x}", "3:21 setting-invalid", "leads out"),
        ("test-agent: {stage-also: [/x]}", "3:27 setting-invalid", "is absolute"),
        ("test-agent: {integration-tests-repo: 1}", "3:38 setting-invalid", "quote it"),
    ],
)
def test_what_is_wrong_is_refused_with_its_place_and_the_next_move(text, place, words):
    (said,) = told(text + "\n")
    assert said.startswith(place)
    assert words in said


def test_all_complaints_come_at_once_and_with_those_about_the_rest():
    said = told("test-agent: {leaks: no, limits: {wall: x}, sibling: real}\nrelease: {pin: x}\n")
    assert [line.split(":")[1].split()[1] for line in said] == [
        "setting-invalid", "setting-invalid", "setting-unknown", "value-unknown",
    ]  # fmt: skip


def test_in_a_pyproject_every_complaint_has_its_line_and_column():
    text = (
        '[tool.test-agent]\nsibling = "stub"\nlimits = {wal = 5, jobs = -1}\n'
        "[tool.test-agent.layers.unti]\ntimeout = 0.5\n"
        "[tool.test-agent.modules.x]\npython = [\n  3.11,\n]\nextras.x = 1\n"
    )
    with pytest.raises(ReleaseError) as caught:
        agent_toml.read(text, "pyproject.toml")
    assert sorted((p.line, p.column, p.code) for p in caught.value.problems) == [
        (2, 1, "setting-unknown"),
        (3, 11, "setting-unknown"),
        (3, 27, "setting-invalid"),
        (4, 2, "setting-unknown"),
        (8, 3, "setting-invalid"),
        (10, 1, "setting-invalid"),
    ]
    assert json.dumps([p.hint for p in caught.value.problems]).count("did you mean") == 3
