"""versions.schema.json and the reader know the same keys and the same words at each level."""

import json
from importlib.resources import files

from trainer_release.model.agent_settings import AgentSettings
from trainer_release.model.catalog import Release
from trainer_release.suite.catalog import keys

SCHEMA = json.loads((files("trainer_release.suite") / "versions.schema.json").read_text("utf-8"))
PARTS = SCHEMA["$defs"]


def test_the_schema_knows_the_keys_that_the_reader_knows():
    levels = {
        "suite": keys.SUITE,
        "named-suite": keys.NAMED_SUITE,
        "module": keys.MODULE,
        "group": keys.GROUP,
        "retired": keys.RETIRED,
        "row": keys.ROW,
        "tested": keys.TESTED,
        "release": keys.RELEASE,
        "index": keys.INDEX,
        "test-agent": (*keys.AGENT, *keys.AGENT_FLAT),
        "agent-layer": keys.AGENT_LAYER,
        "agent-limits": keys.AGENT_LIMITS,
        "agent-module": keys.AGENT_MODULE,
    }
    assert sorted(SCHEMA["properties"]) == sorted(keys.RESERVED) == sorted(SCHEMA["then"]["propertyNames"]["enum"])
    for part, known in levels.items():
        assert sorted(PARTS[part]["properties"]) == sorted(known), part
        assert PARTS[part]["additionalProperties"] is False, part


def test_the_schema_knows_the_words_that_the_reader_knows():
    release = PARTS["release"]["properties"]
    assert tuple(PARTS["pin"]["enum"]) == keys.PINS
    assert tuple(PARTS["module"]["properties"]["build"]["enum"]) == keys.MODULE_BUILDS
    assert tuple(release["versioning"]["enum"]) == keys.VERSIONINGS
    assert tuple(release["push"]["enum"]) == keys.PUSHES
    assert tuple(release["build"]["enum"]) == keys.BINDINGS
    assert tuple(release["github"]["enum"]) == keys.FORGES
    assert tuple(SCHEMA["properties"]["indexes"]["propertyNames"]["allOf"][1]["not"]["enum"]) == keys.INDEXES
    assert tuple(SCHEMA["properties"]["modules"]["propertyNames"]["allOf"][1]["not"]["enum"]) == (
        "released",
        "from",
        "modules",
        "withdrawn",
        "tested",
    )
    assert keys.ROW == ("released", "from", "modules", "withdrawn", "tested")
    assert tuple(PARTS["tested"]["properties"]["result"]["enum"]) == keys.RESULTS
    assert tuple(PARTS["tested"]["required"]) == keys.NEEDED_OF_TESTED


def test_the_schema_knows_the_words_of_test_agent():
    agent = PARTS["test-agent"]["properties"]
    assert tuple(agent["layers"]["properties"]) == keys.LAYERS
    assert tuple(agent["siblings"]["enum"]) == keys.SIBLINGS
    assert tuple(agent["leaks"]["enum"]) == keys.LEAKS
    assert tuple(agent["cleanup-policy"]["enum"]) == keys.CLEANUPS
    assert tuple(agent["confinement"]["enum"]) == keys.CONFINEMENTS
    assert tuple(agent["network"]["enum"]) == keys.NETWORKS
    plain = AgentSettings()
    assert agent["leaks"]["default"] == plain.leaks
    assert agent["cleanup-policy"]["default"] == plain.cleanup
    assert agent["retain-on-failure"]["default"] == plain.retain
    assert agent["parallel"]["default"] == plain.parallel
    assert agent["confinement"]["default"] == plain.confinement


def test_the_schema_tells_the_defaults_that_the_reader_takes():
    plain = Release()
    for key, told in PARTS["release"]["properties"].items():
        if key != "embed":
            default = getattr(plain, key.replace("-", "_"))
            assert told["default"] == (list(default) if isinstance(default, tuple) else default), key


def test_every_reference_in_the_schema_leads_somewhere():
    text = json.dumps(SCHEMA)
    wanted = {part.split('"')[0] for part in text.split("#/$defs/")[1:]}
    assert wanted == set(PARTS)
