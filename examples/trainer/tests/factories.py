"""Objects for the generated tests, where a value that is merely guessed would not do (see ``test-agent:`` in versions.yaml)."""

from trainer_data_retriever import Retriever, split
from trainer_llm_provider import Request, ScriptedProvider
from trainer_prompt_manager import Template


def request() -> Request:
    return Request("The kiln is lit on Fridays.\n\nQuestion: When is the kiln lit?", max_words=20, stop=("END",))


def scripted_provider() -> ScriptedProvider:
    return ScriptedProvider({"kiln": "On Fridays."})


def retriever() -> Retriever:
    return Retriever(split("The kiln is lit on Fridays.\n\nThe saw is sharpened on Mondays.\n", "machines.md"))


def template() -> Template:
    return Template("Context: {{ context }}\n\nQuestion: {{ question }} (kiln)", name="answer")
