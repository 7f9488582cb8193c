"""Every fault is reported with its line."""

import pytest

from trainer_format_converter import FormatError, dumps, loads, read


@pytest.mark.parametrize(
    ("format", "text", "line", "reason"),
    [
        ("jsonl", '{"a": 1}\n\n{"a": }\n', 3, "not valid JSON"),
        ("jsonl", '{"a": 1}\n[1]\n', 2, "an object is expected"),
        ("jsonl", '{"a": 1} {"b": 2}\n', 1, "text after the object"),
        ("jsonl", '{}\n{"a": 1, "a": 2}\n', 2, "given twice: a"),
        ("jsonl", '{}\n{"a": NaN}\n', 2, "NaN is no JSON number"),
        ("json", '[\n  {"a": 1},\n  {"a": }\n]', 3, "not valid JSON"),
        ("json", '[\n  {"a": 1},\n  7\n]', 3, "an object is expected, not 7"),
        ("json", '[\n  {"a": 1}\n  {"a": 2}\n]', 3, "',' or ']' is expected"),
        ("json", '[\n  {"a": 1},\n]', 3, "not valid JSON"),
        ("json", '[\n  {"a": 1}', 2, "',' or ']' is expected"),
        ("json", "[]\nrest", 2, "text after the list"),
        ("json", '\n{"a": 1}', 2, "a list of objects is expected"),
        ("json", '[\n{},\n{"a": 1, "a": 2}]', 3, "given twice: a"),
        ("csv", "a,b\n1,2\n3\n", 3, "1 cells, the header has 2"),
        ("csv", 'a,b\n"1\n2",3\n4,5,6\n', 4, "3 cells, the header has 2"),
        ("csv", 'a,b\n1,"2"x\n', 2, "not valid CSV"),
        ("csv", 'a,b\n1,2\n3,"open\n', 3, "not valid CSV"),
        ("csv", "a,b,a\n1,2,3\n", 1, "columns given twice: a"),
        ("csv", "a,,c\n1,2,3\n", 1, "column 2 has no name"),
    ],
)
def test_a_faulty_text_names_its_line(format, text, line, reason):
    with pytest.raises(FormatError) as caught:
        loads(text, format, "cases")
    assert caught.value.line == line
    assert reason in caught.value.reason
    assert str(caught.value).startswith(f"cases:{line}: ")


def test_a_file_that_is_not_utf8_names_its_line(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a": "x"}\n{"a": "caf\xe9"}\n')
    with pytest.raises(FormatError) as caught:
        read(path)
    assert caught.value.line == 2


@pytest.mark.parametrize("format", ["json", "jsonl", "csv"])
def test_what_no_format_can_hold_is_refused(format):
    with pytest.raises(FormatError):
        dumps([{"a": object()}], format)


@pytest.mark.parametrize("format", ["json", "jsonl"])
def test_not_a_number_is_not_written(format):
    with pytest.raises(FormatError):
        dumps([{"a": float("nan")}], format)


def test_an_unknown_format_lists_the_known_ones():
    with pytest.raises(FormatError, match="'xml' is not one of csv, json, jsonl"):
        loads("", "xml")
    with pytest.raises(FormatError, match=r"cases\.txt"):
        read("cases.txt")


def test_deep_nesting_is_an_error_and_no_crash():
    with pytest.raises(FormatError, match=r"nested too deeply|not valid JSON"):
        loads('[{"a": ' + "[" * 200_000, "json")
