"""A module that is not declared, or the real one behind a stub, cannot be reached, whatever way is tried."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from kit.cells import cell, tools, wheel, write
from kit.reaching import REAL, WAYS, Way
from trainer_release.agent.environments.making import ready
from trainer_release.agent.run import run_cell
from trainer_release.model.testing import Cell, TestSource

SAMPLE = ("src", "a file by its path", "a child that reads no variable", "zipimport")
SWEEP = [pytest.param(name, marks=() if name in SAMPLE else pytest.mark.full) for name in WAYS]
FAMILY = {"kit-one": "one", "kit-two": "two", "kit-three": "three"}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory) -> dict[str, str]:
    """A workspace with modules in both layouts, wheels of them, and a cache that has environments of others."""
    base = tmp_path_factory.mktemp("reaching")
    for name in ("kit_two", "kit_three"):
        write(base / "ws", {f"packages/{name}/src/{name}/__init__.py": REAL, f"flat/{name}/{name}/__init__.py": REAL})
    write(base / "ws", {"versions.yaml": "", "packages/one/src/kit_one/__init__.py": ""})
    subprocess.run(["git", "init", "--quiet"], cwd=base / "ws", check=True)
    return {"base": str(base), "workspace": str(base / "ws"), "cache": str(base / "cache")}


def asked(workspace: dict[str, str], *, stub: bool) -> tuple[Cell, dict[str, str]]:
    """A cell that has a stub of its sibling, or whose sibling is absent; and what fills the ways in."""
    base = Path(workspace["base"])
    name = "kit_two" if stub else "kit_three"
    one = wheel(base / "dist", "kit-one", "1.0", ["kit-two"] if stub else [])
    other = wheel(base / "dist", name.replace("_", "-"), **{f"{name}/__init__.py": REAL})
    place = TestSource("module", str(base / "ws/packages/one/tests"), str(base / "ws/packages/one"))
    absent = {} if stub else {"kit_three": "three"}
    given = cell(place, (one,), family=FAMILY, absent=absent)
    folder = workspace["workspace"]
    known = {"src": f"{folder}/packages/{name}/src", "flat": f"{folder}/flat/{name}", "wheel": other.path, "name": name}
    return (replace_stub(given, other) if stub else given), workspace | known


def replace_stub(given: Cell, other) -> Cell:
    from dataclasses import replace

    return replace(given, siblings=(other,), stubs=(other.package,))


def prepare(way: Way, known: dict[str, str], given: Cell, folder: Path, monkeypatch) -> None:
    project = Path(given.tests[0].config or "")
    subprocess.run(["git", "clean", "-fdxq", "packages/one"], cwd=known["workspace"], check=True)
    texts = {"tests/test_it.py": "def test_reach():\n" + way.body, "src/kit_one/__init__.py": ""} | dict(way.tests)
    write(project, {filled(path, known): filled(text, known) for path, text in texts.items()})
    for path, target in way.links.items():
        (project / filled(path, known)).symlink_to(filled(target, known))
    for name, value in way.environ.items():
        monkeypatch.setenv(name, filled(value, known))
    if way.site:
        made = ready(given, tools().venvs, folder / "first", Path(known["cache"]))
        write(Path(made.folders[0]), {filled(name, known): filled(text, known) for name, text in way.site.items()})
    if way.cwd:
        monkeypatch.chdir(filled(way.cwd, known))


def filled(text: str, known: dict[str, str]) -> str:
    for name, value in known.items():
        text = text.replace("{" + name + "}", value)
    return text.replace("{{}}", "{}")


@pytest.mark.parametrize("stub", [False, True], ids=["absent", "stub"])
@pytest.mark.parametrize("name", SWEEP)
def test_no_way_leads_to_the_real_one(name, stub, workspace, tmp_path, monkeypatch):
    given, known = asked(workspace, stub=stub)
    if not stub:  # the environment of another cell, which has it
        other = wheel(Path(known["base"]) / "dist", "kit-three", **{"kit_three/__init__.py": REAL})
        ready(cell(given.tests[0], (other,), requires=()), tools().venvs, tmp_path / "o", Path(known["cache"]))
    prepare(WAYS[name], known, given, tmp_path, monkeypatch)
    report = run_cell(given, tools(Path(known["cache"])), tmp_path / "cell")
    shown = f"{name}: {report.status} {report.code} {report.confinement} {report.attempts} {report.tail[-3:]}"
    print(f"\n{shown}")
    if report.confinement != "namespaces":
        pytest.skip("folders cannot be hidden here")
    assert report.status in {"failed", "broken"}, shown
    assert report.code in {None, "module-foreign"}, shown
    assert named(report, known, stub=stub), shown


def named(report, known: dict[str, str], *, stub: bool) -> bool:
    """Whether the attempt is told: as one, or where the name is never reached in the error of the test that tried."""
    said = " ".join((*report.tail, *(each.text for each in report.tests)))
    if stub:
        return known["name"] in said or known["workspace"] in said
    return any(each.module == "three" for each in report.attempts) or known["workspace"] in said
