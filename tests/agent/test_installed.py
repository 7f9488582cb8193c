"""Whether modules are installed, in which version, and whether they can be imported: asked of a real environment."""

from __future__ import annotations

import shutil
import sys
from importlib.metadata import Distribution
from pathlib import Path

import pytest

from kit.cells import oldest, tools, write
from kit.index import make_wheel
from trainer_release.agent.environments import installed
from trainer_release.agent.environments.installed import ModulesNotInstalled
from trainer_release.agent.inject import probe
from trainer_release.errors import Exit, ReleaseError

PLAIN = {"kit_gone/__init__.py": "import kit_never", "kit_exits/__init__.py": "raise SystemExit(0)"}
PLAIN |= {"kit_dies/__init__.py": "import os\nos._exit(0)", "kit_talks/__init__.py": "print('[]')"}


@pytest.fixture(scope="module")
def python(tmp_path_factory) -> str:
    """An environment with packages that can and cannot be imported."""
    folder = tmp_path_factory.mktemp("installed")
    wheels = [
        make_wheel(folder, "kit-one", "1.0"),
        make_wheel(folder, "Kit.Dotted", "1.0rc1", files={"dotted.py": ""}),
    ]
    for path, text in PLAIN.items():
        wheels.append(make_wheel(folder, path.split("/")[0].replace("_", "-"), "1.0", files={path: text}))
    wheels.append(
        make_wheel(folder, "kit-space", "1.0", files={"kit_ns/space/__init__.py": "", "tests/__init__.py": "1/0"})
    )
    venvs = tools().venvs
    made = venvs.create(folder / "env")
    wheels.append(make_wheel(folder, "kit-hollow", "1.0"))
    assert venvs.install(made, [], wheels=wheels).ok
    for site in made.parents[1].glob("lib/*/site-packages/kit_hollow"):
        shutil.rmtree(site)
    return str(made)


def test_every_state_is_told_apart_at_once(python):
    asked = {
        "kit-one": "1.0.0",
        "KIT_ONE": "2.0",
        "kit-none": "1.0",
        "kit-gone": None,
        "kit-hollow": None,
        "kit-dotted": "1.0-rc.1",
    }
    states = installed.check(python, asked)
    assert [(state.package, state.status, state.version) for state in states] == [
        ("kit-one", "importable", "1.0"),
        ("KIT_ONE", "wrong-version", "1.0"),
        ("kit-none", "absent", None),
        ("kit-gone", "not-importable", "1.0"),
        ("kit-hollow", "metadata-only", "1.0"),
        ("kit-dotted", "importable", "1.0rc1"),
    ]
    assert "No module named 'kit_never'" in states[3].reason
    assert states[4].words == "kit-hollow 1.0 is installed by its metadata alone: there is no kit_hollow"


def test_a_module_that_ends_the_process_is_a_result(python):
    exits, dies, talks = installed.check(python, {"kit-exits": None, "kit-dies": None, "kit-talks": None})
    assert (exits.status, exits.reason) == ("not-importable", "import kit_exits: SystemExit: 0")
    assert (dies.status, dies.reason) == ("not-importable", "importing it ended the interpreter")
    assert talks.status == "importable"


def test_a_portion_of_a_namespace_is_imported_by_its_full_name(python):
    (state,) = installed.check(python, {"kit-space": None})
    assert state.status == "importable", state.reason


def test_all_that_is_missing_is_said_at_once_with_the_line_that_installs_it(python):
    packages = {"one": "kit-one", "two": "kit-two", "three": "kit-three", "gone": "kit-gone"}
    with pytest.raises(ModulesNotInstalled) as caught:
        installed.require(python, packages, {"kit-two": "1.0", "kit-one": "2"})
    assert isinstance(caught.value, ValueError)
    lines = str(caught.value).splitlines()
    assert lines[0] == "Modules not installed: ['one', 'two', 'three', 'gone']"
    assert lines[1:4] == [
        "  kit-one 1.0 is installed, 2 is wanted",
        "  kit-two is not installed",
        "  kit-three is not installed",
    ]
    assert lines[-1] == f"{python} -m pip install 'kit-one==2' 'kit-two==1.0' 'kit-three' 'kit-gone'"
    assert caught.value.exit is Exit.INVALID


def test_what_is_as_wanted_is_answered_with_its_states(python):
    (state,) = installed.require(python, {"one": "kit-one"})
    assert state.words == "kit-one 1.0"


@pytest.mark.parametrize("name", ["nowhere", "folder", "text"])
def test_what_is_no_interpreter_is_refused(tmp_path, name):
    (tmp_path / "folder").mkdir()
    (tmp_path / "text").write_text("")
    with pytest.raises(ReleaseError, match="interpreter-missing"):
        installed.check(str(tmp_path / name), {"kit-one": None})


@pytest.mark.skipif(oldest() is None, reason="no Python 3.9 lies beside this one")
def test_the_oldest_python_can_be_asked_too():
    assert installed.check(str(oldest()), {"kit-none": None})[0].status == "absent"


def names(folder: Path, files: list[str], **texts: str) -> list[str]:
    info = write(folder, {f"x-1.dist-info/{name}": text for name, text in texts.items()}) / "x-1.dist-info"
    write(info, {"METADATA": "Name: kit-x\nVersion: 1\n", "RECORD": "".join(f"{path},,\n" for path in files)})
    return probe.import_names(Distribution.at(info), "kit-x")


def test_import_names_are_read_from_the_files(tmp_path):
    files = [
        "kit_a/__init__.py",
        "kit_a/sub/__init__.py",
        "kit_b.py",
        "_kit_c.so",
        "kit_d.abi3.so",
        "tests/__init__.py",
        "x-1.dist-info/RECORD",
        "../bin/x.py",
    ]
    assert names(tmp_path, files) == ["kit_a", "kit_b", "kit_d"]


def test_an_editable_install_is_followed_to_its_source(tmp_path):
    write(tmp_path / "src", {"other/__init__.py": "", "ns/inner/__init__.py": "", "docs/__init__.py": ""})
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "kit.pth").write_text(f"import sys\n{tmp_path / 'src'}\n")
    assert names(tmp_path / "site", ["kit.pth"]) == ["ns.inner", "other"]
    write(tmp_path / "src", {"kit_x/__init__.py": ""})
    assert names(tmp_path / "site", ["kit.pth"]) == ["kit_x"]


def test_without_files_the_old_listing_or_the_name_is_taken(tmp_path):
    assert names(tmp_path / "a", [], **{"top_level.txt": "legacy\n"}) == ["legacy"]
    assert names(tmp_path / "b", []) == ["kit_x"]


def test_the_probe_answers_on_its_last_line(capsys):
    probe.main(["facts", "pytest", "kit-none"])
    said = capsys.readouterr().out
    assert '"pytest": true' in said
    assert "kit-none" not in said
    assert probe.facts(["pytest"])["packages"]["pytest"]["imports"] == ["py", "pytest"]
    assert probe.facts([])["python"] == ".".join(map(str, sys.version_info[:3]))
    probe.main(["import", "json", "kit_none"])
    assert "ModuleNotFoundError" in capsys.readouterr().out.splitlines()[-1]
