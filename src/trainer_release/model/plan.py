"""The plan: what a run will do, as a frozen value. Printed, it is the dry run; carried out, it is the run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trainer_release.model.edit import FileEdit


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that a step will do; each step has its own kind of it.

    `subject` names what it is about (a module's name, or empty) and is unique in its step; `after` are subjects of
    the same step that must have succeeded before.
    """

    subject: str = ""
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step's name and the actions that it planned, in order."""

    name: str
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A module in the plan's table. `fate` is build, carry, take (from the index, no project) or hold (not
    published)."""

    name: str
    package: str
    old: str | None
    new: str
    fate: str

    @property
    def publish(self) -> bool:
        return self.fate == "build"


@dataclass(frozen=True, slots=True)
class Push:
    """Refs that go to the remote in one push."""

    remote: str
    refs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A repository that takes part. `commit` is where the release begins (prepare) or what it published (execute);
    `branch` is what moves there, None for nothing. The catalog's own is called `.`."""

    name: str
    url: str
    branch: str | None
    commit: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole plan. `id` hashes the intent and nothing that changes from one look to the next (no clock)."""

    id: str
    kind: str
    suite: str
    version: str
    modules: tuple[Line, ...]
    waves: tuple[tuple[str, ...], ...]
    steps: tuple[PlannedStep, ...]
    edits: tuple[FileEdit, ...] = ()
    gates: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    pushes: tuple[Push, ...] = ()
    uploads: tuple[str, ...] = ()
    index: str = ""
    notes: tuple[str, ...] = ()
    repositories: tuple[Place, ...] = ()


def identity(intent: Any) -> str:
    """The id of an intent: the first 16 hex digits of the SHA-256 of its canonical JSON."""
    import hashlib
    import json

    text = json.dumps(intent, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
