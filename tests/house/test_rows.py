"""Every row D to J of the fault catalogue is tried by a test that names it: `@pytest.mark.row("E1-bare")`, where a row has
cells. Those of A to C stand in the ids of tests/cli/test_bad_*.py."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
ROWS = {
    "D1": "ENOSPC EIO EROFS EMFILE",
    "D2": "",
    "D3": "parent absolute symlinked-folder symlinked-file linked-in-git hard-link case backslash nul newline long",
    "D4": "unwritable-folder read-only-file other-owner umask-077 mode-755",
    "D5": "no-home temporary-folder-missing no-git no-uv language-c odd-time-zone clock-1970 clock-2107 clock-backwards",
    "D6": "stdout-closed stderr-closed no-terminal dumb-terminal no-colours colours-forced ascii",
    "D7": "INT TERM HUP children",
    "E1": "not-a-repository bare shallow detached unborn submodule worktree safe-directory in-progress sparse",
    "E2": "changed staged untracked ten-paths ignored-dist assume-unchanged",
    "E3": "branch-names tag-names remote-names remote-addresses",
    "E4": "fsmonitor hooks-path alias diff gpg-program credential-helper ext tag-gpg-sign",
    "E5": "here remote-only same-or-other",
    "E6": "moved not-forward protected pre-receive accepted-then-cut hook",
    "E7": "index-lock ref-lock stale live",
    "E8": "refs commit push",
    "E9": "hook-fails hook-rewrites gpg-prompts gpg-fails gpg-missing no-email",
    "E10": "",
    "F": "backend-missing backend-unavailable backend-fails prints hangs daemon no-artifact exits-0 other-name other-version"
    " two-wheels stale-dist sdist-differs package-lacking not-deterministic network changes-the-worktree wheel-escapes"
    " wheel-duplicate wheel-bomb wheel-trailing wheel-leading wheel-record wheel-unlisted over-100-MiB private local readme",
    **dict.fromkeys((f"G{number}" for number in range(1, 10)), ""),
    "G10": "release-exists asset-exists tag-burned immutable rate-limit upload-cut latest draft-first",
    "H": "truncated checksum newer-tool another-version another-commit artifacts-missing artifacts-changed manifest-edited"
    " two-journals",
    "I": "two-prepare two-execute prepare-and-execute two-worktrees two-clones ci-and-laptop holder-killed pid-reuse",
    "J": "userinfo environment pypirc keyring-prompt server-echo two-lines exception traceback journal svg",
}
CELLS = {f"{row}-{cell}" for row, cells in ROWS.items() for cell in cells.split()} | {
    row for row, cells in ROWS.items() if not cells
}


def named(path: Path) -> Iterator[str]:
    """The rows that the tests of a file name; of a table (`*CASES`), all of its strings that are cells."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    for test in ast.walk(tree):
        for mark in test.decorator_list if isinstance(test, ast.FunctionDef) and test.name.startswith("test_") else ():
            if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.row":
                for word in mark.args:
                    yield from [word.value] if isinstance(word, ast.Constant) else texts & CELLS


@cache
def found() -> dict[str, list[str]]:
    """Cell: the files whose tests name it."""
    cells: dict[str, list[str]] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        for cell in set(named(path)):
            cells.setdefault(cell, []).append(path.name)
    return cells


def test_every_row_of_the_fault_catalogue_is_tried():
    assert sorted(CELLS - set(found())) == []


def test_what_a_test_names_is_a_row():
    assert {cell.partition("-")[0] for cell in found()} <= set(ROWS)


def test_a_row_that_no_test_names_would_be_missed(tmp_path):
    place = tmp_path / "test_x.py"
    place.write_text('import pytest\nCASES = {"E1-bare": 1}\n@pytest.mark.row("D2", *CASES)\ndef test_x(): pass\n')
    assert set(named(place)) == {"D2", "E1-bare"}
    place.write_text('import pytest\nCASES = {"E1-bare": 1}\ndef test_x(): "D2"\n')
    assert list(named(place)) == []


@pytest.mark.parametrize("row", ROWS)
def test_a_row_has_a_test(row):
    assert [cell for cell in found() if cell.partition("-")[0] == row]
