"""The plain reader of the catalog answers as ruamel does, or not at all."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trainer_release.suite.catalog.source import Source
from trainer_release.suite.catalog.yaml_document import _build, _compose
from trainer_release.suite.catalog.yaml_nodes import Refused
from trainer_release.suite.catalog.yaml_plain import events

CATALOG = """\
# the suite
mill:  # its name
  version: "1.4.0"

modules:
  one: "1.4.0"

  two: {version: '1.0', path: packages/two}  # a place of its own
  three:
    repository: https://code.example/three
    publish: false
exclude: [examples, "tests/fixtures"]
compatibility:
  "1.4.0":
      one: "1.4.0"
      two: '1.0'
  # the end
retired:
"""


def shape(node):
    """All that a node is, to be compared."""
    pairs = [(shape(key), shape(value)) for key, value in node.pairs]
    return (
        node.kind,
        node.start,
        node.end,
        node.value,
        node.style,
        node.anchor,
        node.size,
        pairs,
        [*map(shape, node.items)],
    )


def by_ruamel(text):
    source = Source("versions.yaml", text)
    try:
        root = _compose(source)
    except Refused:
        root = None
    return shape(root) if root else None, source.problems


def by_us(text):
    source = Source("versions.yaml", text)
    try:
        root = _build(source, events(text))
    except Refused:
        root = None
    return shape(root) if root else None, source.problems


def test_a_usual_catalog_is_read_as_ruamel_reads_it():
    assert events(CATALOG) is not None
    assert by_us(CATALOG) == by_ruamel(CATALOG)
    assert by_us(CATALOG.rstrip("\n")) == by_ruamel(CATALOG.rstrip("\n"))


@pytest.mark.parametrize(
    "text",
    [
        "", "# nothing\n", "a: &x 1\n", "a: *x\n", "a: !t 1\n", "a: >\n  b\n", "a: 'it''s'\n", 'a: "\\n"\n', "a:\n- b\n",
        "a:\tb\n", "a: b\r\n", "--- \na: b\n", "a: b\n...\n", "a: b c\n", "a: [b,\n  c]\n", "? a\n", "a: b\n c: d\n",
        "a:\n    b: 1\n  c: 2\n", "  a: 1\nb: 2\n", "a: {b: {c: {d: 1}}}\n", "a: {b: [c]}\n", "a: [{b: c}]\n", "a: [[b]]\n", 'a: "b\n  c"\n', "a: b#c\n", '"a"b: c\n',
    ],
)  # fmt: skip
def test_anything_else_is_left_to_ruamel(text):
    assert events(text) is None


KEYS = st.sampled_from(["a", "b", "c", "1.0", '"d e"', "'f'", "x/y", "a-b", "null", '""'])
VALUES = st.sampled_from(
    ["", "1", "a:b", '"a # b"', "https://i.example/x", "[a, 'b']", "[]", "[ ]", "{a: 1, b: '2'}", "{ }", "''", "é", "[a , b ]",
     "a::b", "~", "1:2", "a:/b", "{a: 1 }", "{a: {b: c}}", "{a: {}, b: '}'}", "{a: { b: 1, '{': x } , d: 2}", "{a: {b: {c: 1}}}", "{a: b,c: d}", "[a,b]", "a b", '"', "&a", "*a", "!b", "|", "[a,]", "{a:1}", "- a"]
)  # fmt: skip
INDENTS = st.sampled_from(["", "", "  ", "  ", "    ", " ", "- "])
COMMENTS = st.sampled_from(["", "", " ", " # x", "  #", "#"])
PAIRS = st.builds("{}{}:{}{}{}".format, INDENTS, KEYS, st.sampled_from(["", " ", " ", "  "]), VALUES, COMMENTS)
LINES = st.one_of(PAIRS, PAIRS, PAIRS, st.sampled_from(["", "  ", "# c", "   # d"]))


@given(
    st.one_of(st.lists(LINES, max_size=8).map("\n".join), st.text("ab:#\"'[]{},- \n\té", max_size=40)),
    st.sampled_from(["", "\n"]),
)
@example('"": a', "")
@example("a:\n\n # c\nb: [ a , 'b' ]  ", "")
@example("a: {b: 1}\na: 2", "\n")
@example("a: {b: {c: 1, d: '2'}, e: {}, f: '}{'}", "\n")
def test_what_is_read_is_read_as_ruamel_reads_it(text, end):
    text += end
    if events(text) is not None:
        assert by_us(text) == by_ruamel(text)
