"""How cases are read."""

import pytest

from trainer_format_converter import FormatError
from trainer_test_agent import Case, CaseError, load_cases

EXPECTED = [Case("hours", "When?", "at nine"), Case("2", "Who?", "two people")]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "cases.jsonl",
            '{"id": "hours", "question": "When?", "expected": "at nine"}\n'
            '{"question": "Who?", "expected": "two people"}\n',
        ),
        ("cases.csv", "id,question,expected\nhours,When?,at nine\n,Who?, two people\n"),
        (
            "cases.json",
            '[{"id": "hours", "question": "When?", "expected": "at nine"},'
            ' {"id": 2, "question": "Who?", "expected": "two people"}]',
        ),
    ],
)
def test_the_same_cases_come_from_every_format(tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert load_cases(tmp_path / name) == EXPECTED


def test_every_faulty_record_is_named(tmp_path):
    path = tmp_path / "cases.jsonl"
    path.write_text(
        '{"question": "When?"}\n{"question": "", "expected": "x", "weight": 2}\n', encoding="utf-8"
    )
    with pytest.raises(CaseError) as caught:
        load_cases(path)
    assert "record 1: expected is missing" in str(caught.value)
    assert "record 2: question must be a text, unknown field weight" in str(caught.value)


def test_an_id_is_given_once(tmp_path):
    path = tmp_path / "cases.csv"
    path.write_text("id,question,expected\na,When?,x\na,Who?,y\n", encoding="utf-8")
    with pytest.raises(CaseError, match="id 'a' is given 2 times"):
        load_cases(path)


def test_a_file_without_cases_is_an_error(tmp_path):
    path = tmp_path / "cases.jsonl"
    path.write_text("\n", encoding="utf-8")
    with pytest.raises(CaseError, match="no cases"):
        load_cases(path)


def test_a_broken_file_names_its_line(tmp_path):
    path = tmp_path / "cases.jsonl"
    path.write_text("\n{\n", encoding="utf-8")
    with pytest.raises(FormatError) as caught:
        load_cases(path)
    assert caught.value.line == 2
