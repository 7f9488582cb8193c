"""A string that stands once is found without a scan, at the place where the scan finds it."""

from hypothesis import example, given
from hypothesis import strategies as st

from trainer_release.suite.layouts.toml_edit import all_pieces, quick_pieces, set_strings
from trainer_release.suite.toml_text import at, parse

TEXTS = st.sampled_from(["a", "b1", "a>=1", "b, c", ", ", "é", "", "it's", 'say "a"', "a # b", "x\ty"])
COMMENTS = st.sampled_from(["", "  # a", '  # "a"', " # it's", "\n# 'b1'"])


def literal(value, style):
    """The value as TOML, in this style where it can be written so."""
    if style == "'" and "'" not in value:
        return f"'{value}'"
    return '"' + value.replace('"', '\\"').replace("\t", "\\t") + '"'


LINES = st.one_of(
    st.tuples(st.just("string"), st.lists(TEXTS, min_size=1, max_size=1), st.sampled_from("\"'"), COMMENTS),
    st.tuples(st.just("array"), st.lists(TEXTS, max_size=4), st.sampled_from("\"'"), COMMENTS),
)


@given(st.lists(LINES, max_size=6), st.data())
@example([("array", ["a", ", ", "b1"], '"', "")], None)
def test_what_is_found_without_a_scan_is_where_the_scan_finds_it(lines, data):
    text, paths = "", []
    for number, (kind, values, style, comment) in enumerate(lines):
        written = ", ".join(literal(value, style) for value in values)
        text += f"k{number} = {written if kind == 'string' else f'[{written}]'}{comment}\n"
        paths += [(f"k{number}",)] if kind == "string" else [(f"k{number}", index) for index in range(len(values))]
    values = parse("f", text)
    chosen = paths if data is None else data.draw(st.lists(st.sampled_from(paths), unique=True)) if paths else []
    new = dict.fromkeys(chosen, "new")
    assert quick_pieces(text, values, new) in ([], all_pieces(text, values, new))
    after = parse("f", set_strings("f", text, new))
    assert all(at(after, keys) == ("new" if keys in new else at(values, keys)) for keys in paths)


def test_a_usual_edit_needs_no_scan():
    text = '[project]\nversion = "1.0"  # "2.0" comes\ndependencies = ["a>=1", \'b<2\']\n'
    new = {("project", "version"): "2.0", ("project", "dependencies", 1): "b<3"}
    assert [text[start:end] for start, end, _ in quick_pieces(text, parse("f", text), new)] == ['"1.0"', "'b<2'"]
