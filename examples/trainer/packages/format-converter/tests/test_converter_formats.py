"""Conversion between the formats."""

import pytest

from trainer_format_converter import FORMATS, FormatError, convert, dumps, format_of, loads, read, write

TEXTS = [
    {"id": "1", "text": "plain"},
    {"id": "2", "text": 'with "quotes", commas,\nand a second line'},
    {"id": "3", "text": "caf\u00e9 \u2028 \u8336"},
]


@pytest.mark.parametrize("format", FORMATS)
def test_text_records_survive_every_format(format):
    assert loads(dumps(TEXTS, format), format) == TEXTS


@pytest.mark.parametrize("source", FORMATS)
@pytest.mark.parametrize("target", FORMATS)
def test_there_and_back_gives_the_same_bytes(source, target):
    text = dumps(TEXTS, source)
    assert convert(convert(text, source, target), target, source) == text


@pytest.mark.parametrize("format", ["json", "jsonl"])
def test_json_keeps_types_and_nesting(format):
    records = [{"a": 1, "b": [True, None, {"c": 1.5}]}, {}]
    assert loads(dumps(records, format), format) == records


def test_csv_spells_values_and_keeps_columns_in_order_of_appearance():
    records = [{"b": True, "a": 1.5}, {"a": None, "c": "x"}]
    assert dumps(records, "csv") == "b,a,c\ntrue,1.5,\n,,x\n"


@pytest.mark.parametrize("format", FORMATS)
def test_no_records_are_written_and_read(format):
    assert loads(dumps([], format), format) == []


def test_a_single_empty_cell_is_still_a_record():
    assert loads(dumps([{"a": ""}, {"a": "x"}], "csv"), "csv") == [{"a": ""}, {"a": "x"}]


def test_files_are_known_by_their_names(tmp_path):
    for name in ["a.csv", "b.JSON", "c.jsonl"]:
        write(tmp_path / name, TEXTS)
        assert read(tmp_path / name) == TEXTS
    assert format_of("x/y.JSONL") == "jsonl"


def test_a_foreign_csv_file_is_read(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xef\xbb\xbfid,text\r\n1,tea\r\n\r\n2,coffee\r\n")
    assert read(path) == [{"id": "1", "text": "tea"}, {"id": "2", "text": "coffee"}]


def test_a_file_is_not_touched_when_a_record_does_not_fit(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("before", encoding="utf-8")
    with pytest.raises(FormatError, match="record 2: column 'a': a list does not fit"):
        write(path, [{"a": 1}, {"a": [1]}])
    assert path.read_text(encoding="utf-8") == "before"
