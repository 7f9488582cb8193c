"""The offline provider, the scripted one, and the registry."""

import pytest

from trainer_llm_provider import (
    OfflineProvider,
    Request,
    ScriptedProvider,
    ScriptError,
    UnknownProviderError,
    default_registry,
)

PROMPT = """Answer from the context.

The saw is sharpened on Mondays. The lathe needs
two people.

Question: How many people does the lathe need?
Answer:"""


def test_offline_quotes_the_sentence_that_fits_the_question():
    assert OfflineProvider().complete(Request(PROMPT)).text == "The lathe needs two people."


def test_offline_gives_the_same_answer_every_time():
    answers = {OfflineProvider().complete(Request(PROMPT)) for _ in range(20)}
    assert len(answers) == 1


def test_offline_admits_that_it_does_not_know():
    prompt = "The saw is sharp.\n\nQuestion: Who painted the ceiling?"
    assert OfflineProvider().complete(Request(prompt)).text == "I do not know."


def test_offline_takes_the_last_line_where_no_question_is_marked():
    assert (
        OfflineProvider().complete(Request("Tea is green. Coffee is black.\ncoffee?")).text
        == "Coffee is black."
    )


def test_offline_does_not_quote_the_instructions_before_the_context():
    prompt = "Say one thing.\nContext:\nTea is one drink.\nQuestion: Which one?"
    assert OfflineProvider().complete(Request(prompt)).text == "Tea is one drink."


def test_offline_prefers_the_first_of_two_equal_sentences():
    assert OfflineProvider().complete(Request("Tea one. Tea two.\ntea?")).text == "Tea one."


def test_a_list_is_played_in_order_and_its_end_is_an_error():
    provider = ScriptedProvider(["a", "b"])
    assert [provider.complete(Request("x")).text for _ in range(2)] == ["a", "b"]
    with pytest.raises(ScriptError, match="2 answers, this is request 3"):
        provider.complete(Request("x"))
    assert len(provider.requests) == 3


def test_a_mapping_answers_by_the_first_phrase_in_the_prompt():
    provider = ScriptedProvider({"lathe": "two", "people": "many"})
    assert provider.complete(Request(PROMPT)).text == "two"
    with pytest.raises(ScriptError, match="no phrase"):
        provider.complete(Request("something else"))


def test_one_text_is_no_script():
    with pytest.raises(TypeError):
        ScriptedProvider("abc")


def test_the_registry_makes_a_new_provider_each_time():
    registry = default_registry()
    registry.register("scripted", lambda: ScriptedProvider(["a"]))
    assert registry.names == ("offline", "scripted")
    assert registry.create("scripted") is not registry.create("scripted")


def test_the_registry_hints_at_the_nearest_name():
    with pytest.raises(UnknownProviderError, match="did you mean 'offline'"):
        default_registry().create("ofline")


def test_a_name_is_only_replaced_on_request():
    registry = default_registry()
    with pytest.raises(ValueError, match="already"):
        registry.register("offline", OfflineProvider)
    registry.register("offline", lambda: ScriptedProvider(["a"]), replace=True)
    assert registry.create("offline").name == "scripted"


def test_a_factory_that_makes_no_provider_is_found_out():
    registry = default_registry()
    registry.register("odd", object)
    with pytest.raises(TypeError, match="no provider"):
        registry.create("odd")
