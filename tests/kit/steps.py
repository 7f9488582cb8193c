"""Steps, plans and a listener for the engine, which knows a step by its four names alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from trainer_release.model.outcome import Outcome
from trainer_release.model.plan import Action, Plan, PlannedStep
from trainer_release.release.engine.reporter import Reporter


@dataclass
class Made:
    """A step that a test makes: `does` is its effect, `sees` the world's word."""

    NAME: str
    does: Callable[[Action], Outcome | None] = lambda _action: None
    sees: Callable[[Action], bool | None] = lambda _action: False
    so_far: list[Any] = field(default_factory=list)

    def plan(self, facts: Any) -> tuple[Action, ...]:
        return tuple(facts)

    def seen(self, action: Action, world: Any) -> bool | None:
        return self.sees(action)

    def run(self, action: Action, world: Any, so_far: Any) -> Outcome:
        self.so_far.append(dict(so_far))
        return self.does(action) or Outcome(evidence={"did": action.subject})


def plan_of(*steps: tuple[str, Iterable[Action | str]], **more: Any) -> Plan:
    """A plan of these steps; a word is an action that waits for nothing."""
    planned = tuple(
        PlannedStep(name, tuple(each if isinstance(each, Action) else Action(each) for each in actions))
        for name, actions in steps
    )
    rest = {"id": "p", "kind": "prepare", "suite": "demo", "version": "1.0.0", "modules": (), "waves": ()}
    return Plan(**{**rest, "steps": planned, **more})


class Told(Reporter):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.events: list[tuple[Any, ...]] = []

    def planned(self, plan: Plan) -> None:
        self.events.append(("planned", plan.id))

    def started(self, step: str, subject: str) -> None:
        self.events.append(("started", step, subject))

    def noted(self, step: str, subject: str, note: str) -> None:
        self.events.append(("noted", step, subject, note))

    def ended(self, step: str, subject: str, outcome: Outcome, seconds: float) -> None:
        self.events.append(("ended", step, subject, str(outcome.status)))

    def failed(self, step: str, subject: str, error: Exception, seconds: float) -> None:
        self.events.append(("failed", step, subject))

    def blocked(self, step: str, subject: str, by: str) -> None:
        self.events.append(("blocked", step, subject, by))
