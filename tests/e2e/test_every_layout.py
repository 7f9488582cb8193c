"""One project of each layout, all in one suite: what `prepare` plans, commits and builds of it is the same."""

from __future__ import annotations

import json
import subprocess
import tarfile
import zipfile
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path

import pytest

from kit import layouts
from kit.suite import BIN, Workspace, environment
from trainer_release.suite.layouts import every

RUST = layouts.rust()
NAMES = [name for name in layouts.every() if RUST or not name.startswith("maturin")]
NEEDS_CARGO = pytest.mark.skipif(RUST is None, reason="maturin needs cargo, and none runs here")
EVERY = [pytest.param(name, marks=NEEDS_CARGO if name.startswith("maturin") else ()) for name in layouts.every()]


@pytest.fixture
def woven(once, home) -> Workspace:
    """The suite of every layout, 2.0.0 prepared. `plan.json` beside it is what the dry run said before."""

    def make(folder: Path) -> Workspace:
        work = layouts.loom(folder, home, NAMES)
        (folder / "plan.json").write_text(work.run("prepare", "2.0.0", "--dry-run", "--json").out)
        done = work.run("prepare", "2.0.0", code=None, **layouts.SUBMODULES, **(RUST or {}))
        (folder / "failed").write_text(f"{done.code}\n{done.out}\n{done.err}" if done.code else "")
        return work

    folder = once("every-layout", make).root
    assert (folder / "failed").read_text() == ""  # it is not tried again for each test
    return Workspace(folder / "work", home, "loom")


def planned(woven: Workspace) -> dict:
    return json.loads((woven.root.parent / "plan.json").read_text())


def built(woven: Workspace, name: str) -> tuple[Path, Path]:
    """The sdist and the wheel of a module; there is nothing else."""
    wheel, sdist = sorted((woven.cache / "artifacts/2.0.0" / name).iterdir(), key=lambda path: path.suffix != ".whl")
    assert (sdist.name.endswith(".tar.gz"), wheel.suffix) == (True, ".whl")
    return sdist, wheel


def metadata(path: Path) -> Message:
    """What a wheel's METADATA or an sdist's PKG-INFO says."""
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as archive:
            (name,) = (each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
            return HeaderParser().parsestr(archive.read(name).decode())
    with tarfile.open(path) as archive:
        held = archive.extractfile(f"{path.name.removesuffix('.tar.gz')}/PKG-INFO")
        return HeaderParser().parsestr(held.read().decode())


def contents(path: Path) -> str:
    """The names of all files, one a line."""
    if path.suffix == ".whl":
        return "\n".join(zipfile.ZipFile(path).namelist())
    with tarfile.open(path) as archive:
        return "\n".join(archive.getnames())


def changed(diff: str) -> list[str]:
    """The lines of a diff that come or go."""
    return [line for line in diff.splitlines() if line[:1] in ("-", "+") and line[:3] not in ("---", "+++")]


@pytest.mark.parametrize("name", EVERY)
def test_wheel_and_sdist_say_the_planned_version_and_require_what_the_plan_pins(woven, name):
    version = planned(woven)["modules"][name]["to"]
    for path in built(woven, name):
        said = metadata(path)
        assert (said["Name"], said["Version"]) == (f"loom-{name}", version)
        assert said.get_all("Requires-Dist") == layouts.case(name).requires


@pytest.mark.parametrize("name", EVERY)
def test_the_commit_changes_the_lines_that_the_plan_shows_and_no_others(woven, name):
    case = layouts.case(name)
    diffs = {edit["path"]: edit["diff"] for edit in planned(woven)["edits"]}
    own = [path for path in sorted(diffs) if path.startswith(f"{case.folder}/")]
    assert [line for path in own for line in changed(diffs[path])] == case.changed
    assert changed(woven.git("show", "--format=", "v2.0.0", "--", case.folder)) == case.changed


def test_the_commit_changes_the_files_that_the_plan_shows_and_no_others(woven):
    assert woven.git("diff", "--name-only", "v1.0.0", "v2.0.0").split() == sorted(
        edit["path"] for edit in planned(woven)["edits"]
    )


def test_no_layout_is_left_out(woven):
    found = {module["layout"] for module in woven.run("graph", "--format", "json").json["modules"].values()}
    assert {layout.NAME for layout in every()} - found == ({"unstated"} if RUST else {"unstated", "maturin"})


def test_what_lies_above_a_project_or_in_a_submodule_is_there_when_it_is_built(woven):
    for path in built(woven, "license-above"):
        assert "/LICENSE" in contents(path)
    for path in built(woven, "submodule"):
        assert "loom_submodule/part/data.txt" in contents(path)


def test_a_module_whose_sdist_lacks_a_file_of_the_wheel_is_built_from_the_tree_where_the_catalog_says_so(woven):
    sdist, wheel = built(woven, "from-tree")
    assert ("LICENSE" in contents(sdist), "loom_from_tree/LICENSE" in contents(wheel)) == (False, True)


def test_tags_that_only_the_build_saw_are_not_in_the_repository(woven):
    tags = woven.git("tag").split()
    published = {f"{module['package']}-v2.0.0" for module in planned(woven)["modules"].values()}
    assert set(tags) == {"v1.0.0", "v2.0.0", "loom-hatch-versioningit-v1.0.0", *published}
    assert woven.git("rev-parse", "v2.0.0^{}", "HEAD").split() == 2 * [woven.git("rev-parse", "HEAD")]
    assert woven.git("status", "--porcelain") == ""


def test_build_shows_the_tag_too_and_makes_the_very_bytes(woven, tmp_path):
    copy = Workspace(woven.copy(tmp_path / "copy").root, woven.home, "loom")
    for tag in copy.git("tag").split():
        copy.git("tag", "--delete", tag)
    copy.run("build", "--module", "hatch-versioningit", "--out", str(tmp_path / "dist"), **layouts.SUBMODULES)
    made = {path.name: path.read_bytes() for path in (tmp_path / "dist").iterdir()}
    assert made == {path.name: path.read_bytes() for path in built(woven, "hatch-versioningit")}


def test_a_local_version_of_a_commit_without_its_tag_is_refused(home, tmp_path):
    work = layouts.loom(tmp_path, home, ["versioningit"])
    pyproject = "packages/versioningit/pyproject.toml"
    other = '[tool.versioningit.vcs]\nmatch = ["part-*"]\ndefault-tag = "part-1.0"\n'
    work.replace(pyproject, "[tool.versioningit]\n", f'{other}[tool.versioningit.tag2version]\nrmprefix = "part-"\n')
    before = work.commit("Listens to other tags")
    told = work.run("prepare", "2.0.0", code=5).err
    assert told.count("error[metadata-differs]") == 2
    assert told.count("Version: expected 2.0.0, found 1.0.post2+g") == 2
    assert "release.module-tag" in told
    assert (work.git("rev-parse", "HEAD"), work.git("tag", "--list", "v2*")) == (before, "")
    told = work.run("build", "--module", "versioningit", "--out", str(tmp_path / "dist"), code=5).err
    assert "Version: expected 1.0.0, found 1.0.post1+g" in told
    assert not (tmp_path / "dist").exists()


def agent_says(folder: Path, home: Path, *words: str) -> str:
    """What `test-agent run` says of a folder; its tests must pass."""
    line = [BIN / "test-agent", "run", *words]
    done = subprocess.run(line, cwd=folder, env=environment(home), capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def test_the_test_agent_builds_from_the_work_tree_what_listens_to_tags_or_takes_files_from_above(woven, home):
    names = ("hatch-versioningit", "license-above")
    before = woven.state()
    said = agent_says(woven.root, home, "--mode", "isolated", "--modules", ",".join(names))
    assert [f"{name} alone" in said for name in names] == [True, True]
    assert woven.state() == before


def test_a_project_without_a_catalog_is_tested_in_the_version_of_its_last_tag(home, tmp_path):
    work = Workspace(tmp_path / "own", home)
    case = layouts.case("versioningit")
    pin = 'dependencies = ["loom-yarn>=1.0.0,<2"]\n'
    for path, text in case.files.items():
        work.write(path, text.replace(pin, ""))
    test = "import importlib.metadata\n\n\ndef test_version():\n    assert importlib.metadata.version('loom-versioningit') == '3.1'\n"
    work.write("tests/test_version.py", test)
    work.git("init", "--quiet")
    work.commit()
    work.git("tag", "v3.1")
    work.write("new.txt", "not committed")
    assert "passed" in agent_says(work.root, home)
