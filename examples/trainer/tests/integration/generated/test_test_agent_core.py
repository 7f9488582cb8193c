# Written by `test-agent generate`; do not edit: run that again.
# test-agent: text sha256:6e868f007f36a979721676940e97115fc65c2ed90c50d042344eb13ea3bc0c7f
"""What test-agent relies on in core, held against the real thing."""

# consumer: test-agent sha256:c78a6a2a7ecf203d
# provider: core sha256:ab60199a55e26cfd

from tests import factories
from trainer_core import Workflow
from trainer_llm_provider import OfflineProvider
from trainer_test_agent import Case, Subject, evaluate
from trainer_test_agent.runner import Answering


class TestWorkflowAsAnswering:
    """trainer_core.workflow.Workflow, where a trainer_test_agent.runner.Answering is asked for."""

    def test_it_takes_every_call_that_is_allowed(self, contract):
        contract.takes(Workflow, "def answer(self, question: str) -> Answer", Answering)

    def made(self):
        return Workflow(Subject(factories.retriever(), factories.template(), OfflineProvider()))

    def test_it_is_made_and_serves_as_answering(self, contract):
        made = self.made()
        contract.is_a(made, Answering)

    def test_answer_gives_what_is_promised(self, contract):
        contract.gives(self.made().answer("text"), "Answer", Answering)

    def test_evaluate_takes_it_as_subject(self, contract):
        contract.gives(
            evaluate(subject=self.made(), cases=[Case("text", "text", "text")]),
            "Report",
            evaluate,
        )
