"""Requests, responses and how raw text becomes a response."""

import pytest

from trainer_llm_provider import OfflineProvider, Provider, Request, ScriptedProvider


def answer(text, **limits):
    return ScriptedProvider([text]).complete(Request("two words", **limits))


def test_a_whole_answer_is_complete_and_counted():
    response = answer("one two three")
    assert (response.text, response.finish) == ("one two three", "complete")
    assert response.usage.prompt_words == 2
    assert response.usage.total_words == 5


def test_the_word_limit_cuts_the_answer():
    response = answer("one two three", max_words=2)
    assert (response.text, response.finish) == ("one two", "length")
    assert response.usage.answer_words == 2


def test_the_earliest_stop_text_cuts_the_answer():
    response = answer("one. two; three", stop=(";", "."))
    assert (response.text, response.finish) == ("one", "stop")


@pytest.mark.parametrize(
    "faulty", [{"prompt": "  "}, {"prompt": "x", "max_words": 0}, {"prompt": "x", "stop": ("",)}]
)
def test_a_senseless_request_is_refused(faulty):
    with pytest.raises(ValueError, match=r"needs a prompt|at least 1|stop everything"):
        Request(**faulty)


def test_the_providers_fit_the_protocol_without_inheriting():
    assert isinstance(OfflineProvider(), Provider)
    assert isinstance(ScriptedProvider([]), Provider)
    assert not isinstance(object(), Provider)
