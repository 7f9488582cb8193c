"""test-agent as a person uses it: the command lines of a module's repository, of a workspace, of CI."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

import trainer_release
from kit.cells import tools, write
from kit.index import make_wheel
from trainer_release.agent import verdict
from trainer_release.agent.discover import REPOSITORY
from trainer_release.app import report_tests
from trainer_release.app.api import TestAgent
from trainer_release.cli.main import agent as app
from trainer_release.world.files import sha256
from trainer_release.world.venvs import interpreter

FLIT = '[build-system]\nrequires = ["flit_core>=3.11,<5"]\nbuild-backend = "flit_core.buildapi"\n'
CATALOG = 'kit:\n  version: "1.0.0"\n  package: kit-core\nmodules:\n  one: "1.0.0"\n  two: "1.0.0"\n'


def project(name: str, *needs: str, more: str = "") -> dict[str, str]:
    """The files of a project below its own folder, with one passing test."""
    stem = name.replace("-", "_")
    head = f'[project]\nname = "{name}"\nversion = "1.0.0"\ndescription = "d"\ndependencies = {json.dumps(needs)}\n'
    return {
        "pyproject.toml": f"{FLIT}{head}{more}",
        f"{stem}/__init__.py": "",
        "tests/test_it.py": f"import {stem}\ndef test_it(): pass\n",
    }


def placed(folder: Path, files: dict[str, str]) -> Path:
    return write(folder, files)


@pytest.fixture(autouse=True)
def plain(monkeypatch):
    monkeypatch.delenv(REPOSITORY, raising=False)
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory) -> Path:
    """Two modules and the umbrella; `two` needs `one`, `one` has a test extra with nothing in it."""
    root = tmp_path_factory.mktemp("workspace").resolve()
    (root / "versions.yaml").write_text(CATALOG)
    placed(root / "packages/one", project("kit-one", more="[project.optional-dependencies]\ntest = []\n"))
    placed(root / "packages/two", project("kit-two", "kit-one>=1"))
    placed(root / "apps/core", project("kit-core", "kit-one>=1", "kit-two>=1"))
    together = "import kit_core, kit_one, kit_two\ndef test_together(): pass\n"
    return placed(root, {"tests/integration/test_all.py": together})


@pytest.fixture(scope="module")
def dist(tmp_path_factory) -> Path:
    """Wheels of the workspace's packages, as a build job left them."""
    folder = tmp_path_factory.mktemp("dist")
    make_wheel(folder, "kit-one", "1.0.0", lines=["Provides-Extra: test"])
    make_wheel(folder, "kit-two", "1.0.0", ["kit-one>=1"])
    make_wheel(folder, "kit-core", "1.0.0", ["kit-one>=1", "kit-two>=1"])
    (folder / "kit-core-notes.whl").write_text("")
    return folder


@pytest.fixture(scope="module")
def environment(tmp_path_factory, dist) -> Path:
    """An environment that a person made: kit-one and kit-two and pytest are installed."""
    venvs = tools().venvs
    python = venvs.create(tmp_path_factory.mktemp("environment") / "env")
    assert venvs.install(python, ["pytest>=8"], wheels=sorted(dist.glob("kit_[ot][nw]*.whl"))).ok
    return python


def agent(*words: object):
    return CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)


# --- with a catalog -----------------------------------------------------------------------------------------------


def test_modules_are_built_and_tested_alone(workspace, monkeypatch, tmp_path):
    monkeypatch.chdir(workspace / "packages/two")
    done = agent("run", "--modules", "two,kit-one", "--mode", "isolated", "--json", "--report", tmp_path / "r")
    assert done.exit_code == 0, done.stderr
    said = json.loads(done.stdout)
    assert [(cell["name"], cell["status"], cell["passed"]) for cell in said["cells"]] == [
        ("two alone", "passed", 1),
        ("one alone", "passed", 1),
    ]
    assert verdict.read((tmp_path / "r/report.json").read_text()) == said
    suites = ET.parse(tmp_path / "r/junit.xml").getroot()
    assert [suite.get("name") for suite in suites] == ["two alone", "one alone"]
    assert "isolated: two alone: passed" in done.stderr


def test_built_files_are_tested_together_and_covered_by_the_verdict(workspace, dist, monkeypatch):
    monkeypatch.chdir(workspace)
    done = agent("run", "--mode", "integration", "--artifacts", dist, "--json")
    assert done.exit_code == 0, done.stderr
    files = {path.name: sha256(path) for path in dist.glob("*-py3-none-any.whl")}
    assert json.loads(done.stdout)["files"] == files
    assert verdict.covers(json.loads(done.stdout), files) == ()


def test_some_modules_together_take_their_siblings_along(workspace, dist, monkeypatch):
    monkeypatch.chdir(workspace)
    done = agent("run", "--mode", "integration", "--modules", "core", "--artifacts", dist, "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["cells"][0]["modules"] == ["core"]


def test_every_missing_or_doubtful_wheel_is_named_at_once(workspace, tmp_path, monkeypatch):
    monkeypatch.chdir(workspace)
    wheel = make_wheel(tmp_path, "kit-one", "1.0.0")
    wheel.with_name("kit_one-1.0.0-py2.py3-none-any.whl").write_bytes(wheel.read_bytes())
    done = agent("run", "--mode", "integration", "--artifacts", tmp_path)
    assert done.exit_code == 3
    assert done.stderr.count("error[artifact-missing]") == 2
    assert "error[artifact-ambiguous]" in done.stderr


def test_every_module_that_cannot_be_built_is_named_at_once(tmp_path, monkeypatch):
    placed(tmp_path, {"versions.yaml": 'kit:\n  version: "1.0.0"\nmodules:\n  one: "1.0.0"\n  two: "1.0.0"\n'})
    for name in ("kit-one", "kit-two"):
        stem = name.replace("-", "_")
        files = {path: text for path, text in project(name).items() if not path.startswith(stem)}
        placed(tmp_path / "packages" / name[4:], files)
    monkeypatch.chdir(tmp_path)
    done = agent("run", "--json")
    assert done.exit_code == 3
    assert [problem["code"] for problem in json.loads(done.stdout)["problems"]] == ["build-failed"] * 2


def test_an_unknown_module_gets_the_nearest_name(workspace, monkeypatch):
    monkeypatch.chdir(workspace)
    done = agent("run", "--module", "tow", "--module", "kit-three")
    assert done.exit_code == 2
    assert "did you mean two?" in done.stderr
    assert "there is no module kit-three" in done.stderr


def test_a_catalog_that_was_asked_for_has_to_be_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = agent("discover", "--catalog", "other.yaml")
    assert (done.exit_code, "catalog-missing" in done.stderr) == (3, True)


def test_an_environment_is_tested_as_it_stands(workspace, environment, monkeypatch):
    monkeypatch.chdir(workspace)
    done = agent("run", "--modules", "one,two", "--python", environment)
    assert done.exit_code == 0, done.stderr
    assert done.stdout.splitlines()[1].startswith("installed: one  isolated")
    done = agent("run", "--mode", "integration", "--python", environment)
    assert done.exit_code == 3
    assert "Modules not installed: ['core']" in done.stderr
    assert "pip install 'kit-core==1.0.0'" in done.stderr


def test_an_interpreter_makes_the_environments(workspace, dist, monkeypatch):
    monkeypatch.chdir(workspace)
    done = agent("run", "--module", "one", "--python", interpreter(), "--artifacts", dist)
    assert done.exit_code == 0, done.stderr
    done = agent("run", "--module", "one", "--python", "no-such-python")
    assert (done.exit_code, "interpreter-missing" in done.stderr) == (3, True)


def test_check_says_how_each_module_stands(workspace, environment, monkeypatch):
    monkeypatch.chdir(workspace)
    done = agent("check", "--python", environment, "--json")
    assert done.exit_code == 3
    stands = {each["module"]: each["status"] for each in json.loads(done.stdout)["packages"]}
    assert stands == {"one": "importable", "two": "importable", "core": "absent"}
    done = agent("check", "--modules", "one,two", "--python", environment)
    assert done.exit_code == 0
    rows = [line.split() for line in done.stdout.splitlines()[1:]]
    assert rows == [["one", "importable", "kit-one", "1.0.0"], ["two", "importable", "kit-two", "1.0.0"]]


def test_discover_lists_the_files_and_their_origins(workspace, monkeypatch):
    monkeypatch.chdir(workspace)
    assert agent("discover", "--module", "one").stdout == "one  module  packages/one/tests/test_it.py\n"
    done = agent("discover", "--mode", "integration", "--json")
    path = str(workspace / "tests/integration/test_all.py")
    assert json.loads(done.stdout) == {
        "schema": "trainer-release/tests/v1",
        "mode": "integration",
        "tests": [{"origin": "tests/integration", "module": None, "path": path}],
    }


# --- in a module's own repository ---------------------------------------------------------------------------------


def test_a_module_s_own_repository_needs_no_catalog(tmp_path, monkeypatch):
    monkeypatch.chdir(placed(tmp_path, project("kit-prompt-manager")))
    done = agent("run", "--module", "prompt-manager", "--mode", "isolated")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.splitlines()[1].startswith("prompt-manager alone")
    done = agent("run", "--module", "other")
    assert (done.exit_code, "this folder holds kit-prompt-manager" in done.stderr) == (2, True)
    assert agent("discover").stdout == "kit-prompt-manager  module  tests/test_it.py\n"


def umbrella(folder: Path, *needs: str) -> Path:
    tests = {"tests/integration/test_all.py": "import kit_one, kit_two\ndef test_all(): pass\n"}
    return placed(folder, project("kit-core", *needs) | tests)


def test_installed_modules_are_tested_together_in_the_active_environment(tmp_path, environment, monkeypatch):
    monkeypatch.chdir(umbrella(tmp_path))
    monkeypatch.setenv("VIRTUAL_ENV", str(environment.parent.parent))
    done = agent("run", "--mode", "integration", "--modules", "one,kit-two", "--json")
    assert done.exit_code == 0, done.stderr
    (cell,) = json.loads(done.stdout)["cells"]
    assert (cell["modules"], cell["passed"], cell["files"]) == (["one", "kit-two"], 1, {})


def test_modules_that_are_not_installed_are_named_all_at_once(tmp_path, environment, monkeypatch):
    monkeypatch.chdir(umbrella(tmp_path))
    names = "one,data-retriever,llm-provider"
    done = agent("run", "--mode", "integration", "--modules", names, "--python", environment)
    assert done.exit_code == 3
    assert "Modules not installed: ['data-retriever', 'llm-provider']" in done.stderr
    assert "pip install 'kit-data-retriever' 'kit-llm-provider'" in done.stderr


def test_without_names_the_project_s_own_family_is_meant(tmp_path, environment, monkeypatch):
    monkeypatch.chdir(umbrella(tmp_path / "core", "kit-one", "kit-two>=1", "pytest"))
    done = agent("run", "--mode", "integration", "--python", environment, "--json")
    assert json.loads(done.stdout)["cells"][0]["modules"] == ["kit-one", "kit-two"]
    monkeypatch.chdir(umbrella(tmp_path / "alone", "pytest"))
    done = agent("check", "--python", environment)
    assert (done.exit_code, "modules-not-named" in done.stderr) == (2, True)


def test_a_repository_of_integration_tests_needs_no_project_here(tmp_path, environment, monkeypatch):
    placed(tmp_path / "repo", {"tests/test_them.py": "import kit_one\ndef test_it(): pass\n"})
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv(REPOSITORY, "../repo")
    done = agent("run", "--mode", "integration", "--modules", "kit-one", "--python", environment)
    assert done.exit_code == 0, done.stderr
    assert "repo:../repo" in agent("discover", "--mode", "integration").stdout


# --- how it ends --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("def test_it(): assert 1 == 2\n", 1, "error[tests-failed]: installed: kit-one: 1 of 1 failed"),
        ("", 5, "error[tests-empty]"),
        ("import time\ndef test_it(): time.sleep(60)\n", 124, "error[tests-timeout]"),
        ("import os\nos._exit(0)\n", 1, "error[tests-broken]"),
    ],
)
def test_the_exit_code_says_how_it_ended(tmp_path, environment, monkeypatch, text, code, said):
    files = project("kit-one") | {"tests/test_it.py": text}
    monkeypatch.chdir(placed(tmp_path, files))
    done = agent("run", "--python", environment, "--timeout", "2" if code == 124 else "60")
    assert (done.exit_code, said in done.stderr) == (code, True), done.stderr


SEVERAL = """
import os, random, time
def test_first(tmp_path): assert {"one", "two", "three", "four"} == {str(tmp_path)[:1]}
def test_second(): pass
def test_third(): assert random.random() < 0
"""


def test_two_runs_with_one_seed_give_the_same_report_but_for_timings(tmp_path, environment, monkeypatch):
    monkeypatch.chdir(placed(tmp_path, project("kit-one") | {"tests/test_it.py": SEVERAL}))
    found = []
    for _ in range(2):
        assert agent("run", "--python", environment, "--seed", "7", "--report", "r", "-q").exit_code == 1
        found.append(json.loads((tmp_path / "r/report.json").read_text()))
    assert found[0] != found[1]
    assert report_tests.untimed(found[0]) == report_tests.untimed(found[1])
    other = json.loads(agent("run", "--python", environment, "--seed", "8", "-q", "--json").stdout)
    assert report_tests.untimed(other["cells"]) != report_tests.untimed(found[0]["cells"])


def test_words_behind_two_dashes_reach_pytest(tmp_path, environment, monkeypatch):
    monkeypatch.chdir(placed(tmp_path, project("kit-one") | {"tests/test_it.py": SEVERAL}))
    done = agent("run", "--python", environment, "--json", "--", "-k", "second")
    (cell,) = json.loads(done.stdout)["cells"]
    assert (done.exit_code, [test["test"] for test in cell["tests"]]) == (0, ["tests/test_it.py::test_second"])


def test_settings_of_the_repository_and_options_reach_the_tests(tmp_path, environment, monkeypatch):
    more = '[tool.test-agent]\nlayers.unit = {timeout = "1s", exclude = "slow"}\nleaks = "report"\n'
    more += '[tool.pytest.ini_options]\nmarkers = ["slow"]\n'
    text = (
        "import pytest, threading, time\ndef test_hangs(): time.sleep(30)\n@pytest.mark.slow\ndef test_slow(): assert 0\n"
        "def test_leaves(): threading.Thread(target=time.sleep, args=(9,)).start()\n"
    )
    monkeypatch.chdir(placed(tmp_path, project("kit-one", more=more) | {"tests/test_it.py": text}))
    monkeypatch.setenv("TEST_MODE", "unit")
    done = agent("run", "--python", environment, "--confinement", "group", "--json")
    (cell,) = json.loads(done.stdout)["cells"]
    outcomes = {test["test"].partition("::")[2]: test["outcome"] for test in cell["tests"]}
    assert outcomes == {"test_hangs": "timeout", "test_leaves": "passed"}
    assert (done.exit_code, cell["layer"], cell["confinement"]) == (1, "unit", "group")


def test_an_environment_without_pytest_ends_with_3(tmp_path, monkeypatch):
    venvs = tools().venvs
    python = venvs.create(tmp_path / "env")
    assert venvs.install(python, [], wheels=[make_wheel(tmp_path / "dist", "kit-one", "1.0.0")]).ok
    monkeypatch.chdir(placed(tmp_path / "project", project("kit-one")))
    done = agent("run", "--python", python)
    assert (done.exit_code, "error[pytest-missing]" in done.stderr) == (3, True)


def test_the_agent_as_an_object_tests_what_is_installed_here(tmp_path):
    with pytest.raises(ValueError, match="isolated or integration"):
        TestAgent("other")
    umbrella(tmp_path)
    agent = TestAgent("integration", tmp_path)
    with pytest.raises(ValueError, match=r"^Modules not installed: \['one', 'two'\]"):
        agent.run_integration_tests(["one", "two"])
    write(tmp_path, {"tests/integration/test_all.py": "import pluggy\ndef test_all(): pass\n"})
    done = agent.run_integration_tests(["pluggy"])
    assert (done.exit, done.reports[0].passed) == (0, 1)


def test_the_agent_as_an_object_tests_built_wheels(workspace, dist):
    done = TestAgent("isolated", workspace).run(["one"], artifacts=dist)
    assert (done.exit, done.problems) == (0, ())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_ends_what_was_started(tmp_path, environment, number):
    """The pytest that runs holds a lock, which the kernel lets go with it; numbers of processes are its own ones."""
    told = tmp_path / "lock"
    text = (
        f"import fcntl, time\ndef test_it():\n    file = open({str(told)!r}, 'w')\n"
        "    fcntl.flock(file, fcntl.LOCK_EX)\n    file.write('held')\n    file.flush()\n    time.sleep(60)\n"
    )
    placed(tmp_path / "p", project("kit-one") | {"tests/test_it.py": text})
    words = [
        sys.executable,
        "-c",
        "from trainer_release.cli import test_agent; test_agent()",
        "run",
        "--python",
        str(environment),
        "--report",
        str(tmp_path / "report"),
    ]
    env = os.environ | {"PYTHONPATH": str(Path(trainer_release.__file__).parents[1])}
    with subprocess.Popen(words, cwd=tmp_path / "p", stderr=subprocess.PIPE, text=True, env=env) as process:
        while not (told.exists() and told.read_text()):
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(number)
        _, said = process.communicate(timeout=30)
    assert (process.returncode, "interrupted; everything that was started is ended" in said) == (130, True), said
    with told.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    lines = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    assert [line for line in lines if os.fsencode(environment) in line] == []
    report = json.loads((tmp_path / "report/report.json").read_text())
    assert (report["exit"], report["ok"], report["cells"][0]["code"]) == (130, False, "tests-interrupted")


def test_what_a_failed_test_left_in_its_folders_is_retained_beside_the_report(tmp_path, environment, monkeypatch):
    text = (
        "import tempfile, pathlib\ndef test_good(tmp_path):\n    (tmp_path / 'good').write_text('')\n"
        "def test_bad(tmp_path):\n    (tmp_path / 'own').write_text('1')\n"
        "    (pathlib.Path(tempfile.gettempdir()) / 'other').write_text('2')\n    assert 0\n"
    )
    placed(tmp_path / "p", project("kit-one") | {"tests/test_it.py": text})
    monkeypatch.chdir(tmp_path / "p")
    assert agent("run", "--python", environment, "--report", tmp_path / "r").exit_code == 1
    left = {path.name: path.read_text() for path in (tmp_path / "r/retained").rglob("*") if path.is_file()}
    assert left == {"own": "1", "other": "2"}

    (tmp_path / "p/pyproject.toml").write_text(
        (tmp_path / "p/pyproject.toml").read_text() + "\n[tool.test-agent]\nretain-on-failure = false\n"
    )
    assert agent("run", "--python", environment, "--report", tmp_path / "s").exit_code == 1
    assert not (tmp_path / "s/retained").exists()
