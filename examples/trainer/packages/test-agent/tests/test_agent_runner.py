"""Running cases and reporting what came of them."""

import json

import pytest

from trainer_data_retriever import Chunk, Retriever
from trainer_llm_provider import ScriptedProvider
from trainer_prompt_manager import Template
from trainer_test_agent import Answer, Case, Subject, evaluate, overlap

CHUNKS = [Chunk("The shop opens at nine.", "hours.txt", 4), Chunk("Tea is green.", "tea.txt", 1)]
CASES = [Case("a", "When does the shop open?", "at nine"), Case("b", "Is tea black?", "no")]


def subject(script):
    template = Template("{{ context }}\nQ: {{ question }}", name="qa")
    return Subject(Retriever(CHUNKS), template, ScriptedProvider(script))


class Stubborn:
    """Answers one question and fails at all others."""

    def answer(self, question):
        if "shop" not in question:
            raise RuntimeError("no idea")
        return Answer(question, "at nine", (), "")


def test_a_subject_retrieves_renders_and_asks():
    asked = subject(["at nine"])
    answer = asked.answer("When does\nthe shop open?")
    assert answer.text == "at nine"
    assert answer.sources == ("hours.txt:4",)
    assert asked.provider.requests[0].prompt == "The shop opens at nine.\nQ: When does the shop open?"


@pytest.mark.parametrize("text", ["{{ question }}", "{{ context }} {{ question }} {{ tone }}", "nothing"])
def test_a_prompt_with_other_variables_is_refused_at_once(text):
    with pytest.raises(ValueError, match="must use the variables context and question"):
        Subject(Retriever(CHUNKS), Template(text), ScriptedProvider([]))


def test_answers_are_scored_case_by_case():
    report = evaluate(subject(["It opens at nine.", "yes"]), CASES)
    assert [result.passed for result in report.results] == [True, False]
    assert [result.id for result in report.failures] == ["b"]
    assert not report.ok
    assert report.summary() == "1 of 2 cases passed, mean score 0.50"


def test_a_threshold_decides_what_is_good_enough():
    half = evaluate(subject(["at ten"]), CASES[:1], scorer=overlap, threshold=0.5)
    assert half.ok
    assert half.mean_score == 0.5


def test_a_case_that_raises_does_not_stop_the_others():
    report = evaluate(Stubborn(), list(reversed(CASES)))
    assert [result.passed for result in report.results] == [False, True]
    assert report.results[0].error == "RuntimeError: no idea"


@pytest.mark.parametrize("name", ["report.json", "report.jsonl", "report.csv"])
def test_a_report_is_written_in_any_format_and_always_the_same(tmp_path, name):
    for folder in ["one", "two"]:
        (tmp_path / folder).mkdir()
        evaluate(subject(["at nine", "yes"]), CASES).write(tmp_path / folder / name)
    first = (tmp_path / "one" / name).read_bytes()
    assert first == (tmp_path / "two" / name).read_bytes()
    assert b"hours.txt:4" in first


def test_a_written_report_holds_the_results(tmp_path):
    evaluate(subject(["at nine", "yes"]), CASES).write(tmp_path / "report.json")
    records = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert [(record["id"], record["score"]) for record in records] == [("a", 1.0), ("b", 0.0)]
