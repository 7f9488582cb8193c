"""`test-agent generate`: the files it writes, what it leaves alone, and how it notices drift."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kit.cells import write
from kit.contracts import SHOP, TILL, generated, installed, run
from trainer_release.app.generate_tests import FOLDER, Options, generate_tests
from trainer_release.errors import ReleaseError

CATALOG = 'kit: {version: "1.0"}\nmodules:\n  shop: "1.0"\n  till: "1.0"\n'
FILES = ["conftest.py", "test_till_shop.py"]


def project(name: str) -> str:
    return f'[project]\nname = "kit-{name}"\nversion = "1.0"\n'


@pytest.fixture
def suite(tmp_path):
    texts = {f"packages/{name}/pyproject.toml": project(name) for name in ("shop", "till")}
    texts |= {"versions.yaml": CATALOG, "packages/shop/src/kit_shop/__init__.py": SHOP}
    return write(tmp_path, texts | {"packages/till/src/kit_till/__init__.py": TILL})


def done(suite: Path, **more):
    return generate_tests(Options(start=suite, **more))


def states(suite: Path, **more) -> dict[str, str]:
    return {Path(path).name: state for path, state in done(suite, **more).files.items()}


def edit(suite: Path, old: str, new: str, file: str = "packages/shop/src/kit_shop/__init__.py") -> None:
    place = suite / file
    text = place.read_text()
    assert old in text
    place.write_text(text.replace(old, new))


def test_files_are_written_once_and_are_the_same_bytes_the_next_time(suite):
    assert states(suite) == dict.fromkeys(FILES, "written")
    first = {path.name: path.read_bytes() for path in (suite / FOLDER).iterdir()}
    assert states(suite) == states(suite, check=True) == dict.fromkeys(FILES, "same")
    assert {path.name: path.read_bytes() for path in (suite / FOLDER).iterdir()} == first
    assert done(suite, check=True).exit == 0
    assert {name: text.encode() for name, text in generated().files.items()} == first


def test_a_check_writes_nothing_and_names_what_is_not_up_to_date(suite):
    found = done(suite, check=True)
    assert (found.exit, set(found.files.values())) == (7, {"missing"})
    assert not (suite / FOLDER).exists()
    done(suite)
    edit(suite, "def find(self, article: str)", "def find(self, name: str)")
    found = done(suite, check=True)
    assert found.exit == 7
    assert found.files == {f"{FOLDER}/conftest.py": "same", f"{FOLDER}/test_till_shop.py": "differs"}


def test_a_change_that_no_promise_speaks_of_is_no_drift(suite):
    done(suite)
    edit(suite, "return Order(article) if article in self._prices else None", "return None")
    edit(suite, '"""Who sells."""', '"""Who else."""', "packages/till/src/kit_till/__init__.py")
    assert done(suite, check=True).exit == 0


def test_what_cannot_be_made_is_told_and_strict_makes_it_a_fault(suite):
    found = done(suite)
    (gap,) = found.uncovered
    assert gap["what"] == "Closed as Codec"
    assert "Closed(lock) is Lock" in gap["reason"]
    assert found.exit == 0
    assert "# - Closed as Codec: Closed(lock) is Lock" in (suite / gap["file"]).read_text()
    assert done(suite, strict=True).exit == done(suite, strict=True, check=True).exit == 7
    (suite / "versions.yaml").write_text(
        CATALOG + 'test-agent:\n  factories: {"kit_shop:Closed": "tests.factories:closed"}\n'
    )
    found = done(suite, strict=True)
    assert (found.uncovered, found.exit) == ((), 0)
    assert "factories.closed().encode(" in (suite / FOLDER / "test_till_shop.py").read_text()


def test_files_of_a_pair_that_is_gone_are_removed_others_are_left(suite):
    done(suite)
    write(suite, {f"{FOLDER}/test_own.py": "def test_it(): pass\n"})
    place = suite / "packages/till/src/kit_till/__init__.py"
    place.write_text("")
    assert states(suite, check=True) == dict.fromkeys(FILES, "superfluous")
    assert states(suite, modules=("till",)) == {}
    assert states(suite) == dict.fromkeys(FILES, "removed")
    assert [path.name for path in (suite / FOLDER).iterdir()] == ["test_own.py"]


@pytest.mark.parametrize("gone", [False, True])
def test_a_file_that_a_hand_changed_is_neither_written_over_nor_removed(suite, gone):
    done(suite)
    file = suite / FOLDER / "test_till_shop.py"
    file.write_text(file.read_text() + "\n\ndef test_mine(): pass\n")
    if gone:
        (suite / "packages/till/src/kit_till/__init__.py").write_text("")
    with pytest.raises(ReleaseError) as caught:
        done(suite)
    assert [(problem.code, problem.path) for problem in caught.value.problems] == [
        ("generated-edited", f"{FOLDER}/test_till_shop.py")
    ]
    assert "test_mine" in file.read_text()
    assert (suite / FOLDER / "conftest.py").exists()
    assert done(suite, check=True).exit == 7


def test_chosen_modules_alone_are_looked_at(suite):
    assert states(suite, modules=("shop", "till")) == dict.fromkeys(FILES, "written")
    assert states(suite, modules=("shop",)) == {}


def test_sources_that_cannot_be_parsed_and_a_missing_catalog_are_told(suite, tmp_path_factory):
    write(suite, {"packages/till/src/kit_till/bad.py": "def f(:\n"})
    with pytest.raises(ReleaseError, match="sources-unparsable"):
        done(suite)
    with pytest.raises(ReleaseError, match="catalog-missing"):
        done(tmp_path_factory.mktemp("empty"))


def test_the_command_says_what_became_of_each_file_and_answers_in_json(suite):
    def command(*words: str):
        code = "from trainer_release.cli import test_agent; test_agent()"
        return subprocess.run(
            [sys.executable, "-c", code, "generate", *words], cwd=suite, capture_output=True, text=True, check=False
        )

    seen = command("--check", "--json")
    answer = json.loads(seen.stdout)
    assert (seen.returncode, answer["exit"], answer["schema"]) == (7, 7, "trainer-release/generated/v1")
    assert answer["files"][0] == {"path": f"{FOLDER}/conftest.py", "state": "missing"}
    assert answer["uncovered"][0]["what"] == "Closed as Codec"
    seen = command()
    assert seen.returncode == 0
    assert f"{FOLDER}/test_till_shop.py  written" in seen.stdout
    assert "not covered: Closed as Codec" in seen.stderr


COMPATIBLE = {
    "an optional parameter more": (
        'def articles(self, prefix: str = "") -> list[str]:\n        return',
        'def articles(self, prefix: str = "", limit: int = 9) -> list[str]:\n        return',
    ),
    "words of any number": (
        "def find(self, article: str) -> Optional[Order]:\n        return",
        "def find(self, article: str, *words: str, **named: str) -> Optional[Order]:\n        return",
    ),
    "a wider parameter": (
        "def encode(self, text: str) -> bytes:\n        return text.encode()",
        "def encode(self, text: object) -> bytes:\n        return str(text).encode()",
    ),
    "a narrower result": (
        "def price(self, article: str, /) -> float:\n        return self._prices[article]",
        "def price(self, article: str) -> int:\n        return 2",
    ),
    "a declared exception": ("if order.article not in self._prices:", "if True:"),
    "None where it may be": ("return Order(article) if article in self._prices else None", "return None"),
    "an optional field more": (
        "    notes: tuple[str, ...] = ()\n",
        "    notes: tuple[str, ...] = ()\n    tax: float = 0.0\n",
    ),
    "an enum member more": ('    BLUE = "blue"\n', '    BLUE = "blue"\n    GREEN = "green"\n'),
    "an attribute made a property": (
        '    name = "shop"\n',
        '    @property\n    def name(self) -> str:\n        return "shop"\n',
    ),
    "another spelling of a type": (
        "express: bool = False) -> Receipt:\n        if",
        'express: "bool" = False) -> "Receipt":\n        if',
    ),
}


def test_what_keeps_every_promise_is_not_red(tmp_path):
    tests = write(tmp_path / "tests", generated().files)
    text = SHOP
    for old, new in COMPATIBLE.values():
        head, found, tail = text.rpartition(old)
        assert found, old
        text = f"{head}{new}{tail}"
    seen = run(tests, installed(tmp_path / "there", text))
    assert seen.returncode == 0, seen.stdout
