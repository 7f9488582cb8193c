"""Test each module alone: its built wheel, what it declares, pytest, and its own tests away from the source."""

from __future__ import annotations

from dataclasses import dataclass

from trainer_release.model.facts import PrepareFacts
from trainer_release.model.outcome import Outcome, SoFar
from trainer_release.model.plan import Action
from trainer_release.model.suite import Module, Suite
from trainer_release.release.step import World
from trainer_release.suite.mounts import split

NAME = "run_isolated_tests"


@dataclass(frozen=True, slots=True)
class IsolatedTests(Action):
    """`suite` is that of the release commit."""

    module: Module | None = None
    suite: Suite | None = None
    python: str = ""

    @property
    def siblings(self) -> tuple[Module, ...]:
        """The modules that its declared dependencies may ask for."""
        from trainer_release.agent import cells

        return cells.needed(self.suite, self.module) if self.suite and self.module else ()


def plan(facts: PrepareFacts) -> tuple[IsolatedTests, ...]:
    """One cell a built module; the longest chains of dependencies last, as the graph has them."""
    suite = facts.change.suite
    return tuple(
        IsolatedTests(name, module=suite.modules[name], suite=suite, python=facts.python) for name in facts.change.built
    )


def seen(action: IsolatedTests, world: World) -> bool | None:
    """Tested in every run: the bytes are new."""
    del action, world
    return False


def run(action: IsolatedTests, world: World, so_far: SoFar) -> Outcome:
    """Run the cell; a failure shows the last lines of what pytest said."""
    from trainer_release.agent import cells, discover, selection
    from trainer_release.agent.conduct import conducted
    from trainer_release.agent.run import Tools, run_cell
    from trainer_release.release.gate import judged, wheels_of

    if action.module is None or action.suite is None:
        raise AssertionError(action)
    settings = action.suite.catalog.test_agent
    wheels = wheels_of((action.module, *action.siblings), world, so_far)
    path = action.module.path or "."
    root = world.place(f"{split(path)[0]}:") if split(path)[0] else world.workspace
    tests = discover.module_tests(root, action.module, world.place(path), settings.of(action.module.name))
    if not world.names:
        world.names.update(selection.provided(world.workspace, action.suite.modules.values()))
    absent = selection.undeclared(world.names, (action.module, *action.siblings))
    given = (action.module, wheels[0], wheels[1:], tests, action.python)
    cell = conducted(cells.alone(*given, suite=action.suite, absent=absent), settings)
    return judged(run_cell(cell, Tools(world.venvs), world.scratch / f"alone-{action.subject}"))
