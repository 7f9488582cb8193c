"""versions.yaml as values: the seed's form, the whole form, and what is forgiven."""

from pathlib import Path

import pytest

from trainer_release.errors import Severity
from trainer_release.model.catalog import IndexAddress, Mark, Pin, Release
from trainer_release.suite.catalog.reader import read

CASES = Path(__file__).parent / "catalog_cases"
SEED = (CASES / "seed.yaml").read_text("utf-8")
FULL = (CASES / "full.yaml").read_text("utf-8")


def test_the_seeds_catalog_loads_as_it_stands():
    catalog, notes = read(SEED, "versions.yaml")
    assert (catalog.suite, catalog.version, notes) == ("trainer", "1.0.0", ())
    assert list(catalog.modules) == [
        "prompt-manager",
        "llm-provider",
        "data-retriever",
        "format-converter",
        "test-agent",
    ]
    assert catalog.rows["1.1.0"].modules["llm-provider"] == "1.0.1"
    assert catalog.release == Release()
    assert catalog.modules["llm-provider"].mark == Mark(7, 3)
    assert catalog.text == SEED


def test_every_key_of_the_whole_form_is_understood():
    catalog, notes = read(FULL, "versions.yaml")
    assert notes == ()
    assert (catalog.suite, catalog.version) == ("trainer", "1.0.1")
    assert (catalog.umbrella, catalog.umbrella_path) == ("trainer-core", "apps/core")
    module = catalog.modules["llm-provider"]
    assert (module.version, module.package, module.path) == (
        "1.0.1",
        "trainer-llm-provider",
        "packages/llm-provider",
    )
    assert (module.repository, module.ref, module.pin) == (
        "https://git.example/llm-provider.git",
        "main",
        Pin.COMPATIBLE,
    )
    assert (module.publish, module.build, module.also) == (False, "tree", ("src/x/_version.py",))
    assert catalog.exclude == ("examples/*",)
    assert catalog.retired == {"old-name": {"since": "1.0.1", "replaced-by": "llm-provider"}}
    assert catalog.release == Release(
        versioning="independent",
        pin=Pin.RANGE,
        branches=("main", "release/*"),
        push="pull-request",
        build="ci",
        tag="v{version}",
        module_tag="{package}-v{version}",
        embed="src/trainer_core/suite.json",
        index="internal",
    )
    address = IndexAddress("internal", "https://index.example/legacy/", "https://index.example/simple/")
    assert catalog.indexes == {"internal": address}


def test_an_index_may_say_its_limits_and_where_its_json_is():
    text = FULL.replace(
        "https://index.example/simple/}",
        "https://index.example/simple/, json: https://index.example/pypi, new-projects: 4, window: 14}",
    )
    found = read(text, "versions.yaml")[0].indexes["internal"]
    assert (found.json, found.new_projects, found.window) == ("https://index.example/pypi", 4, 14)


def test_a_row_takes_what_it_does_not_say_from_another():
    row = read(FULL, "versions.yaml")[0].rows["1.0.1"]
    assert (row.base, row.released) == ("1.0.0", "2026-11-22")
    assert row.modules == {
        "prompt-manager": "1.0.0",
        "llm-provider": "1.0.1",
        "old-name": "0.9",
        "format-converter": "0.5b0",
    }


def test_a_member_of_a_group_has_the_groups_version():
    catalog, _ = read(FULL, "versions.yaml")
    assert (catalog.modules["format-converter"].version, catalog.modules["format-converter"].group) == (
        "0.5b0",
        "beta",
    )
    assert catalog.groups["beta"].modules == ("format-converter",)


def test_the_section_of_test_agent_is_read_with_the_rest():
    agent = read(FULL, "versions.yaml")[0].test_agent
    assert (agent.limits.timeout, agent.limits.wall, agent.limits.jobs) == (30.0, 1800.0, 0)
    assert (agent.cleanup, agent.every.optional_imports) == ("normal", ("a", "1"))
    assert agent.modules["core"].timeout == 0.5


def test_a_row_that_contradicts_modules_is_a_warning_not_an_error():
    text = 't: {version: "1.0.0"}\nmodules: {a: "1.0.0"}\ncompatibility: {"1.0.0": {a: "1.0.1"}}\n'
    _, (warning,) = read(text, "v")
    assert (warning.code, warning.severity, warning.where) == ("row-differs", Severity.WARNING, "v:2:11")


def test_a_row_of_the_past_need_not_name_modules_that_came_later():
    text = 't: {version: "1.1.0"}\nmodules: {a: "1.0.0", b: "1.0.0"}\ncompatibility: {"1.0.0": {a: "1.0.0"}}\n'
    assert read(text, "v")[0].rows["1.0.0"].modules == {"a": "1.0.0"}


@pytest.mark.parametrize(
    "text",
    [
        '\ufefft: {version: "1.0.0"}\nmodules: {a: "1.0.0"}',
        't:\r\n  version: "1.0.0"\r\nmodules:\r\n  a: "1.0.0"',
        "t: {version: 1.0.0} #\ttab\nmodules: {a: '1.0.0'}\n...\n",
        't: {version: &v "1.0.0"}\nmodules: {a: *v}',
        't: &t\n  version: |-\n    1.0.0\nmodules: &m {a: !b "1.0.0"}'.replace("!b ", ""),
        '%YAML 1.2\n---\nt: {version: "1.0.0"}\nmodules: {a: {version: "1.0.0", path: .}}',
        't: {version: "1.0.0", path: .}\nmodules: {a: {version: "1.0.0", path: x}}\nrelease: {module-tag: null}',
        't: {version: "1.0.0"}\nmodules: {a: {version: "1.0.0", repository: "git@git.example:x.git"}}',
    ],
    ids=["bom", "crlf", "plain", "alias", "block scalar", "directive", "root module", "scp address"],
)
def test_every_way_to_write_the_same_is_read(text):
    catalog, _ = read(text, "v")
    assert (catalog.suite, catalog.version, catalog.modules["a"].version) == ("t", "1.0.0", "1.0.0")
