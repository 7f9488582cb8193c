"""The house's own measures: small files and functions, plain names, words at every door."""

from __future__ import annotations

import ast
from pathlib import Path
from statistics import median, quantiles

import pytest

import trainer_release

SOURCE = Path(trainer_release.__file__).parent
FILES = sorted(SOURCE.rglob("*.py"))
NAMES = [path.relative_to(SOURCE).as_posix() for path in FILES]
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in zip(NAMES, FILES, strict=True)}
FLOORS = ("model/", "suite/", "world/", "release/", "app/")
KINDS = (ast.FunctionDef, ast.AsyncFunctionDef)


def lines(name: str) -> int:
    return len((SOURCE / name).read_text(encoding="utf-8").splitlines())


def functions(name: str) -> dict[str, ast.FunctionDef]:
    return {f"{name}:{node.lineno} {node.name}": node for node in ast.walk(TREES[name]) if isinstance(node, KINDS)}


def length(node: ast.FunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def spread(numbers: list[int]) -> str:
    return f"median {median(numbers):g}, p90 {quantiles(numbers, n=10)[-1]:g}, most {max(numbers)}"


def test_no_file_is_longer_than_250_lines_and_no_function_than_50():
    files = {name: lines(name) for name in NAMES}
    sizes = {place: length(node) for name in NAMES for place, node in functions(name).items()}
    print(f"\nfiles: {len(files)}, {spread([*files.values()])}; functions: {len(sizes)}, {spread([*sizes.values()])}")
    assert {name: size for name, size in files.items() if size > 250} == {}
    assert {place: size for place, size in sizes.items() if size > 50} == {}


def test_the_middle_of_the_house_is_small():
    assert median(lines(name) for name in NAMES) <= 110
    assert median(length(node) for name in NAMES for node in functions(name).values()) <= 10


@pytest.mark.parametrize("word", ["utils", "util", "helpers", "helper", "common", "manager", "base", "misc"])
def test_no_file_is_named_after_nothing(word):
    assert [name for name in NAMES if word in Path(name).stem.split("_") or word in Path(name).parts[:-1]] == []


def test_only_the_doors_print():
    calls = {
        f"{name}:{node.lineno}"
        for name in NAMES
        if not name.startswith(("cli/", "agent/inject/"))
        for node in ast.walk(TREES[name])
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    }
    assert calls == set()


def test_every_module_says_what_it_is_for():
    assert [name for name in NAMES if not ast.get_docstring(TREES[name])] == []


def public(body: list[ast.stmt], prefix: str = "") -> list[tuple[str, ast.stmt]]:
    found: list[tuple[str, ast.stmt]] = []
    for node in body:
        if isinstance(node, (*KINDS, ast.ClassDef)) and not node.name.startswith("_"):
            found.append((prefix + node.name, node))
            if isinstance(node, ast.ClassDef) and "Protocol" not in ast.dump(ast.Tuple(node.bases)):
                found += public(node.body, f"{node.name}.")
    return found


def is_obvious(node: ast.stmt) -> bool:
    """Two or three plain lines need no more words than their name."""
    return isinstance(node, KINDS) and length(node) <= 4


def test_every_public_function_and_class_of_the_inner_floors_says_what_it_does():
    silent = [
        f"{name} {what}"
        for name in NAMES
        if name.startswith(FLOORS)
        for what, node in public(TREES[name].body)
        if not ast.get_docstring(node) and not is_obvious(node)
    ]
    assert silent == []
