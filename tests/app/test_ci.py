"""The workflows that `test-agent ci` makes of a catalog: what starts them, what they run, and how drift is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from kit.cells import write
from kit.workflow import load, steps
from trainer_release.agent.workflows import MARK, PYTHONS, Place, Tested, pythons, render
from trainer_release.cli.main import agent

CATALOG = 'kit:\n  version: "1.0.0"\nmodules:\n  one: "1.0.0"\n  two: "1.0.0"\nrelease: {branches: [main, "r/*"]}\n'
HEAD = '[project]\nname = "kit-{name}"\nversion = "1.0.0"\nrequires-python = "{python}"\ndependencies = {needs}\n'


def asked(*words: str):
    return CliRunner().invoke(agent, ["ci", *words], catch_exceptions=False)


@pytest.fixture
def workspace(tmp_path, monkeypatch) -> Path:
    """`two` needs `one`, which takes fewer Pythons; one more module, `away`, is on the index alone."""
    monkeypatch.chdir(tmp_path)
    return write(
        tmp_path,
        {
            "versions.yaml": CATALOG.replace('two: "1.0.0"\n', 'two: "1.0.0"\n  away: "1.0.0"\n'),
            "packages/one/pyproject.toml": HEAD.format(name="one", python=">=3.11.4,<3.14", needs="[]"),
            "packages/two/pyproject.toml": HEAD.format(name="two", python=">=3.9", needs='["kit-one"]'),
            ".github/release-tools.txt": "trainer-release\n",
            ".github/workflows/mine.yml": "name: Mine\n",
        },
    )


def test_each_module_has_a_workflow_for_its_own_paths_and_all_have_one_together(workspace):
    assert asked("write").exit_code == 0
    folder = workspace / ".github/workflows"
    assert sorted(path.name for path in folder.iterdir()) == [
        "integration.yml", "mine.yml", "test-one.yml", "test-two.yml",
    ]  # fmt: skip
    two = load(folder / "test-two.yml")
    own = [".github/release-tools.txt", ".github/workflows/test-two.yml"]
    paths = ["packages/two/**", "packages/one/**", "versions.yaml", *own]
    assert two["on"] == {"push": {"branches": ["main", "r/*"], "paths": paths}, "pull_request": {"paths": paths}}
    assert "packages/two/**" not in load(folder / "test-one.yml")["on"]["push"]["paths"]
    together = load(folder / "integration.yml")
    assert together["on"] == {"schedule": [{"cron": "23 2 * * *"}], "workflow_dispatch": None}
    for workflow in (two, together):
        (job,) = workflow["jobs"].values()
        assert workflow["permissions"] == {}
        assert job["permissions"] == {"contents": "read"}
        assert job["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]
    runs = [
        step["run"]
        for path in ("test-two.yml", "integration.yml")
        for _, step in steps(load(folder / path))
        if "run" in step
    ]
    assert [line for line in runs if line.startswith("test-agent")] == [
        'test-agent run --module two --mode isolated --python "$PYTHON" --report report',
        'test-agent run --mode integration --python "$PYTHON" --report report',
    ]


def test_what_is_written_is_what_check_asks_for_byte_for_byte(workspace):
    asked("write")
    first = {path: path.read_bytes() for path in workspace.rglob("*.yml")}
    assert (asked("check").exit_code, asked("write").stdout) == (0, "every workflow is as the catalog asks\n")
    assert {path: path.read_bytes() for path in workspace.rglob("*.yml")} == first


def test_drift_ends_with_7_and_every_file_is_named(workspace):
    asked("write")
    folder = workspace / ".github/workflows"
    (folder / "integration.yml").unlink()
    changed = (folder / "test-one.yml").read_text()
    (folder / "test-one.yml").write_text(changed.replace("timeout-minutes: 30", "timeout-minutes: 31"))
    (folder / "test-gone.yml").write_text(f"{MARK}\nname: Test gone\n")
    done = asked("check")
    assert done.exit_code == 7
    assert done.stderr.count("error[workflow-differs]") == 3
    line = changed.splitlines().index("    timeout-minutes: 30") + 1
    assert f"--> .github/workflows/test-one.yml:{line}\n" in done.stderr
    assert "integration.yml is missing" in done.stderr
    assert "test-gone.yml tests what is no module any more" in done.stderr
    assert asked("write").exit_code == 0
    assert (asked("check").exit_code, (folder / "test-gone.yml").exists(), (folder / "mine.yml").exists()) == (
        0,
        False,
        True,
    )


def test_a_workflow_of_somebody_s_own_is_not_overwritten(workspace):
    own = workspace / ".github/workflows/integration.yml"
    own.write_text("name: My own\n")
    done = asked("write")
    assert (done.exit_code, "integration.yml was not written by this command" in done.stderr) == (7, True)
    assert own.read_text() == "name: My own\n"
    assert not (workspace / ".github/workflows/test-one.yml").exists()


def test_a_module_s_own_repository_has_one_workflow_that_any_change_starts(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"pyproject.toml": HEAD.format(name="one", python=">=3.12", needs="[]")})
    assert asked("write").stdout == "wrote .github/workflows/test-kit-one.yml\n"
    workflow = load(tmp_path / ".github/workflows/test-kit-one.yml")
    assert workflow["on"] == {"push": {"branches": ["main"]}, "pull_request": None}
    installs = [step["run"] for _, step in steps(workflow) if step.get("run", "").startswith("python")]
    assert installs == ["python -m pip install trainer-release"]


@pytest.mark.parametrize(
    ("requires", "chosen", "found"),
    [
        ([None], (), PYTHONS),
        ([">=3.12"], (), ("3.12", "3.13", "3.14")),
        ([">=3.9", "<3.11"], (), ("3.9", "3.10")),
        ([">=3.11.4,<3.13"], (), ("3.11", "3.12")),
        (["~=3.11"], (), ("3.11", "3.12", "3.13", "3.14")),
        ([">=4"], (), ("3.13",)),
        (["what"], (), PYTHONS),
        ([">=3.9"], ("3.12",), ("3.12",)),
    ],
)
def test_the_matrix_has_the_pythons_that_all_of_them_admit(requires, chosen, found):
    assert pythons(requires, chosen) == found


def test_together_modules_are_tested_on_the_pythons_that_all_of_them_have():
    modules = [Tested("a", (), ("3.11", "3.12")), Tested("b", (), ("3.12", "3.13"))]
    assert 'python: ["3.12"]' in render(modules, Place())[".github/workflows/integration.yml"]
