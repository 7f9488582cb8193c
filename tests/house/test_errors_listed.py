"""Every error code has a page, every page is somebody's, and each says what happened and what to do."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest

import trainer_release
from trainer_release.errors import Exit, Problem
from trainer_release.errors.codes import CODES

SOURCE = Path(trainer_release.__file__).parent
AREAS = [path.stem for path in sorted((SOURCE / "errors").glob("of_*.py"))]
MADE_BY_NAME = {"usage"}  # told by the command line's own library


def raising() -> dict[str, str]:
    """Every code that stands as a word in the source, with one place where it does."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        if path.parent.name != "errors":
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found.setdefault(node.value, f"{path.relative_to(SOURCE)}:{node.lineno}")
    return found


def pages(area: str) -> list[str]:
    """The codes of one area: those of the one table in its file."""
    module = import_module(f"trainer_release.errors.{area}")
    (table,) = [value for name, value in vars(module).items() if name.isupper() and name[0] != "_"]
    return list(table)


def test_every_area_is_in_the_table_and_no_code_is_in_two():
    assert sorted(code for area in AREAS for code in pages(area)) == sorted(CODES)


def test_every_page_belongs_to_a_place_that_says_its_code():
    words = raising()
    assert [code for code in CODES if code not in words and code not in MADE_BY_NAME] == []


def test_every_code_that_is_raised_has_a_page():
    unknown = []
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(getattr(node, "func", None), "id", "")
            first = node.args[0] if isinstance(node, ast.Call) and node.args else None
            if (
                name in ("Problem", "fail", "complaint")
                and isinstance(first, ast.Constant)
                and first.value not in CODES
            ):
                unknown.append(f"{path.relative_to(SOURCE)}:{node.lineno} {first.value}")
    assert unknown == []
    with pytest.raises(KeyError):
        Problem("no-such-code", "x")


@pytest.mark.parametrize("code", CODES)
def test_a_page_is_whole_sentences_and_a_known_exit_code(code):
    page = CODES[code]
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", code)
    assert page.exit in set(Exit) - {Exit.DONE}
    assert page.title
    assert not page.title.endswith(".")
    for text in (page.cause, page.move):
        assert text.rstrip('`)"').endswith((".", "?")), text
        assert text[0].isupper() or text[0] in "`[*/" or text.split()[0].islower(), text
