"""Prompts meet providers: what a template renders is what a provider is asked."""

import pytest

from trainer_llm_provider import OfflineProvider, Request, ScriptedProvider, default_registry
from trainer_prompt_manager import PromptStore, Template, VariableError

QA = Template("{{ context }}\n\nQuestion: {{ question }}", name="qa")
CONTEXT = "The kiln is lit on Fridays. The saw is sharpened on Mondays."


def test_a_rendered_prompt_arrives_unchanged():
    provider = ScriptedProvider(["fine"])
    prompt = QA.render(context=CONTEXT, question="When is the kiln lit?")
    provider.complete(Request(prompt))
    assert provider.requests[0].prompt == f"{CONTEXT}\n\nQuestion: When is the kiln lit?"


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("When is the kiln lit?", "The kiln is lit on Fridays."),
        ("When is the saw sharpened?", "The saw is sharpened on Mondays."),
        ("Who painted the ceiling?", "I do not know."),
    ],
)
def test_the_offline_provider_understands_a_rendered_prompt(question, answer):
    prompt = QA.render(context=CONTEXT, question=question)
    assert OfflineProvider().complete(Request(prompt)).text == answer


def test_no_provider_is_asked_when_a_variable_is_missing():
    provider = ScriptedProvider([])
    with pytest.raises(VariableError):
        provider.complete(Request(QA.render(question="When?")))
    assert provider.requests == ()


def test_an_answer_can_go_into_the_next_prompt_without_being_expanded():
    provider = ScriptedProvider(["{{ question }}", "done"])
    first = provider.complete(Request(QA.render(context="", question="a"))).text
    provider.complete(Request(QA.render(context=first, question="b")))
    assert provider.requests[1].prompt == "{{ question }}\n\nQuestion: b"


def test_stored_prompts_and_registered_providers_work_by_name(tmp_path):
    (tmp_path / "short.prompt").write_text("{{ context }}\nQuestion: {{ question }}\n", encoding="utf-8")
    prompt = PromptStore.from_directory(tmp_path).render("short", context=CONTEXT, question="kiln?")
    response = default_registry().create("offline").complete(Request(prompt, max_words=3))
    assert (response.text, response.finish) == ("The kiln is", "length")
