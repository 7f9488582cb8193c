"""Make the lock files that awaited what is published now; leave them in the person's tree, for a commit of theirs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trainer_release.errors import Problem, ReleaseError, Severity
from trainer_release.model.facts import ExecuteFacts
from trainer_release.model.outcome import Outcome, SoFar
from trainer_release.model.plan import Action
from trainer_release.release.step import World
from trainer_release.suite.mounts import split
from trainer_release.world.files import replace_text, text_or_none

if TYPE_CHECKING:
    from trainer_release.suite.locks import Lock

NAME = "make_locks"


@dataclass(frozen=True, slots=True)
class Make(Action):
    """The subject is the lock's path. `text` is what the release `commit` has there, `awaited` are the packages that it
    lacks, `move` is what a person does to have it made; `told` is why that is left to them, empty where it is not."""

    text: str = ""
    commit: str = ""
    awaited: tuple[str, ...] = ()
    move: str = ""
    told: str = ""


def plan(facts: ExecuteFacts) -> tuple[Make, ...]:
    """Every lock of the release commits that awaits published modules, unless the person's file no longer does."""
    from trainer_release.suite import lock_moves, locks

    found = []
    for path, (released, here) in facts.locks.items():
        awaited = lock_moves.still_awaited(path, released, facts.suite)
        current = here is None or here == released or lock_moves.still_awaited(path, here, facts.suite)
        if awaited and current:
            lock = locks.read(path, released)
            told = _told(facts, lock, here)
            found.append(Make(path, (), released, facts.record.commit, awaited, lock.move, told))
    return tuple(found)


def _told(facts: ExecuteFacts, lock: Lock, here: str | None) -> str:
    """Why a lock is not made here; empty where it is."""
    from trainer_release.suite import lock_moves

    if facts.embedded:
        return "no address of the embedded index may stand in a lock"
    if split(lock.path)[0]:
        return "it lies in another repository"
    if lock_moves.beside(lock, facts.suite):
        return "it takes modules from folders beside its repository"
    if facts.git.head != facts.record.commit:
        return "HEAD is not the release commit"
    return "" if here == lock.text else "it is not as the release commit has it"


def said(action: Make) -> str:
    """The plan's line about a lock."""
    why = f" ({action.told})" if action.told else ""
    return (
        f"{action.subject} awaits {', '.join(action.awaited)}: {'left to you' if why else 'made'}{why}, {action.move}"
    )


def seen(action: Make, world: World) -> bool | None:
    """What is made already is not planned."""
    del action, world
    return False


def run(action: Make, world: World, so_far: SoFar) -> Outcome:
    """Its tool makes it from the release commit, as the project is configured; nothing that goes wrong here undoes what
    is published."""
    from trainer_release.world.lock_copies import Workspace
    from trainer_release.world.locks import relock

    del so_far
    if action.told:
        return _left(action, action.told)
    place = world.root / action.subject
    tools = world.venvs
    workspace = Workspace(world.root, world.prefix, world.git, tools.python, tools.uv, commit=action.commit)
    try:
        text = relock(workspace, action.subject, action.text, settled=False, fresh=action.awaited)
        if text_or_none(place) != action.text:
            return _left(action, "it was changed meanwhile")
        replace_text(place, text)
    except ReleaseError as error:
        return _left(action, *(line for p in error.problems for line in (p.message, *p.context)), failed=True)
    except OSError as error:
        return _left(action, str(error), failed=True)
    return Outcome(note="made, not committed")


def _left(action: Make, why: str, *context: str, failed: bool = False) -> Outcome:
    message = f"is left as it is, without {', '.join(action.awaited)} as published: {why}"
    evidence = {"left": message, "hint": f"{action.move}, then commit it", "context": list(context), "failed": failed}
    return Outcome(evidence=evidence, note=f"left as it is: {why}")


def problems(outcomes: SoFar) -> Iterator[Problem]:
    """What became of each lock, as notes, and warnings where a tool failed."""
    for (step, path), outcome in outcomes.items():
        if step != NAME:
            continue
        if not outcome.evidence:
            message, hint = "is made, and not committed", "look at it with `git diff`, then commit it"
            yield Problem("lock-made", message, path, hint=hint, severity=Severity.NOTE)
        else:
            left = outcome.evidence
            severity = Severity.WARNING if left["failed"] else Severity.NOTE
            context = tuple(left["context"])
            yield Problem("lock-awaited", left["left"], path, hint=left["hint"], context=context, severity=severity)
