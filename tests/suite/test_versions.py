"""Which versions can be asked for, and which version each module then takes."""

import pytest

from trainer_release.errors import Exit, ReleaseError
from trainer_release.suite.catalog.reader import read
from trainer_release.suite.versions import check_argument, targets

TEXT = """\
t: {version: "1.0.0"}
modules: {a: "1.0.0", b: "1.0.1", c: {}}
groups: {beta: {version: "0.5b0", modules: [c]}}
compatibility:
  "1.1.0": {a: "1.1.0", b: "1.0.1", c: "0.6b0"}
"""
INDEPENDENT = TEXT + "release: {versioning: independent}\n"


def problem(call, *words):
    with pytest.raises(ReleaseError) as caught:
        call(*words)
    (found,) = caught.value.problems
    return found


@pytest.mark.parametrize(
    ("version", "proposed"),
    [
        ("1.0", "1.0.0"),
        ("1", "1.0.0"),
        ("v1.0.0", "1.0.0"),
        (" 1.0.0", "1.0.0"),
        ("1.0.0\n", "1.0.0"),
        ("1.0.0-1", "1.0.0.post1"),
        ("1.0.0-RC1", "1.0.0rc1"),
        ("01.2.3", "1.2.3"),
        ("1.0.0+local", "1.0.0"),
        ("1!1.0", "1.0.0"),
        ("１.0", "1.0.0"),
        ("1" * 5000, "such as 1.2.0"),
        ("-1.0", "1.0.0"),
        ("--help", "such as 1.2.0"),
        ("$(id)", "such as 1.2.0"),
        ("../x", "such as 1.2.0"),
        ("", "such as 1.2.0"),
    ],
)
def test_what_is_no_canonical_version_is_refused_with_the_spelling_to_write(version, proposed):
    found = problem(check_argument, version)
    assert (found.code, found.exit) == ("version-invalid", Exit.USAGE)
    assert found.hint.startswith("write ")
    assert proposed in found.hint
    assert "\n" not in found.message
    assert len(found.message) < 150


@pytest.mark.parametrize("version", ["1.0.0", "1.0.0rc1", "1.0.0.dev3", "1.0.0.post1", "2026.11.1", "0.6b0", "1.2.3.4"])
def test_a_canonical_version_is_accepted(version):
    check_argument(version)


def test_a_suite_of_two_numbers_keeps_two():
    check_argument("26.3", like="26.2")
    assert problem(check_argument, "26", "26.2").hint == "write 26.0"


def test_the_row_decides():
    assert targets(read(TEXT, "v")[0], "1.1.0", "abc") == {"a": "1.1.0", "b": "1.0.1", "c": "0.6b0"}


def test_without_a_row_fixed_gives_every_module_the_suites_version_and_groups_keep_theirs():
    assert targets(read(TEXT, "v")[0], "1.2.0", "abc") == {"a": "1.2.0", "b": "1.2.0", "c": "0.5b0"}


def test_without_a_row_independent_shows_the_row_to_write():
    found = problem(targets, read(INDEPENDENT, "v")[0], "1.2.0", "abc")
    assert (found.code, found.exit, found.path) == ("row-missing", Exit.INVALID, "v")
    assert found.hint.splitlines()[1:] == ['  "1.2.0":', '    a: "1.0.0"', '    b: "1.0.1"', '    c: "0.5b0"']


def test_the_row_that_is_shown_can_be_written():
    catalog, _ = read(INDEPENDENT, "v")
    row = problem(targets, catalog, "1.2.0", "abc").hint.splitlines()[1:]
    text = INDEPENDENT.replace("release:", "\n".join(row) + "\nrelease:")
    assert targets(read(text, "v")[0], "1.2.0", "abc") == {"a": "1.0.0", "b": "1.0.1", "c": "0.5b0"}


def test_a_row_of_the_past_that_lacks_a_module_is_told():
    text = TEXT.replace('"1.1.0"', '"0.9"', 1).replace('b: "1.0.1", c: "0.6b0"}\n', "}\n")
    found = problem(targets, read(text, "v")[0], "0.9", "abc")
    assert (found.code, found.where) == ("row-incomplete", "v:5")
    assert "b, c" in found.message
