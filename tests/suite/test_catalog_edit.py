"""The catalog of a release: versions exchanged in place, one row more, every other byte as it was."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer_release.errors import Exit, ReleaseError
from trainer_release.suite.catalog.edit import with_release
from trainer_release.suite.catalog.reader import read

CASES = sorted((Path(__file__).parent / "catalog_cases" / "edit").iterdir())
SMALL = 't: {version: "1.0.0"}\nmodules: {a: "1.0.0", b: "1.0.0"}\n'


def edited(text, version, modules):
    return with_release(read(text, "v.yaml")[0], version, modules)


def failed(text, version, modules):
    with pytest.raises(ReleaseError) as caught:
        edited(text, version, modules)
    (problem,) = caught.value.problems
    assert (problem.code, problem.path, caught.value.exit) == ("catalog-edit-failed", "v.yaml", Exit.INVALID)
    return problem.message


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_only_the_versions_change_and_a_row_is_added(case):
    wanted = json.loads((case / "wanted.json").read_text("utf-8"))
    text = (case / "in.yaml").read_text("utf-8")
    assert edited(text, wanted["version"], wanted["modules"]) == (case / "out.yaml").read_text("utf-8")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_line_ends_and_a_missing_last_one_stay(case):
    wanted = json.loads((case / "wanted.json").read_text("utf-8"))
    text = (case / "in.yaml").read_text("utf-8").rstrip("\n").replace("\n", "\r\n")
    out = (case / "out.yaml").read_text("utf-8").rstrip("\n").replace("\n", "\r\n")
    assert edited(text, wanted["version"], wanted["modules"]) == out


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_editing_twice_changes_nothing_more(case):
    wanted = json.loads((case / "wanted.json").read_text("utf-8"))
    text = (case / "out.yaml").read_text("utf-8")
    assert edited(text, wanted["version"], wanted["modules"]) == text


def test_a_module_that_is_not_named_keeps_its_version():
    catalog, _ = read(edited(SMALL, "1.0.1", {"a": "1.0.1"}), "v")
    assert catalog.rows["1.0.1"].modules == {"a": "1.0.1", "b": "1.0.0"}


def test_a_byte_order_mark_stays():
    assert edited("\ufeff" + SMALL, "1.0.1", {}).startswith('\ufefft: {version: "1.0.1"}')


def test_names_that_yaml_would_misread_are_quoted_in_the_row():
    text = 't: {version: "1.0.0"}\nmodules: {"on": "1.0.0", "1": "1.0.0"}\n'
    assert '    "on": "1.0.0"\n    "1": "1.0.0"\n' in edited(text, "1.1.0", {})


def test_a_module_that_the_catalog_does_not_list_is_refused():
    assert "c: not in `modules`" in failed(SMALL, "1.1.0", {"c": "1.1.0"})


def test_a_row_that_says_otherwise_is_refused():
    text = SMALL + 'compatibility: {"1.1.0": {a: "1.0.0", b: "1.0.0"}}\n'
    assert "row 1.1.0, a" in failed(text, "1.1.0", {"a": "1.1.0"})


def test_two_versions_for_one_group_are_refused():
    text = 't: {version: "1.0.0"}\nmodules: {a: {}, b: {}}\ngroups: {g: {version: "1.0.0", modules: [a, b]}}\n'
    assert "shared" in failed(text, "1.1.0", {"a": "1.1.0", "b": "1.2.0"})


def test_two_versions_in_one_shared_value_are_refused():
    text = 't: {version: "1.0.0"}\nmodules: {a: &a {version: "1.0.0"}, b: *a}\n'
    assert "shared" in failed(text, "1.1.0", {"a": "1.1.0", "b": "1.2.0"})


def test_a_shared_value_that_only_one_may_change_is_refused():
    text = 't: {version: "1.0.0"}\nmodules: {a: &a {version: "1.0.0"}, b: *a}\n'
    assert "differ in: modules" in failed(text, "1.1.0", {"a": "1.1.0", "b": "1.0.0"})


def test_a_version_in_another_spelling_never_gets_into_the_catalog():
    assert "does not read back" in failed(SMALL, "v1.1.0", {})


def test_a_module_without_any_version_cannot_get_into_a_row():
    assert "does not read back" in failed('t: {version: "1.0.0"}\nmodules: {a: {}}\n', "1.1.0", {})


versions = st.from_regex(r"(0|[1-9][0-9]?)\.(0|[1-9])(\.(0|[1-9]))?(rc[1-9])?", fullmatch=True)
names = st.lists(
    st.from_regex(r"[a-z]([a-z0-9-]{0,6}[a-z0-9])?", fullmatch=True).filter(
        lambda n: n not in ("from", "modules", "released")
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda name: name.replace("--", "-"),
)


@st.composite
def catalogs(draw):
    """A catalog as people write them, and the module names in it."""
    called = [f"m{name}" for name in draw(names)]
    quote = draw(st.sampled_from(['"', "'"]))
    comment = draw(st.sampled_from(["", "  # why", " #"]))
    own = draw(versions)

    def said(value):
        return f"{quote}{value}{quote}"

    lines = [f"trainer:{comment}", f"  version: {said(own)}{comment}", "", "modules:"]
    for name in called:
        version = draw(versions)
        form = draw(st.sampled_from(["{n}: {v}", "{n}: {{version: {v}}}", "{n}: {{pin: exact, version: {v}}}"]))
        lines.append("  " + form.format(n=name, v=said(version)) + comment)
    rows = draw(st.lists(versions, max_size=3, unique=True))
    if rows:
        lines.append("compatibility:")
    for row in rows:
        if draw(st.booleans()):
            lines.append(f"  {said(row)}: {{" + ", ".join(f"{n}: {said(row)}" for n in called) + "}" + comment)
        else:
            lines += [f"  {said(row)}:", *(f"     {n}: {said(row)}" for n in called)]
        lines += [""] * draw(st.integers(0, 1))
    lines += draw(st.sampled_from([[], ["# end"], ["test-agent: {}", ""]]))
    return draw(st.sampled_from(["\n", "\r\n"])).join(lines), called


@settings(max_examples=60, deadline=None)
@given(catalogs(), versions, st.data())
def test_whatever_the_catalog_looks_like_it_reads_back_as_wanted(given_, version, data):
    text, called = given_
    before, _ = read(text, "v")
    row = before.rows.get(version)
    wanted = dict(row.modules) if row else {name: data.draw(versions) for name in called}
    out = with_release(before, version, wanted)
    after, _ = read(out, "v")
    assert after.version == version
    assert {name: module.version for name, module in after.modules.items()} == wanted
    assert after.rows[version].modules == wanted
    assert out.count("#") == text.count("#")
    assert ("\r" in out) == ("\r" in text)
    kept = [line for line in text.splitlines() if "version" not in line and not line.startswith("  m")]
    rest = iter(out.splitlines())
    assert all(line in rest for line in kept)
