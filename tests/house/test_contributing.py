"""CONTRIBUTING keeps its word: a step, a layout and a rule cost one file and a name in a tuple, and then take part."""

from __future__ import annotations

import ast
import hashlib
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kit.suite import Workspace, tiny
from trainer_release.errors.codes import CODES
from trainer_release.release import preflight, steps
from trainer_release.suite import layouts

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8") if (ROOT / "CONTRIBUTING.md").is_file() else ""
BLOCKS = re.findall(r'^```(python|diff) title="(.+?)"\n(.*?)^```$', TEXT, re.MULTILINE | re.DOTALL)
pytestmark = pytest.mark.skipif(not (ROOT / "scripts").is_dir(), reason="about the repository, which is not here")


@dataclass(frozen=True)
class Copy:
    """A copy of the source to which the example of one kind of part is added."""

    root: Path

    def add(self, new: str) -> None:
        """Write the one file, and change the tuple's file as the document shows it."""
        ((file, text),) = [(path, body) for kind, path, body in BLOCKS if kind == "python" and path.endswith(new)]
        ((tuples, diff),) = [
            (path, body) for kind, path, body in BLOCKS if kind == "diff" and Path(new).stem in body
        ]  # fmt: skip
        assert not (self.root / file).exists()
        (self.root / file).write_text(text, encoding="utf-8")
        place = self.root / tuples
        place.write_text(changed(place.read_text(encoding="utf-8"), diff), encoding="utf-8")

    def differs(self) -> list[str]:
        """The paths that are not as in the project itself, whatever was added, changed or removed."""
        here, there = files(self.root / "src"), files(SOURCE)
        return sorted(path for path in here.keys() | there.keys() if here.get(path) != there.get(path))

    @property
    def env(self) -> dict[str, str]:
        """What makes the project's commands run this copy."""
        return {"PYTHONPATH": str(self.root / "src"), "PYTHONDONTWRITEBYTECODE": "1"}


def files(folder: Path) -> dict[str, str]:
    """The digest of every file below a folder, compiled ones aside."""
    found = [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def changed(text: str, diff: str) -> str:
    """A diff without line numbers, applied: a line of context or one to remove is the next one that reads so. What `…`
    stands for in a removed line stands in the added one, too."""
    lines, at, rest = text.splitlines(), 0, ""
    for sign, line in ((each[:1], each[1:]) for each in diff.splitlines()):
        if sign == "+":
            lines.insert(at, line.replace("…", rest))
            at += 1
            continue
        reads = re.compile(re.escape(line).replace("…", "(.+)"))
        at = next(number for number in range(at, len(lines)) if reads.fullmatch(lines[number]))
        rest = next(iter(reads.fullmatch(lines[at]).groups()), "")
        if sign == "-":
            del lines[at]
        else:
            at += 1
    return "\n".join(lines) + "\n"


@pytest.fixture
def copy(tmp_path, monkeypatch) -> Copy:
    for name in ("COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG"):
        monkeypatch.delenv(name, raising=False)  # the copy is not what is measured
    shutil.copytree(SOURCE, tmp_path / "copy" / "src", ignore=shutil.ignore_patterns("__pycache__"))
    return Copy(tmp_path / "copy")


@pytest.fixture
def suite(tmp_path) -> Workspace:
    (tmp_path / "home").mkdir()
    return tiny(tmp_path / "suite", tmp_path / "home", {"a": ()})


def test_a_rule_of_one_file_and_its_name_takes_part(copy, suite):
    suite.git("switch", "--quiet", "--create", "release/1.0")
    copy.add("rules/finals_from_main.py")
    assert copy.differs() == [
        "trainer_release/release/preflight/__init__.py",
        "trainer_release/release/preflight/rules/finals_from_main.py",
    ]
    suite.run("prepare", "1.0.0", "--dry-run")
    refused = suite.run("prepare", "1.0.0", "--dry-run", code=6, **copy.env)
    assert "error[wrong-branch]: 1.0.0 is a final version, and this is not main" in refused.err
    suite.run("prepare", "1.0.0rc1", "--dry-run", **copy.env)


def test_a_layout_of_one_file_and_its_name_takes_part(copy, suite):
    suite.replace("packages/a/pyproject.toml", 'version = "1.0.0"', 'dynamic = ["version"]')
    suite.write("packages/a/version.txt", "0.9.0\n")
    copy.add("layouts/version_txt.py")
    assert copy.differs() == [
        "trainer_release/suite/layouts/__init__.py",
        "trainer_release/suite/layouts/version_txt.py",
    ]
    suite.run("sync", code=None)
    assert suite.read("packages/a/version.txt") == "0.9.0\n", "a layout that is there reads this already"
    assert suite.run("sync", **copy.env).out == "wrote packages/a/version.txt\n1 files changed\n"
    assert suite.read("packages/a/version.txt") == "1.0.0\n"
    assert suite.run("graph", "--format", "json", **copy.env).json["modules"]["a"]["layout"] == "version-txt"


@pytest.mark.e2e
def test_a_step_of_one_file_and_its_name_takes_part(copy, suite):
    copy.add("steps/write_checksums.py")
    assert copy.differs() == [
        "trainer_release/release/steps/__init__.py",
        "trainer_release/release/steps/write_checksums.py",
    ]
    suite.run("prepare", "1.0.0", **copy.env)
    assert "mill-core-1.0.0-SHA256SUMS" in suite.run("execute", "1.0.0", **copy.env).err
    manifest = suite.manifest("1.0.0")["modules"].values()
    said = {file["name"]: file["sha256"] for module in manifest for file in module["files"]}
    written = (suite.data / "manifests" / "mill-core-1.0.0-SHA256SUMS").read_text()
    assert dict(reversed(line.split("  ")) for line in written.splitlines()) == said
    assert len(said) == 4
    again = suite.run("execute", "1.0.0", **copy.env).err
    assert "Done before the suite  write checksums" in again


def parts(folder: str, having: str) -> set[str]:
    """The modules of a folder that have a line which begins so."""
    found = (SOURCE / "trainer_release" / folder).glob("*.py")
    return {path.stem for path in found if f"\n{having}" in path.read_text(encoding="utf-8")} - {"__init__", "contract"}


@pytest.mark.parametrize(
    ("folder", "listed", "having"),
    [
        ("release/steps", [*steps.PREPARE, *steps.EXECUTE], ""),
        ("release/preflight/rules", [*preflight.PREPARE, *preflight.EXECUTE], ""),
        ("suite/layouts", [*layouts.every()], "def matches("),  # what layouts share lies beside them
    ],
)
def test_every_part_stands_in_its_tuple(folder, listed, having):
    there = parts(folder, having)
    assert there == {module.__name__.rpartition(".")[2] for module in listed}
    assert len({module.NAME for module in listed}) == len(there)


def imports(path: Path) -> set[str]:
    """The full names of what a file imports: modules, and names out of them."""
    found = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.ImportFrom)]
    return {f"{node.module}.{alias.name}" for node in found for alias in node.names} | {
        str(node.module) for node in found
    }


def test_no_layout_knows_another():
    named = {module.__name__: Path(module.__file__) for module in layouts.every()}
    assert {name: known for name, path in named.items() if (known := imports(path) & named.keys())} == {}


def raised() -> Iterator[tuple[str, str]]:
    """Every literal code that the source gives to Problem or fail, with its file."""
    for path in sorted(SOURCE.rglob("*.py")):
        if path.parent.name == "inject":
            continue  # tests fail there in pytest's words
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and called(node) in ("Problem", "fail", "complain"):
                codes = [*node.args[:1], *(word.value for word in node.keywords if word.arg == "code")]
                literals = [leaf for code in codes for leaf in ast.walk(code) if isinstance(leaf, ast.Constant)]
                yield from ((leaf.value, path.name) for leaf in literals if isinstance(leaf.value, str))


def called(node: ast.Call) -> str:
    """The name of what is called, `source.complain` without its owner."""
    return getattr(node.func, "id", "") or getattr(node.func, "attr", "")


def test_every_error_code_that_is_raised_has_its_page():
    found = list(raised())
    assert len(found) > 50
    assert [(code, file) for code, file in found if code not in CODES] == []


def test_every_path_that_contributing_names_exists():
    named = re.findall(r"`((?:src|scripts|tests|release|suite|model|errors)/[\w/.]+)`", TEXT)
    examples = {path for kind, path, _ in BLOCKS if kind == "python"}
    places = [(ROOT / name, SOURCE / "trainer_release" / name) for name in named if name not in examples]
    assert [str(both[0]) for both in places if not any(place.exists() for place in both)] == []
