"""The command, called in-process."""

import json

import pytest

from trainer_core.cli import main
from trainer_core.suite import read_suite


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "tools.txt").write_text(
        "The saw is sharp.\n\nThe lathe needs two people.\n", encoding="utf-8"
    )
    return tmp_path


def test_ask_prints_the_answer_and_its_sources(folder, capsys):
    assert main(["ask", "--documents", str(folder), "How many people does the lathe need?"]) == 0
    assert capsys.readouterr().out.splitlines()[:2] == ["The lathe needs two people.", "  tools.txt:3"]


def test_evaluate_fails_when_a_case_fails_and_writes_its_report(folder, capsys):
    cases, report = folder / "cases.jsonl", folder / "report.json"
    cases.write_text(
        '{"id": "saw", "question": "Is the saw sharp?", "expected": "sharp"}\n'
        '{"id": "tea", "question": "Who makes tea?", "expected": "everyone"}\n',
        encoding="utf-8",
    )
    arguments = ["evaluate", "--documents", str(folder), str(cases), "--report", str(report)]
    assert main(arguments) == 1
    out = capsys.readouterr().out
    assert "pass  1.00  saw" in out
    assert "FAIL  0.00  tea" in out
    assert "1 of 2 cases passed" in out
    assert [record["passed"] for record in json.loads(report.read_text(encoding="utf-8"))] == [True, False]


def test_what_was_given_wrongly_is_said_without_a_traceback(folder, capsys):
    assert main(["ask", "--documents", str(folder / "nowhere"), "why?"]) == 2
    assert main(["evaluate", "--documents", str(folder), str(folder / "absent.jsonl")]) == 2
    assert main(["ask", "--documents", str(folder), "--provider", "ofline", "why?"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert [line.split(":")[0] for line in captured.err.splitlines()] == ["trainer"] * 3
    assert "did you mean 'offline'" in captured.err


@pytest.mark.parametrize("arguments", [[], ["ask"], ["ask", "--documents", "x", "--limit", "0", "why?"]])
def test_a_wrong_command_line_is_exit_2(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2


def test_versions_lists_the_suite_and_every_module(capsys):
    assert main(["versions"]) == 0
    lines = capsys.readouterr().out.splitlines()
    suite = read_suite()
    assert lines[0] == f"trainer {suite.version}"
    assert [line.split()[0] for line in lines[1:]] == list(suite.modules)


def test_check_exits_1_and_names_what_differs(tmp_path, monkeypatch, capsys):
    path = tmp_path / "suite.json"
    path.write_text(
        '{"schema": "trainer-release/suite/v1", "suite": "trainer", "version": "9.9.9",'
        ' "modules": {"trainer-core": "9.9.9", "trainer-absent": "9.9.9"}}',
        encoding="utf-8",
    )
    monkeypatch.setattr("trainer_core.suite.SUITE_FILE", path)
    assert main(["check"]) == 1
    out = capsys.readouterr().out
    assert "trainer-core: expected 9.9.9, found" in out
    assert "trainer-absent: expected 9.9.9, not installed" in out
