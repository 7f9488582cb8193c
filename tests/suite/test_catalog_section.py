"""One more entry in a section: an index, or a row's mark, withdrawn or tested; every other byte stays."""

from __future__ import annotations

import pytest

from trainer_release.errors import ReleaseError
from trainer_release.model.catalog import IndexAddress, Tested
from trainer_release.suite.catalog.reader import read
from trainer_release.suite.catalog.section import with_index, with_tested, withdrawn

HEAD = 't: {version: "1.0.1"}\nmodules: {a: "1.0.1", b: "1.0.0"}\n'
SHORT = (
    HEAD
    + 'compatibility:\n  "1.0.0":  # first\n    a: "1.0.0"\n    b: "1.0.0"  # as ever\n\n  "1.0.1": {a: "1.0.1", b: "1.0.0"}\n'
)
LONG = HEAD + (
    'compatibility:\n  "1.0.0": {released: 2026-11-22, modules: {a: "1.0.0", b: "1.0.0"}}\n'
    '  "1.0.1":\n    from: "1.0.0"\n    modules:\n      a: "1.0.1"\nrelease: {index: local}\n'
)
WHY = '2026-11-22: breaks "everything", even ü'


def marked(text, version, modules=None):
    return withdrawn(read(text, "v.yaml")[0], version, WHY, modules or {})


@pytest.mark.parametrize("text", [SHORT, LONG], ids=["short", "long"])
@pytest.mark.parametrize("version", ["1.0.0", "1.0.1"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_row_in_either_form_is_marked_and_no_other_line_changes(text, version, end):
    before = text.replace("\n", end)
    after = marked(before, version)
    got, known = read(after, "v.yaml")[0], read(before, "v.yaml")[0]
    assert {name: row.withdrawn for name, row in got.rows.items()} == {"1.0.0": None, "1.0.1": None} | {version: WHY}
    assert {name: row.modules for name, row in got.rows.items()} == {
        name: row.modules for name, row in known.rows.items()
    }
    added = len(after.split(end)) - len(before.split(end))
    changed = [line for line in before.split(end) if line not in after.split(end)]
    assert added + len(changed) == 1
    assert marked(after, version) == after


PASSED = Tested("2026-11-22", "passed", "3.11.7", "linux", 'Ada "of" CI')


@pytest.mark.parametrize("text", [SHORT, LONG], ids=["short", "long"])
@pytest.mark.parametrize("version", ["1.0.0", "1.0.1"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_is_known_of_a_row_is_written_and_exchanged_and_no_other_line_changes(text, version, end):
    before = text.replace("\n", end)
    first = with_tested(read(before, "v.yaml")[0], version, PASSED)
    again = with_tested(read(first, "v.yaml")[0], version, Tested("2026-11-23", "failed"))
    known, shown, later = (read(each, "v.yaml")[0].rows for each in (before, first, again))
    for rows, said in ((shown, PASSED), (later, Tested("2026-11-23", "failed"))):
        assert {name: row.tested for name, row in rows.items()} == {"1.0.0": None, "1.0.1": None} | {version: said}
        assert {name: row.modules for name, row in rows.items()} == {name: row.modules for name, row in known.items()}
    mark = 'tested: {date: "2026-11-22", result: passed, python: "3.11.7", platform: linux, by: "Ada \\"of\\" CI"}'
    assert first.count(mark) == 1
    assert again == first.replace(mark, 'tested: {date: "2026-11-23", result: failed}')
    assert len(set(before.split(end)) - set(first.split(end))) <= 1


def test_a_mark_written_by_hand_over_several_lines_is_exchanged_whole():
    block = '  "1.0.1":\n    a: "1.0.1"\n    b: "1.0.0"\n    tested:  # by hand\n      date: 2026-01-01\n      result: failed\n'
    text = HEAD + "compatibility:\n" + block + "release: {index: local}\n"
    after = with_tested(read(text, "v.yaml")[0], "1.0.1", Tested("2026-11-22", "passed"))
    assert read(after, "v.yaml")[0].rows["1.0.1"].tested == Tested("2026-11-22", "passed")
    assert after.endswith("release: {index: local}\n")


@pytest.mark.parametrize(
    ("mark", "codes"),
    [
        ('"passed"', ["type-wrong"]),
        ("{date: 2026-11-22}", ["key-missing"]),
        ("{date: yesterday, result: perhaps}", ["type-wrong", "value-unknown"]),
        ("{date: 2026-11-22, result: passed, python: 3.11, on: linux}", ["key-unknown", "needs-quotes"]),
    ],
)
def test_a_mark_that_is_none_is_refused_with_all_that_is_wrong(mark, codes):
    for text in (SHORT, LONG):
        row = text.replace('    a: "1.0.0"\n', f'    tested: {mark}\n    a: "1.0.0"\n')
        row = row.replace('    from: "1.0.0"\n', f'    tested: {mark}\n    from: "1.0.0"\n')
        with pytest.raises(ReleaseError) as caught:
            read(row, "v.yaml")
        assert sorted(problem.code for problem in caught.value.problems) == codes
    with pytest.raises(ReleaseError) as caught:
        read(LONG.replace('      a: "1.0.1"\n', "      tested: {date: 2026-11-22, result: passed}\n"), "v.yaml")
    assert "type-wrong" in [problem.code for problem in caught.value.problems]


def test_a_version_without_a_row_gets_one():
    got = read(marked(SHORT, "0.9.0", {"a": "0.9.0", "b": "0.9.0", "gone": "1.0"}), "v.yaml")[0]
    assert (got.rows["0.9.0"].withdrawn, got.rows["0.9.0"].modules) == (WHY, {"a": "0.9.0", "b": "0.9.0"})


def test_a_row_that_is_another_ones_alias_is_left_to_its_owner():
    text = HEAD + 'compatibility:\n  "1.0.0": &x {a: "1.0.0", b: "1.0.0"}\n  "1.0.1": *x\n'
    with pytest.raises(ReleaseError) as caught:
        marked(text, "1.0.1")
    assert caught.value.problems[0].code == "catalog-edit-failed"


def test_a_reason_is_a_text_and_no_module_is_called_so():
    with pytest.raises(ReleaseError) as caught:
        read(HEAD + 'compatibility:\n  "1.0.1": {a: "1.0.1", b: "1.0.0", withdrawn: true}\n', "v.yaml")
    assert [problem.code for problem in caught.value.problems] == ["needs-quotes"]
    with pytest.raises(ReleaseError) as caught:
        read(HEAD.replace("b:", "withdrawn:"), "v.yaml")
    assert [problem.code for problem in caught.value.problems] == ["name-reserved"]


@pytest.mark.parametrize(
    "text",
    [
        HEAD,
        HEAD + "release: {index: local}",
        HEAD + "indexes: {own: {upload: https://index.example/, simple: https://index.example/simple/}}\n",
        HEAD
        + "indexes:\n  own:\n    upload: https://index.example/\n    simple: https://index.example/simple/\nexclude: [x]\n",
        '{t: {version: "1.0.1"}, modules: {a: "1.0.1"}}\n',
    ],
)
def test_an_index_is_added_in_the_form_that_is_there(text):
    address = IndexAddress("new", "http://127.0.0.1:1/", "http://127.0.0.1:1/simple/")
    before = read(text, "v.yaml")[0]
    after = read(with_index(before, address), "v.yaml")[0]
    assert after.indexes == before.indexes | {"new": address}
    assert (after.modules.keys(), after.exclude, after.release) == (
        before.modules.keys(),
        before.exclude,
        before.release,
    )
