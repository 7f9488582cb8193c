"""The modules wired together."""

import pytest

from trainer_core import Workflow
from trainer_data_retriever import DocumentError
from trainer_llm_provider import ScriptedProvider, UnknownProviderError, default_registry
from trainer_prompt_manager import UnknownPromptError


@pytest.fixture
def documents(tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "tools.txt").write_text("The saw is sharp.\n\nThe lathe needs two people.\n", encoding="utf-8")
    return folder


def test_a_question_is_answered_with_its_source(documents):
    answer = Workflow.over(documents).answer("How many people does the lathe need?")
    assert answer.text == "The lathe needs two people."
    assert answer.sources[0] == "tools.txt:3"


def test_the_prompt_holds_context_and_question(documents):
    prompt = Workflow.over(documents).answer("Is the saw sharp?").prompt
    assert "The saw is sharp." in prompt
    assert prompt.endswith("Question: Is the saw sharp?")


def test_another_provider_is_chosen_by_name(documents):
    registry = default_registry()
    registry.register("scripted", lambda: ScriptedProvider({"lathe": "Ask the foreman."}))
    workflow = Workflow.over(documents, provider="scripted", registry=registry)
    assert workflow.answer("Who runs the lathe?").text == "Ask the foreman."


def test_another_prompt_comes_from_another_folder(documents, tmp_path):
    prompts = tmp_path / "prompts"
    prompts.mkdir()
    with pytest.raises(UnknownPromptError):
        Workflow.over(documents, prompts=prompts)
    (prompts / "answer.prompt").write_text("{{ context }}\n{{ question }}", encoding="utf-8")
    assert Workflow.over(documents, prompts=prompts).answer("saw?").prompt == "The saw is sharp.\nsaw?"


def test_cases_are_evaluated(documents, tmp_path):
    cases = tmp_path / "cases.csv"
    cases.write_text(
        "question,expected\nIs the saw sharp?,sharp\nWho needs tea?,everyone\n", encoding="utf-8"
    )
    report = Workflow.over(documents).evaluate(cases)
    assert [result.passed for result in report.results] == [True, False]


def test_what_is_missing_is_said_at_once(documents, tmp_path):
    with pytest.raises(DocumentError):
        Workflow.over(tmp_path / "nowhere")
    with pytest.raises(UnknownProviderError):
        Workflow.over(documents, provider="nobody")
