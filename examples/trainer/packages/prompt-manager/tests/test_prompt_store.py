"""How named prompts are kept, found and loaded."""

import pytest

from trainer_prompt_manager import PromptFileError, PromptStore, Template, UnknownPromptError


def test_a_folder_becomes_a_store_named_by_path(tmp_path):
    (tmp_path / "chat").mkdir()
    (tmp_path / "ask.prompt").write_text("Q: {{ question }}\n", encoding="utf-8")
    (tmp_path / "chat" / "short.prompt").write_text("{{ text }}", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("{{ not a prompt", encoding="utf-8")
    store = PromptStore.from_directory(tmp_path)
    assert store.names == ("ask", "chat/short")
    assert store.render("ask", question="why?") == "Q: why?"


def test_all_faulty_files_of_a_folder_are_named(tmp_path):
    (tmp_path / "a.prompt").write_text("{{ open", encoding="utf-8")
    (tmp_path / "b.prompt").write_bytes(b"\xff")
    (tmp_path / "c.prompt").write_text("fine", encoding="utf-8")
    with pytest.raises(PromptFileError) as caught:
        PromptStore.from_directory(tmp_path)
    assert "a.prompt" in str(caught.value)
    assert "b.prompt" in str(caught.value)
    assert "c.prompt" not in str(caught.value)


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(PromptFileError, match="is no folder"):
        PromptStore.from_directory(tmp_path / "nowhere")


def test_an_unknown_name_gets_the_nearest_one_as_a_hint():
    store = PromptStore([Template("", name="answer"), Template("", name="summary")])
    with pytest.raises(UnknownPromptError, match="did you mean 'answer'"):
        store.get("anwser")


def test_a_name_is_given_once():
    store = PromptStore([Template("one", name="x")])
    with pytest.raises(ValueError, match="already"):
        store.add(Template("two", name="x"))


def test_a_store_is_iterated_in_order_of_names():
    store = PromptStore([Template("", name="b"), Template("", name="a")])
    assert [template.name for template in store] == ["a", "b"]
    assert len(store) == 2
    assert "a" in store


def test_a_prompt_may_have_a_variable_called_name():
    store = PromptStore([Template("Hi {{ name }}", name="hi")])
    assert store.render("hi", name="Ada") == "Hi Ada"
