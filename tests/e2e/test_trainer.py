"""The example suite: released as 1.0.0 and as 1.1.0, and everything that its users can check about it."""

from __future__ import annotations

import json
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path
from urllib.parse import urljoin
from urllib.request import ProxyHandler, build_opener

import pytest
from packaging.requirements import Requirement
from packaging.utils import parse_sdist_filename, parse_wheel_filename

from kit.installed import empty, install, installed, serving
from kit.suite import BIN, Workspace, add_module, environment

EXAMPLE = Path(__file__).parents[2] / "examples" / "trainer"
SEED = Path(__file__).parents[1] / "suite" / "catalog_cases" / "seed.yaml"
MODULES = ("prompt-manager", "llm-provider", "data-retriever", "format-converter", "test-agent")
CHANGED = {
    "prompt-manager": "1.1.0",
    "llm-provider": "1.0.1",
    "data-retriever": "1.1.0",
    "test-agent": "1.0.1",
    "core": "1.1.0",
}


def first(folder: Path, home: Path) -> Workspace:
    """The example in a repository of its own, 1.0.0 prepared and executed."""
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
    work = Workspace(folder, home, "trainer")
    work.git("init", "--quiet", "--initial-branch=main")
    work.commit("The example")
    work.run("prepare", "1.0.0")
    work.run("execute")
    return work


@pytest.fixture
def trainer(once, home, tmp_path) -> Workspace:
    shared = once("trainer", lambda folder: first(folder, home))
    return Workspace(shared.root, home, "trainer")


@pytest.fixture
def both(once, home, trainer) -> Workspace:
    """The example with 1.0.0 and, from the seed's second row, 1.1.0."""

    def make(folder: Path) -> Workspace:
        work = trainer.copy(folder)
        work.run("prepare", "1.1.0")
        work.run("execute")
        return work

    return Workspace(once("trainer-next", make).root, home, "trainer")


def fetch(url: str) -> bytes:
    with build_opener(ProxyHandler({})).open(url) as answer:
        return answer.read()


def package_of(file: str) -> str:
    return (parse_wheel_filename(file) if file.endswith(".whl") else parse_sdist_filename(file))[0]


def manifest_file(work: Workspace, version: str, kind: str = "manifest.json") -> str:
    return str(work.data / "manifests" / f"trainer-core-{version}-{kind}")


@pytest.mark.parametrize(
    ("folder", "package"),
    [("packages/{}", "trainer-{}"), ("packages/trainer-{}", "trainer-{}"), ("packages/{}", "{}"), ("{}", "trainer-{}")],
)
def test_the_seeds_catalog_loads_as_it_stands_wherever_the_modules_lie(tmp_path, home, folder, package):
    work = Workspace(tmp_path, home, "trainer")
    work.write("versions.yaml", SEED.read_text())
    for name in MODULES:
        add_module(work, name, path=folder.format(name), package=package.format(name))
    add_module(
        work, "core", path="core" if folder == "{}" else "apps/core", needs=[package.format(name) for name in MODULES]
    )
    graph = work.run("graph", "--format", "json").json
    assert {
        name: (m["path"], m["package"], m["version"]) for name, m in graph["modules"].items() if name != "core"
    } == {name: (folder.format(name), package.format(name), "1.0.0") for name in MODULES}
    assert graph["waves"][1] == ["core"]
    assert work.run("check", "--json").json["problems"] == []


@pytest.mark.parametrize(
    ("line", "passed", "siblings"),
    [
        (
            "run --module prompt-manager --mode isolated",
            18,
            dict.fromkeys(("core", "data-retriever", "format-converter", "llm-provider", "test-agent"), "absent"),
        ),
        (
            "run --mode integration --modules prompt-manager,llm-provider,data-retriever",
            7,
            dict.fromkeys(("core", "format-converter", "test-agent"), "absent"),
        ),
    ],
)
def test_the_seed_s_lines_of_test_agent_work_as_they_stand(trainer, home, tmp_path, line, passed, siblings):
    words = [str(BIN / "test-agent"), *line.split(), "--report", str(tmp_path / "report")]
    subprocess.run(words, cwd=trainer.root, env=environment(home), check=True, capture_output=True)
    (cell,) = json.loads((tmp_path / "report" / "report.json").read_text())["cells"]
    assert (cell["status"], cell["passed"], cell["siblings"]) == ("passed", passed, siblings)


def test_every_sha256_is_the_same_in_tag_manifest_index_and_what_pip_installed_from(trainer, home, tmp_path):
    recorded = {d["name"]: d["sha256"] for m in trainer.record("v1.0.0")["modules"].values() for d in m["files"]}
    listed = [f for m in trainer.manifest("1.0.0")["modules"].values() for f in m["files"]]
    assert len(recorded) == 12
    assert {file["name"]: file["sha256"] for file in listed} == recorded

    python = empty(tmp_path / "env", home, "--seed")
    report = tmp_path / "report.json"
    constraints = manifest_file(trainer, "1.0.0", "constraints.txt")
    with serving(trainer) as url:
        served = {name: sha256(fetch(urljoin(url, f"../packages/{name}"))).hexdigest() for name in recorded}
        words = ["install", "--quiet", "--no-cache-dir", "--index-url", url, "-c", constraints, "--report", str(report)]
        subprocess.run([python, "-m", "pip", *words, "trainer-core"], check=True, env=environment(home))

    assert served == recorded
    sizes = {name: path.stat().st_size for name in recorded if (path := trainer.data / "index" / "files" / name)}
    assert {file["name"]: file["size"] for file in listed} == sizes
    origins = [each["download_info"] for each in json.loads(report.read_text())["install"]]
    hashes = {origin["url"].rsplit("/", 1)[-1]: origin["archive_info"]["hashes"]["sha256"] for origin in origins}
    assert hashes == {name: digest for name, digest in recorded.items() if name.endswith(".whl")}


def test_uploads_follow_every_runtime_dependency_and_the_umbrella_is_last(trainer):
    order = [package_of(name) for name in trainer.uploads()]
    manifest = trainer.manifest("1.0.0")["modules"]
    assert len(order) == 12
    for package, module in manifest.items():
        for needed in module["depends"]:
            assert max(i for i, each in enumerate(order) if each == needed) < order.index(package), (
                needed,
                package,
                order,
            )
    assert sum(len(module["depends"]) for module in manifest.values()) >= 9
    assert order[-2:] == ["trainer-core", "trainer-core"]


def test_a_chain_of_modules_is_uploaded_one_after_the_other(executed):
    assert [package_of(name)[-1] for name in executed.uploads()] == ["a", "a", "b", "b", "c", "c", "e", "e"]


def test_the_second_row_builds_and_uploads_exactly_the_modules_whose_version_changed(both):
    record = both.record("v1.1.0")
    assert {name: m["version"] for name, m in record["modules"].items() if m["published"]} == CHANGED
    uploads = both.uploads()[12:]
    assert sorted(uploads) == sorted(d["name"] for m in record["modules"].values() for d in m["files"])
    assert {package_of(name) for name in uploads} == {f"trainer-{name}" for name in CHANGED}
    assert both.git("tag").split() == ["v1.0.0", "v1.1.0"]
    changed = both.git("diff", "--name-only", "v1.0.0", "v1.1.0").split()
    assert [path for path in changed if "format-converter" in path] == []
    built = {path.name for path in both.cache.glob("artifacts/1.1.0/format-converter/*")}
    assert built == {"trainer_format_converter-1.0.0-py3-none-any.whl"}


def test_the_tests_together_use_the_published_file_of_what_did_not_change(both):
    wheel = "trainer_format_converter-1.0.0-py3-none-any.whl"
    (together,) = (cell for cell in both.record("v1.1.0")["verdict"]["cells"] if cell["mode"] == "integration")
    files = {f["name"]: f["sha256"] for m in both.manifest("1.1.0")["modules"].values() for f in m["files"]}
    assert together["files"] == {name: digest for name, digest in files.items() if name.endswith(".whl")}
    assert (
        files[wheel]
        == {d["name"]: d["sha256"] for d in both.record("v1.0.0")["modules"]["format-converter"]["files"]}[wheel]
    )
    fetched = [at for at, words in enumerate(both.log()) if words[1:3] == ["GET", f"/packages/{wheel}"]]
    second = [at for at, words in enumerate(both.log()) if words[1] == "POST"][12]
    assert [at for at in fetched if at < second]


def test_the_umbrellas_pins_admit_the_new_set(both):
    text = (both.root / "apps" / "core" / "pyproject.toml").read_text()
    listed = [
        line.strip(' ",')
        for line in text.partition("dependencies = [")[2].partition("]")[0].splitlines()
        if line.strip()
    ]
    versions = {f"trainer-{name}": version for name, version in {**CHANGED, "format-converter": "1.0.0"}.items()}
    pins = {pin.name: pin for pin in map(Requirement, listed)}
    assert set(pins) == set(versions) - {"trainer-core"}
    assert [name for name, pin in pins.items() if not pin.specifier.contains(versions[name])] == []


def test_both_suite_versions_install_side_by_side_and_verify_tells_them_apart(both, home, tmp_path):
    pythons = {version: empty(tmp_path / version, home) for version in ("1.0.0", "1.1.0")}
    with serving(both) as url:
        for version, python in pythons.items():
            install(
                python, home, "--index-url", url, "-c", manifest_file(both, version, "constraints.txt"), "trainer-core"
            )

    suites = {}
    for version, python in pythons.items():
        wanted = {package: m["version"] for package, m in both.manifest(version)["modules"].items()}
        assert installed(python) == wanted
        (suites[version],) = python.parents[1].rglob("trainer_core/suite.json")
        done = both.run("verify", "--python", str(python), cwd=tmp_path)
        assert f"exactly those of {version}" in done.out

    for own, other in (("1.0.0", "1.1.0"), ("1.1.0", "1.0.0")):
        for what in (manifest_file(both, own), str(suites[own]), f"trainer=={own}"):
            both.run("verify", what, "--python", str(pythons[own]))
            told = both.run("verify", what, "--python", str(pythons[other]), code=4).err
            assert "trainer-prompt-manager: " in told
            assert "trainer-format-converter" not in told
