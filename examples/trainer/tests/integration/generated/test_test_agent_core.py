# Written by `test-agent generate`; do not edit: run that again.
# test-agent: text sha256:b7dd9fb3e828751128c649808edbceab688d0f7d080246e085eb1fe0ab76351a
"""What test-agent relies on in core, held against the real thing."""

# consumer: test-agent sha256:c78a6a2a7ecf203d
# provider: core sha256:ab60199a55e26cfd

from tests import factories
from trainer_core import Workflow
from trainer_llm_provider import OfflineProvider
from trainer_test_agent import Case, evaluate, Subject
from trainer_test_agent.runner import Answering


class TestWorkflowAsAnswering:
    """trainer_core.workflow.Workflow, where a trainer_test_agent.runner.Answering is asked for."""

    def test_it_takes_every_call_that_is_allowed(self, contract):
        contract.takes(Workflow, "def answer(self, question: str) -> Answer", Answering)

    def test_it_is_made_and_is_a_answering(self, contract):
        made = Workflow(Subject(factories.retriever(), factories.template(), OfflineProvider()))
        contract.is_a(made, Answering)

    def test_answer_gives_what_is_promised(self, contract):
        contract.gives(
            Workflow(Subject(factories.retriever(), factories.template(), OfflineProvider())).answer("text"),
            "Answer",
            Answering,
        )

    def test_evaluate_takes_it_as_subject(self, contract):
        contract.gives(
            evaluate(subject=Workflow(Subject(factories.retriever(), factories.template(), OfflineProvider())), cases=[Case("text", "text", "text")]),
            "Report",
            evaluate,
        )
