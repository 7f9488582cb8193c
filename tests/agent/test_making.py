"""Environments of cells: made of files and of nothing else, kept by content, used again only as they were."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from kit.cells import cell, oldest, source, tools, wheel
from trainer_release.agent.environments.making import ready
from trainer_release.agent.run import run_cell
from trainer_release.errors import ReleaseError
from trainer_release.world.venvs import Venvs, interpreter

FAMILY = {"kit-one": "one", "kit-two": "two", "kit-three": "three", "kit-four": "four"}


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A cell with pytest, and the folder in which its environment is kept."""
    base = tmp_path_factory.mktemp("kept")
    one = wheel(base / "dist", "kit-one", "1.0", ["kit-two>=1"])
    two, four = wheel(base / "dist", "kit-two", "1.7"), wheel(base / "dist", "kit-four")
    tests = source(base / "p", {"tests/test_it.py": "import kit_one\ndef test_it(): pass\n"})
    given = cell(tests, (one,), siblings=(two, four), absent={"kit_three": "three"}, family=FAMILY)
    return given, base / "cache"


def made(kept, tmp_path, **changes):
    given, cache = kept
    return ready(replace(given, **changes), tools().venvs, tmp_path / "cell", cache)


def test_an_environment_is_used_again_and_says_how_every_sibling_is_there(kept, tmp_path):
    first, second = made(kept, tmp_path), made(kept, tmp_path)
    assert (first.python, first.key, first.freeze) == (second.python, second.key, second.freeze)
    two = kept[0].siblings[0]
    assert second.siblings == {"four": "absent", "three": "absent", "two": f"real:{two.sha256}"}
    assert {"kit-one==1.0", "kit-two==1.7"} <= set(second.packages)
    assert not {line.partition("==")[0] for line in second.packages} & {"pip", "setuptools", "kit-four"}
    assert not (tmp_path / "cell").exists()


def overwrite(site: Path) -> None:
    path = site / "kit_one/__init__.py"
    at = path.stat()
    path.write_text(path.read_text().replace("1.0", "9.9"))
    os.utime(path, ns=(at.st_atime_ns, at.st_mtime_ns))


@pytest.mark.parametrize(
    "harm",
    [
        overwrite,
        lambda site: (site / "stray.pth").write_text(""),
        pytest.param(lambda site: (site / "kit_two/__init__.py").unlink(), marks=pytest.mark.full),
        pytest.param(lambda site: (site.parents[3] / "stamp.json").write_text("{"), marks=pytest.mark.full),
        pytest.param(lambda site: next(site.parents[2].glob("bin/pytest")).write_text("#!"), marks=pytest.mark.full),
    ],
    ids=["other bytes at the same time", "a stray file", "a file is gone", "no stamp", "another script"],
)
def test_an_environment_that_is_not_as_it_was_is_made_anew(kept, tmp_path, harm):
    before = made(kept, tmp_path)
    harm(Path(before.folders[0]))
    after = made(kept, tmp_path)
    assert after.python != before.python
    assert "1.0" in (Path(after.folders[0]) / "kit_one/__init__.py").read_text()


def test_an_environment_is_made_anew_after_a_day_and_when_that_is_asked_for_with_the_same_versions_in_between(
    kept, tmp_path
):
    kept = kept[0], tmp_path / "cache"
    before = made(kept, tmp_path)
    (stamp,) = kept[1].glob(f"test-agent/environments/{before.key}/stamp.json")
    said = json.loads(stamp.read_text())
    (pins,) = kept[1].glob("test-agent/pins/*.json")
    assert {"iniconfig", "packaging"} <= {line.partition("==")[0] for line in json.loads(pins.read_text())["lines"]}
    said["environment"]["made"] -= 90_000
    stamp.write_text(json.dumps(said))
    after = made(kept, tmp_path)
    assert (after.key, after.packages) == (before.key, before.packages)
    assert after.python != before.python
    fresh = ready(kept[0], tools().venvs, tmp_path / "cell", kept[1], refresh=True)
    assert fresh.python != after.python


@pytest.mark.parametrize("uv", [True, pytest.param(False, marks=pytest.mark.full)], ids=["uv", "pip"])
def test_a_module_of_the_suite_that_is_asked_for_and_not_given_comes_from_nowhere(tmp_path, uv):
    """An index, here a folder, has one of that name."""
    index = tmp_path / "index"
    wheel(index, "kit-three", "9.0")
    one = wheel(tmp_path / "dist", "kit-one", "1.0", ["kit-three>=1"])
    given = cell(source(tmp_path / "p", {"tests/test_it.py": ""}), (one,), family=FAMILY, requires=())
    venvs = tools().venvs if uv else Venvs(interpreter(), None)
    os.environ["UV_FIND_LINKS"] = os.environ["PIP_FIND_LINKS"] = str(index)
    try:
        with pytest.raises(ReleaseError) as caught:
            ready(given, venvs, tmp_path / "cell", None)
        (problem,) = caught.value.problems
        assert (problem.code, "kit-three is asked for" in problem.message) == ("module-not-given", True)
        assert "kit-one" in "\n".join(problem.context)
        found = ready(replace(given, pins=("kit-three==9.0",)), venvs, tmp_path / "pinned", None)
        assert "kit-three==9.0" in found.packages
    finally:
        del os.environ["UV_FIND_LINKS"], os.environ["PIP_FIND_LINKS"]


@pytest.mark.full
def test_without_uv_the_same_is_installed(kept, tmp_path):
    by_pip = ready(kept[0], Venvs(interpreter(), None), tmp_path / "cell", kept[1])
    by_uv = made(kept, tmp_path)
    assert (by_pip.packages, by_pip.siblings, by_pip.freeze) == (by_uv.packages, by_uv.siblings, by_uv.freeze)


def test_a_test_that_installs_something_has_changed_the_environment(kept, tmp_path):
    text = (
        "import sysconfig, pathlib\ndef test_it():\n"
        "    info = pathlib.Path(sysconfig.get_path('purelib'), 'late-1.0.dist-info')\n"
        "    info.mkdir()\n    (info / 'METADATA').write_text('Name: late\\nVersion: 1.0\\n')\n"
    )
    tests = source(tmp_path / "p", {"tests/test_it.py": text})
    report = run_cell(replace(kept[0], tests=(tests,)), tools(kept[1]), tmp_path / "cell")
    assert (report.status, report.code) == ("broken", "environment-changed")
    again = made(kept, tmp_path)
    assert not [line for line in again.packages if "late" in line]


def test_a_module_that_must_be_absent_and_is_brought_by_something_else_is_told(tmp_path):
    other = wheel(tmp_path / "dist", "kit-vendor", **{"kit_three/__init__.py": ""})
    one = wheel(tmp_path / "dist", "kit-one", "1.0", ["kit-vendor"])
    tests = source(tmp_path / "p", {"tests/test_it.py": ""})
    given = cell(tests, (one,), siblings=(other,), absent={"kit_three": "three"}, requires=())
    with pytest.raises(ReleaseError) as caught:
        ready(given, tools().venvs, tmp_path / "cell", None)
    (problem,) = caught.value.problems
    assert problem.code == "environment-differs"
    assert "kit_three (three) is at" in problem.context[0]


@pytest.mark.skipif(oldest() is None, reason="no Python 3.9 lies beside this one")
def test_the_oldest_python_gets_its_environment_and_its_bare_check(tmp_path):
    one = wheel(tmp_path / "dist", "kit-one", **{"kit_one/a.py": "import winreg\ndef f():\n    import pluggy\n"})
    tests = source(tmp_path / "p", {"tests/test_it.py": ""})
    with pytest.raises(ReleaseError) as caught:
        ready(cell(tests, (one,), python=str(oldest())), tools().venvs, tmp_path / "cell", None)
    assert [(each.code, each.line) for each in caught.value.problems] == [("undeclared-dependency", 3)]
    good = wheel(tmp_path / "good", "kit-two")
    made = ready(cell(tests, (good,), python=str(oldest())), tools().venvs, tmp_path / "two", None)
    assert made.facts["python"].startswith("3.9.")
