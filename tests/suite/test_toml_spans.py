"""Where the strings of a TOML document stand, and what replacing them leaves alone."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer_release.errors import ReleaseError
from trainer_release.suite.layouts.toml_spans import quoted, replace, spans, splice
from trainer_release.suite.toml_text import at, parse

SAMPLE = r'''# a comment with "quotes" and [brackets]
title = "top"
'quoted.key' = 'literal \n stays'
"esc\u0061ped" = "tab\tand \"quote\" and \u00e9"
number = 1_000
when = 1979-05-27 07:32:00
[project]
name="x"   # no blanks
urls.Home-Page = "https://one.example" # dotted
urls . "b c" = "https://two.example"
dependencies = [
  # comment with ], "x" and 'y'
  "a>=1", 'b', # trailing
  """c""",
  ["nested", ["deep"]],
  { include-group = "dev", n = {m = "inner"} },
]
empty = []
none = {}
flag = true
text = """
first
  "two" ""quotes"" \
     joined""""
raw = \'\'\'
C:\dir\'\'\'\'
[[items]]
name = "first"
[items.sub]
key = "in first"
[[items.more]]
k = "more 0"
[[items]]
name = "second"
[[items.more]]
k = "more 0 of second"
[[items.more]]
k = "more 1 of second"
[ tool . "spaced" ]
last = "no newline"'''.replace(r"\'", "'")


def walk(value, path=()):
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, below in value.items():
            yield from walk(below, (*path, key))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from walk(below, (*path, index))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_string_is_found_with_the_value_that_tomllib_reads(end):
    text = SAMPLE.replace("\n", end)
    found = spans(text)
    assert {path: span.value for path, span in found.items()} == dict(walk(tomllib.loads(text)))


def test_a_span_covers_the_literal_and_tells_its_quotes_and_line():
    found = spans(SAMPLE)
    item = found["project", "dependencies", 1]
    assert SAMPLE[item.start : item.end] == "'b'"
    assert (item.style, item.line) == ("'", 13)
    assert found["project", "dependencies", 2].style == '"""'
    assert found["tool", "spaced", "last"].line == SAMPLE.count("\n") + 1


def test_replacing_strings_leaves_every_other_character():
    found = spans(SAMPLE)
    after = splice(SAMPLE, [(found["project", "name"], "y"), (found["project", "dependencies", 1], "b>2")])
    assert after == SAMPLE.replace('name="x"', 'name="y"').replace("'b'", "'b>2'")


def test_replacements_that_overlap_are_refused():
    with pytest.raises(ValueError, match="overlap"):
        replace("abcdef", [(0, 3, "x"), (2, 4, "y")])


@pytest.mark.parametrize("text", ["a", "a = ", "= 1", 'a = "open'])
def test_text_that_is_no_toml_is_a_value_error_not_a_hang(text):
    with pytest.raises(ValueError, match="character"):
        spans(text)


@pytest.mark.parametrize(
    ("value", "style", "literal"),
    [
        ("it's", "'", '"it\'s"'),
        ("a\nb", "'", r'"a\u000Ab"'),
        ("plain", "'", "'plain'"),
        ("\nab", "'''", "'''\n\nab'''"),
        ("x'''y", "'''", "\"x'''y\""),
        ("ends'", "'''", '"ends\'"'),
        ('a"', '"""', '"""a\\""""'),
        ('q"""""', '"""', '"""q\\"\\"\\""\\""""'),
        ("back\\slash", '"', '"back\\\\slash"'),
        ("\x00", '"""', '"""\\u0000"""'),
    ],
)
def test_a_value_is_written_in_its_style_or_in_basic_quotes(value, style, literal):
    assert quoted(value, style) == literal
    assert tomllib.loads(f"x = {literal}")["x"] == value


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.text("\"'\\\n\r\t ab", max_size=12)
STYLE = st.sampled_from(['"', "'", '"""', "'''"])
NEWLINE = st.sampled_from(["\n", "\r\n"])


@given(TEXT, STYLE, NEWLINE)
def test_any_value_in_any_style_comes_back(value, style, newline):
    assert tomllib.loads(f"x = {quoted(value, style, newline)}")["x"] == value


LEAF = st.tuples(TEXT, STYLE) | st.integers() | st.booleans()
TREE = st.recursive(LEAF, lambda t: st.lists(t, max_size=3) | st.dictionaries(TEXT, t, max_size=3), max_leaves=8)


def literal(tree):
    if isinstance(tree, tuple):
        return quoted(*tree)
    if isinstance(tree, list):
        return "[ # ] comment\n" + "".join(f"{literal(item)} , # [\n" for item in tree) + "]"
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{quoted(key)}= {literal(item)}" for key, item in tree.items()) + " }"
    return str(tree).lower()


@given(st.dictionaries(TEXT, st.dictionaries(TEXT, TREE, max_size=3), max_size=3), NEWLINE)
def test_any_document_has_its_strings_where_tomllib_has_them(tables, newline):
    text = "".join(
        f"[ {quoted(name)} ]\n" + "".join(f"{quoted(key)} = {literal(item)}\n" for key, item in table.items())
        for name, table in tables.items()
    ).replace("\n", newline)
    found = spans(text)
    assert {path: span.value for path, span in found.items()} == dict(walk(tomllib.loads(text)))
    new = {path: f"{span.value}+" for path, span in found.items()}
    after = tomllib.loads(splice(text, [(found[path], value) for path, value in new.items()]))
    assert dict(walk(after)) == new


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("a = 1\nb = = 2\n", 2, 5, "Invalid value"),
        ("a = [1,\n", 2, 1, "Invalid value"),
        ("\ufeffa = 1\n", 1, 1, "byte order mark"),
        ("a = 1\nb\x00 = 2\n", 2, 2, ""),
        ("a = 1\na = 2\n", 2, 6, "overwrite"),
        ("[t]\n[t]\n", 2, 3, "twice"),
        ("a = 1\rb = 2\n", 1, 6, ""),
        ("#" * (1024 * 1024 + 1), 1, 1, "larger"),
        (f"a = {'9' * 5000}", 1, 5, "digits"),
        ("a = " + "[" * 100_000, None, None, "nested"),
    ],
)
def test_text_that_is_no_toml_is_refused_with_its_place(text, line, column, words):
    with pytest.raises(ReleaseError) as caught:
        parse("p/pyproject.toml", text)
    (problem,) = caught.value.problems
    assert (problem.code, problem.exit, problem.path) == ("toml-invalid", 3, "p/pyproject.toml")
    assert (problem.line, problem.column) == (line, column)
    assert words in problem.message


def test_the_source_line_stands_below_the_message_with_a_caret():
    with pytest.raises(ReleaseError) as caught:
        parse("pyproject.toml", "a = 1\nb = = 2\n")
    assert caught.value.problems[0].context == ("b = = 2", "    ^")


def test_a_key_path_that_leaves_the_document_is_none():
    values = {"a": [{"b": "c"}]}
    assert at(values, ("a", 0, "b")) == "c"
    assert at(values, ("a", 1, "b")) is None
    assert at(values, ("a", 0, "b", "d")) is None
