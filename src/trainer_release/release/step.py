"""The contract of a step: a module with four names. The engine knows a step by these alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from trainer_release.model.plan import Action
from trainer_release.suite.mounts import split
from trainer_release.world import clock

if TYPE_CHECKING:
    from trainer_release.model.catalog import IndexAddress
    from trainer_release.model.outcome import Outcome, SoFar
    from trainer_release.world.builds import Builder
    from trainer_release.world.git import Git
    from trainer_release.world.venvs import Venvs

F_contra = TypeVar("F_contra", contravariant=True)
A = TypeVar("A", bound=Action)


@dataclass(frozen=True, slots=True)
class Clock:
    """Time, as a run knows it: the moment, seconds that never run backwards, and waiting for some."""

    now: Callable[[], datetime] = clock.now
    monotonic: Callable[[], float] = clock.monotonic
    sleep: Callable[[float], None] = clock.sleep


CLOCK = Clock()
"""The time of this machine."""


@dataclass(slots=True)
class Heard:
    """What the index said to this run: the last look at a package, the hashes of files that it states none for (by
    address), and the end of a quota, by whom it stops: `projects` (new ones alone) or `all`."""

    looks: dict[str, Any] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    quota: dict[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class World:
    """The hands that steps work with. `plan` is the plan's id; `root` the workspace; `tree` where the release commit is
    checked out (the whole repository: the workspace is `prefix` inside it); `artifacts` holds built files; `data` what
    may not be deleted; `scratch` is gone at the end of the run. `wait` is the budget for an index, in seconds.
    `elsewhere` are the clones of the suite's other repositories, by name; `clock` is all the time they know. `silence`
    is how long an index may say nothing to an upload, in seconds. `tell` says of a subject what is waited for.
    `names` are the import names of modules, once they have been looked for.
    `hold` is called with a step's name before an action: it refuses where another run holds what that changes."""

    plan: str
    root: Path
    prefix: str
    git: Git
    builder: Builder
    venvs: Venvs
    index: IndexAddress
    embedded: bool
    tree: Path
    artifacts: Path
    data: Path
    scratch: Path
    manifest: Path | None = None
    jobs: int = 2
    wait: float = 1800.0
    elsewhere: Mapping[str, Git] = field(default_factory=dict)
    clock: Clock = CLOCK
    silence: float = 60.0
    heard: Heard = field(default_factory=Heard)
    names: dict[str, frozenset[str]] = field(default_factory=dict)
    tell: Callable[[str, str], None] = lambda _subject, _note: None
    hold: Callable[[str], None] = lambda _step: None

    @property
    def workspace(self) -> Path:
        """The workspace as the release commit has it."""
        return self.tree / self.prefix

    def git_of(self, repository: str) -> Git:
        """The repository of that name; the empty name is the catalog's own."""
        return self.elsewhere[repository] if repository else self.git

    def tree_of(self, repository: str) -> Path:
        """Where the release commit of a repository is checked out."""
        return self.tree.with_name(f"{self.tree.name}@{repository}") if repository else self.tree

    def place(self, path: str) -> Path:
        """Where a path of the workspace lies in the checked-out commits."""
        repository, inside = split(path)
        return self.tree_of(repository) / inside if repository else self.workspace / path


class Step(Protocol[F_contra, A]):
    """A step: plans from facts, tells whether an action is done already, and does it.

    `seen` answers what the world itself says (`None`: the world cannot tell, ask the journal). `run` has the effect and
    takes no decision; it raises ReleaseError. `so_far` are the outcomes of earlier steps.
    """

    NAME: str

    def plan(self, facts: F_contra) -> tuple[A, ...]: ...

    def seen(self, action: A, world: World) -> bool | None: ...

    def run(self, action: A, world: World, so_far: SoFar) -> Outcome: ...


AnyStep = Step[Any, Any]
