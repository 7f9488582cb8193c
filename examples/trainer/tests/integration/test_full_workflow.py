"""All modules together, from documents and cases to a written report."""

import subprocess
import sys

import pytest

from trainer_core import Workflow
from trainer_format_converter import FORMATS, convert, read
from trainer_llm_provider import ScriptedProvider, default_registry
from trainer_test_agent import load_cases

CASES = """\
{"id": "kiln", "question": "On which day is the kiln lit?", "expected": "Fridays"}
{"id": "lathe", "question": "How many people does the lathe need?", "expected": "two people"}
{"id": "ceiling", "question": "Who painted the ceiling?", "expected": "I do not know"}
"""


@pytest.fixture
def documents(tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "kiln.txt").write_text("The kiln is lit on Fridays.\n", encoding="utf-8")
    (folder / "lathe.md").write_text("# Lathe\n\nThe lathe needs two people.\n", encoding="utf-8")
    return folder


def trainer(cwd, *arguments):
    """Run the installed command as a user would, away from any source tree."""
    done = subprocess.run(
        [sys.executable, "-m", "trainer_core", *map(str, arguments)],
        capture_output=True,
        check=False,
        cwd=cwd,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


def test_a_question_finds_its_answer_and_its_source(documents):
    answer = Workflow.over(documents).answer("How many people does the lathe need?")
    assert answer.text == "The lathe needs two people."
    assert answer.sources[0] == "lathe.md:3"


@pytest.mark.parametrize("format", FORMATS)
def test_cases_in_any_format_give_the_same_result(documents, tmp_path, format):
    path = tmp_path / f"cases.{format}"
    path.write_text(convert(CASES, "jsonl", format), encoding="utf-8")
    report = Workflow.over(documents).evaluate(path)
    assert [(result.id, result.passed) for result in report.results] == [
        ("kiln", True),
        ("lathe", True),
        ("ceiling", True),
    ]


@pytest.mark.parametrize("format", FORMATS)
def test_a_report_can_be_read_back_and_run_again(documents, tmp_path, format):
    cases = tmp_path / "cases.jsonl"
    cases.write_text(CASES, encoding="utf-8")
    workflow = Workflow.over(documents)
    workflow.evaluate(cases).write(tmp_path / f"report.{format}")
    records = read(tmp_path / f"report.{format}")
    assert [record["id"] for record in records] == [case.id for case in load_cases(cases)]
    assert records[0]["sources"].split()[0] == "kiln.txt:1"


def test_a_model_that_is_wrong_is_found_out(documents, tmp_path):
    cases = tmp_path / "cases.jsonl"
    cases.write_text(CASES, encoding="utf-8")
    registry = default_registry()
    registry.register("wrong", lambda: ScriptedProvider(["Fridays", "one person"]))
    report = Workflow.over(documents, provider="wrong", registry=registry).evaluate(cases)
    assert [result.passed for result in report.results] == [True, False, False]
    assert report.results[2].error.startswith("ScriptError")


def test_the_command_asks_and_evaluates(documents, tmp_path):
    cases, report = tmp_path / "cases.jsonl", tmp_path / "report.csv"
    cases.write_text(CASES, encoding="utf-8")
    code, out, err = trainer(tmp_path, "ask", "--documents", documents, "When is the kiln lit?")
    assert (code, out.splitlines()[0], err) == (0, "The kiln is lit on Fridays.", "")
    code, out, err = trainer(tmp_path, "evaluate", "--documents", documents, cases, "--report", report)
    assert (code, out.splitlines()[-1], err) == (0, "3 of 3 cases passed, mean score 1.00", "")
    assert len(read(report)) == 3


def test_the_command_names_what_is_wrong_with_its_input(documents, tmp_path):
    cases = tmp_path / "cases.jsonl"
    cases.write_text(CASES + "{broken\n", encoding="utf-8")
    code, out, err = trainer(tmp_path, "evaluate", "--documents", documents, cases)
    assert (code, out) == (2, "")
    assert f"{cases}:4: not valid JSON" in err
