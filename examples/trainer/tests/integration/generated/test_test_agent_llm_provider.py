# Written by `test-agent generate`; do not edit: run that again.
# test-agent: text sha256:ad08100945e0fd434ab7504b8233cdcd6dacdc9a85ce7de31f825223ac568489
"""What test-agent relies on in llm-provider, held against the real thing."""

# consumer: test-agent sha256:45e8799101722f7f
# provider: llm-provider sha256:b2e5fe310b8a6449

from tests import factories
from trainer_llm_provider import OfflineProvider, Provider, Request, Response, ScriptedProvider, Usage
from trainer_test_agent import Subject


def test_request_has_the_fields_that_are_relied_on(contract):
    contract.fields(Request, prompt="str", max_words="int | None = None", stop="tuple[str, ...] = ()")


def test_response_has_the_fields_that_are_relied_on(contract):
    contract.fields(Response, text="str", provider="str", usage="Usage", finish="str = 'complete'")


def test_usage_has_the_fields_that_are_relied_on(contract):
    contract.fields(Usage, prompt_words="int", answer_words="int")


class TestOfflineProviderAsProvider:
    """trainer_llm_provider.offline.OfflineProvider, where a trainer_llm_provider.values.Provider is asked for."""

    def test_it_takes_every_call_that_is_allowed(self, contract):
        contract.takes(OfflineProvider, "def complete(self, request: Request) -> Response", Provider)

    def test_it_is_made_and_serves_as_provider(self, contract):
        made = OfflineProvider()
        contract.is_a(made, Provider)
        contract.has(made, "name: str", Provider)

    def test_complete_gives_what_is_promised(self, contract):
        contract.gives(OfflineProvider().complete(factories.request()), "Response", Provider)

    def test_subject_takes_it_as_provider(self, contract):
        made = Subject(
            retriever=factories.retriever(),
            template=factories.template(),
            provider=OfflineProvider(),
        )
        contract.is_a(made, Subject)


class TestScriptedProviderAsProvider:
    """trainer_llm_provider.scripted.ScriptedProvider, where a trainer_llm_provider.values.Provider is asked for."""

    def test_it_takes_every_call_that_is_allowed(self, contract):
        contract.takes(ScriptedProvider, "def complete(self, request: Request) -> Response", Provider)

    def test_it_is_made_and_serves_as_provider(self, contract):
        made = factories.scripted_provider()
        contract.is_a(made, Provider)
        contract.has(made, "name: str", Provider)

    def test_complete_gives_what_is_promised(self, contract):
        contract.gives(factories.scripted_provider().complete(factories.request()), "Response", Provider)

    def test_subject_takes_it_as_provider(self, contract):
        made = Subject(
            retriever=factories.retriever(),
            template=factories.template(),
            provider=factories.scripted_provider(),
        )
        contract.is_a(made, Subject)
