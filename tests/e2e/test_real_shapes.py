"""The field's shapes end to end: prepared, executed on the embedded index, installed from it and verified.

In full (`pytest -m full`); the eight repositories run in every test run.
"""

from __future__ import annotations

import json

import pytest

from kit.shapes import TELEMETRY, WEB, telemetry, web

pytestmark = pytest.mark.e2e


def test_eight_repositories_with_versions_of_their_own_are_one_release(tmp_path):
    work = web(tmp_path, tmp_path / "home")
    plan = work.run("prepare", "2026.11.0", "--dry-run", "--json").json
    assert plan["waves"] == [["blinky", "klick", "marksafe", "risky"], ["ninja", "toolwerk"], ["vase"], ["quark"]]
    assert len(plan["repositories"]) == 9
    work.run("prepare", "2026.11.0")
    done = work.run("execute", "2026.11.0", "--json").json
    assert len(done["uploaded"]) == 2 * len(WEB)
    manifest = json.loads((work.data / "manifests" / "web-2026.11.0-manifest.json").read_text())
    assert {name: module["version"] for name, module in manifest["modules"].items()} == {
        package: to for package, _, to, _ in WEB.values()
    }
    quark = work.git("show", "v2026.11.0:pyproject.toml", cwd=work.data / "repositories" / "quark.git")
    assert '"vase>=3.0"' in quark  # a pin that admits the version is kept
    vase = work.git("diff", "main~1", "main", "--stat", cwd=work.data / "repositories" / "vase.git")
    assert "1 file changed, 1 insertion(+), 1 deletion(-)" in vase


@pytest.mark.full
def test_29_packages_with_two_groups_are_adopted_and_released(tmp_path):
    work = telemetry(tmp_path / "telemetry", tmp_path / "home")
    work.run("init")
    checked = work.run("check", "--json").json["problems"]
    assert [problem for problem in checked if problem["severity"] == "error"] == []
    graph = work.run("graph", "--format", "json").json
    assert len(graph["modules"]) == len(TELEMETRY)
    work.commit("The catalog")
    local = ("--index", "local")
    work.run("prepare", "1.46.0", "--group", "beta=0.67b0", *local)
    plan = work.run("execute", "1.46.0", "--dry-run", "--json", *local).json
    assert [len(wave) for wave in plan["waves"]] == [3, 7, 1, 8, 4, 2]
    done = work.run("execute", "1.46.0", "--json", *local).json
    assert len(done["uploaded"]) == 2 * len(TELEMETRY)
    text = work.read("telemetry-sdk/pyproject.toml")
    assert '"telemetry-api == 1.46.0"' in text
    assert '"telemetry-semantic-conventions == 0.67b0"' in text
    assert 'file = ["telemetry-configuration == 0.67b0"]' in text
    assert '"telemetry-api ~= 1.15"' in work.read("exporter/telemetry-exporter-otlp-proto-http/pyproject.toml")
    assert work.read("telemetry-sdk/src/telemetry_sdk/version/__init__.py") == '__version__ = "1.46.0"\n'
    assert work.run("status", "--json", *local).json["releases"][0]["state"] == "published"
