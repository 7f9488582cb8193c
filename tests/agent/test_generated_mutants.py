"""Generated tests against mutants of a provider: what breaks a promise is found, by real pytest on real edited copies."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kit.cells import write
from kit.contracts import MUTANTS, SHOP, TILL, generated, installed, mutant, run

EXAMPLE = Path(__file__).parents[2] / "examples" / "trainer"
OFFLINE = "packages/llm-provider/src/trainer_llm_provider"
OF_EXAMPLE = {
    "provider: complete renamed": ("offline.py", "def complete(self, request", "def answer(self, request"),
    "provider: name missing": ("offline.py", '    name = "offline"\n', ""),
    "provider: None returned": ("offline.py", "return respond(_best", "respond(_best"),
    "provider: coroutine": ("scripted.py", "def complete(self", "async def complete(self"),
    "provider: parameter renamed": (
        "scripted.py",
        "complete(self, request: Request)",
        "complete(self, question: Request)",
    ),
    "provider: keyword-only": ("offline.py", "complete(self, request: Request)", "complete(self, *, request: Request)"),
    "provider: text returned": (
        "offline.py",
        "return respond(_best_sentence(question, context), request, self.name)",
        "return _best_sentence(question, context)",
    ),
    "provider: needs a script": (
        "offline.py",
        '    name = "offline"\n',
        '    name = "offline"\n    def __init__(self, model): ...\n',
    ),
    "values: field renamed": ("values.py", "    max_words: int | None = None", "    words: int | None = None"),
    "values: field removed": ("values.py", '    finish: str = "complete"\n', ""),
    "values: field retyped": ("values.py", "    answer_words: int\n", "    answer_words: float\n"),
    "values: default changed": ("values.py", 'finish: str = "complete"', 'finish: str = "whole"'),
}
SAMPLE = ["parameter renamed", "wrong type inside a list", "undeclared exception", "field retyped"]
MORE = sorted(set(MUTANTS) - set(SAMPLE))


@pytest.fixture(scope="module")
def tests(tmp_path_factory):
    return write(tmp_path_factory.mktemp("generated"), generated().files)


def test_nothing_is_red_on_the_suite_as_it_is(tests, tmp_path):
    done = run(tests, installed(tmp_path))
    assert done.returncode == 0, done.stdout
    assert "22 passed" in done.stdout, done.stdout


@pytest.mark.parametrize("name", [*SAMPLE, *(pytest.param(name, marks=pytest.mark.full) for name in MORE)])
def test_a_mutant_of_the_provider_is_killed(tests, tmp_path, name):
    done = run(tests, installed(tmp_path, mutant(SHOP, *MUTANTS[name]), TILL))
    assert done.returncode in {1, 2}, done.stdout


@pytest.mark.parametrize(
    "name", [next(iter(OF_EXAMPLE)), *(pytest.param(n, marks=pytest.mark.full) for n in [*OF_EXAMPLE][1:])]
)
def test_a_mutant_of_the_example_is_killed_by_the_tests_that_it_ships(tmp_path, name):
    file, old, new = OF_EXAMPLE[name]
    paths = sorted([*EXAMPLE.glob("packages/*/src"), *EXAMPLE.glob("apps/*/src")])
    copy = tmp_path / "src"
    shutil.copytree(EXAMPLE / OFFLINE, copy / "trainer_llm_provider")
    tests = tmp_path / "tests" / "integration" / "generated"
    shutil.copytree(EXAMPLE / "tests", tmp_path / "tests", ignore=shutil.ignore_patterns("test_[!t]*", "__pycache__"))
    assert run(tests, copy, *paths).returncode == 0
    (copy / "trainer_llm_provider" / file).write_text(mutant((EXAMPLE / OFFLINE / file).read_text(), old, new))
    done = run(tests, copy, *paths)
    assert done.returncode in {1, 2}, done.stdout
