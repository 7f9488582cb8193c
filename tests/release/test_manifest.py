"""The manifest: the seed's shape, every file with its hash, and the schema that says so."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files

import pytest

from kit.facts import on_index, record, sha, verdict
from kit.schema import complaints
from trainer_release.compatibility import read
from trainer_release.model.catalog import Tested
from trainer_release.model.index import IndexFile
from trainer_release.release import manifest

SCHEMA = json.loads((files("trainer_release.release") / "manifest.schema.json").read_text(encoding="utf-8"))
INDEX = on_index("demo-words 1.1.0", "demo-speech 1.1.0", "demo-core 1.1.0", "demo-words 1.0.0", "demo-core 1.0.0")
PAGES = {f"demo-{name}": f"http://index.example/project/demo-{name}/1.1.0/" for name in ("words", "speech", "core")}


def written(made=None, index=INDEX):
    text = manifest.text(made or record(), index, PAGES, "v1.1.0")
    assert text.endswith("}\n")
    return json.loads(text)


def test_the_manifest_has_the_shape_of_the_seed():
    document = written()
    assert document["suite_version"] == "1.1.0"
    assert document["released_at"] == "2023-11-14T22:13:20Z"
    assert list(document["modules"]) == ["demo-words", "demo-speech", "demo-core"]
    module = document["modules"]["demo-words"]
    assert (module["version"], module["pypi_url"]) == ("1.1.0", PAGES["demo-words"])
    assert document["tested_with"]["python"] == "3.11.7"
    assert document["tested_with"]["platforms"] == ["linux-x86_64"]


def test_every_file_has_name_hash_size_and_address():
    (wheel, sdist) = written()["modules"]["demo-core"]["files"]
    name = "demo_core-1.1.0-py3-none-any.whl"
    assert wheel == {"name": name, "sha256": sha(name), "size": 10, "url": f"http://index.example/{name}"}
    assert sdist["name"] == "demo_core-1.1.0.tar.gz"


def test_only_files_of_the_released_version_are_listed():
    names = [file["name"] for module in written()["modules"].values() for file in module["files"]]
    assert all("1.1.0" in name for name in names)
    assert len(names) == 6


def test_a_size_that_the_index_does_not_tell_is_the_recorded_one():
    dist = record().modules["words"].files[0]
    index = INDEX | {
        "demo-words": {"1.1.0": (IndexFile(dist.name, "u", dist.sha256, None), IndexFile("x.zip", "u", None))}
    }
    sizes = {file["name"]: file["size"] for file in written(index=index)["modules"]["demo-words"]["files"]}
    assert sizes == {dist.name: 10, "x.zip": None}


def test_a_module_that_was_carried_over_says_so():
    modules = written(record(carried=["words"]))["modules"]
    assert (modules["demo-words"]["carried"], modules["demo-core"]["carried"]) == (True, False)
    assert modules["demo-words"]["version"] == "1.0.0"


def test_dependencies_waves_and_git_are_packages_and_objects():
    document = written()
    assert document["modules"]["demo-core"]["depends"] == ["demo-speech", "demo-words"]
    assert document["waves"] == [["demo-words"], ["demo-speech"], ["demo-core"]]
    assert document["git"] == {"commit": "a" * 40, "tree": "b" * 40, "tag": "v1.1.0"}


def test_tested_with_is_what_really_ran_interpreters_in_the_order_of_their_numbers():
    one = verdict()["cells"][0]
    cells = [one | {"python": "3.9.18", "platform": "macos"}, one, one | {"python": "3.10.2"}]
    tested = written(record(verdict=verdict(cells=cells)))["tested_with"]
    assert tested["python"] == "3.9.18, 3.10.2, 3.11.7"
    assert tested["platforms"] == ["linux-x86_64", "macos"]
    assert tested["cells"][0] == {
        "name": "together", "mode": "integration", "status": "passed", "passed": 3, "failed": 0, "skipped": 1,
    }  # fmt: skip


def test_a_verdict_without_counts_is_good_enough():
    cell = {key: value for key, value in verdict()["cells"][0].items() if key not in ("passed", "failed", "skipped")}
    document = written(record(verdict=verdict(cells=[cell])))
    assert document["tested_with"]["cells"] == [{"name": "together", "mode": "integration", "status": "passed"}]
    assert list(complaints(document, SCHEMA)) == []


def test_what_the_catalogs_row_tells_of_tests_stands_beside_them():
    text = manifest.text(record(), INDEX, PAGES, "v1.1.0", Tested("2026-11-22", "passed", "3.11.7", "linux-x86_64"))
    document = json.loads(text)
    told = {"date": "2026-11-22", "result": "passed", "python": "3.11.7", "platform": "linux-x86_64", "by": None}
    assert document["tested_with"]["row"] == told
    assert list(complaints(document, SCHEMA)) == []


def test_nothing_tested_is_said_plainly():
    assert written(record(verdict={}))["tested_with"] == {"python": "", "platforms": [], "cells": []}


def test_the_constraints_pin_every_module_exactly():
    made = record(carried=["words"])
    text = "# demo 1.1.0\ndemo-core==1.1.0\ndemo-speech==1.1.0\ndemo-words==1.0.0\n"
    assert manifest.constraints(made) == text


def test_the_file_is_named_after_the_umbrella_else_the_suite():
    assert manifest.name(record()) == "demo-core-1.1.0"
    assert manifest.name(record(umbrella=None)) == "demo-1.1.0"


def test_an_environment_is_checked_against_a_manifest():
    version, versions = read(written())
    assert (version, versions) == ("1.1.0", dict.fromkeys(["demo-words", "demo-speech", "demo-core"], "1.1.0"))


MADE = {
    "all built": record(),
    "carried": record(carried=["words"]),
    "no umbrella": record(umbrella=None),
    "nothing tested": record(verdict={}, files=False),
    "sha-256 repository": record(commit="a" * 64, tree="b" * 64),
    "any python": replace(record(), modules={n: replace(m, requires_python=None) for n, m in record().modules.items()}),
}


@pytest.mark.parametrize("made", MADE.values(), ids=MADE)
def test_what_is_written_fits_the_schema(made):
    assert list(complaints(written(made), SCHEMA)) == []


def test_the_schema_names_every_key_that_is_written_and_no_other():
    document = written()
    module = SCHEMA["$defs"]["module"]
    assert list(SCHEMA["properties"]) == [*document, "withdrawn"]  # which a revision has beside
    assert list(module["properties"]) == list(document["modules"]["demo-core"])
    assert set(SCHEMA["$defs"]["file"]["properties"]) == set(document["modules"]["demo-core"]["files"][0])
    assert list(SCHEMA["$defs"]["cell"]["properties"]) == list(document["tested_with"]["cells"][0])


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda d: d.update(more=1), "$: more is unknown"),
        (lambda d: d["modules"]["demo-core"].update(more=1), "$.modules.demo-core: more is unknown"),
        (lambda d: d["modules"]["demo-core"]["files"][0].update(more=1), "files[0]: more is unknown"),
        (lambda d: d["modules"]["demo-core"]["files"][0].update(sha256="abc"), "files[0].sha256"),
        (lambda d: d["modules"]["demo-core"]["files"][1].pop("url"), "files[1]: url is missing"),
        (lambda d: d["modules"]["demo-core"].update(carried=0), "carried: 0 is no boolean"),
        (lambda d: d.pop("git"), "$: git is missing"),
        (lambda d: d.update(released_at="yesterday"), "$.released_at"),
        (lambda d: d.update(schema="trainer-release/manifest/v2"), "$.schema"),
        (lambda d: d.update(modules={}), "$.modules: too few"),
        (lambda d: d.update(waves=[[1]]), "$.waves[0][0]: 1 is no string"),
        (lambda d: d["tested_with"]["cells"][0].update(passed=-1), "cells[0].passed: -1 is too small"),
        (lambda d: d["modules"]["demo-core"]["files"][0].update(size=True), "size: True is no integer or null"),
    ],
)
def test_what_is_not_a_manifest_does_not_fit_the_schema(damage, said):
    document = written()
    damage(document)
    (complaint,) = complaints(document, SCHEMA)
    assert said in complaint
