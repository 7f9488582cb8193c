"""The diff of an edit is the one that difflib finds, also where it is told without it."""

from difflib import unified_diff

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer_release.model.edit import FileEdit


@given(st.integers(0, 30), st.sets(st.integers(0, 29)), st.booleans())
def test_lines_that_change_where_they_stand_are_told_as_difflib_tells_them(count, changed, ended):
    before = [f"line {number}\n" for number in range(count)]
    after = [f"new {number}\n" if number in changed else line for number, line in enumerate(before)]
    if not ended and count:
        before[-1], after[-1] = before[-1].strip(), after[-1].strip()
    lines = unified_diff(before, after, "a/f", "b/f")
    wanted = "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
    assert FileEdit("f", "".join(before), "".join(after)).diff == wanted


@pytest.mark.parametrize(("before", "after", "lines"), [(None, "a\n", 1), ("a\n", "a\nb\n", 1), ("a\nb\n", "b\n", 1)])
def test_a_new_file_and_moved_lines_are_told_too(before, after, lines):
    told = FileEdit("f", before, after).diff.splitlines()
    assert told[0] == ("--- /dev/null" if before is None else "--- a/f")
    assert len([line for line in told[2:] if line[0] in "+-"]) == lines
