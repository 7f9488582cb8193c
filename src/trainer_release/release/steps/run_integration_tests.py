"""Test all modules together: every wheel in one environment, and the integration tests."""

from __future__ import annotations

from dataclasses import dataclass

from trainer_release.model.facts import PrepareFacts
from trainer_release.model.outcome import Outcome, SoFar
from trainer_release.model.plan import Action
from trainer_release.model.suite import Suite
from trainer_release.release.step import World

NAME = "run_integration_tests"


@dataclass(frozen=True, slots=True)
class IntegrationTests(Action):
    """The suite as the release commit has it."""

    suite: Suite | None = None
    python: str = ""


def plan(facts: PrepareFacts) -> tuple[IntegrationTests, ...]:
    """One cell for the whole suite, carried and taken modules among them."""
    if not facts.change.built:
        return ()
    return (IntegrationTests(suite=facts.change.suite, python=facts.python),)


def seen(action: IntegrationTests, world: World) -> bool | None:
    """Tested in every run: the bytes are new."""
    del action, world
    return False


def run(action: IntegrationTests, world: World, so_far: SoFar) -> Outcome:
    """Run the cell; a failure shows the last lines of what pytest said."""
    from trainer_release.agent import cells, discover
    from trainer_release.agent.conduct import conducted
    from trainer_release.agent.run import Tools, run_cell
    from trainer_release.release.gate import judged, wheels_of

    if action.suite is None:
        raise AssertionError(action)
    modules = tuple(action.suite.modules[name] for name in action.suite.graph.order)
    umbrella = action.suite.umbrella.path if action.suite.umbrella else None
    place = str(world.place(umbrella)) if umbrella else None
    tests = discover.integration_tests(world.workspace, action.suite, place, here=world.workspace)
    cell = cells.together(modules, wheels_of(modules, world, so_far), tests, action.python, suite=action.suite)
    cell = conducted(cell, action.suite.catalog.test_agent)
    return judged(run_cell(cell, Tools(world.venvs), world.scratch / "together"))
