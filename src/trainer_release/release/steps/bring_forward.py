"""Bring the person's files to where their branch now is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from trainer_release.model.facts import PrepareFacts
from trainer_release.model.outcome import Outcome, SoFar
from trainer_release.model.plan import Action
from trainer_release.release.step import World
from trainer_release.suite.mounts import split
from trainer_release.world import worktree

NAME = "bring_forward"


@dataclass(frozen=True, slots=True)
class Forward(Action):
    """`files` are what they are to say, `before` what they say now; both by repository-relative path. `head` is set
    where the branch does not move (a pull request): the person's tree then goes back to it."""

    files: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[str, str | None] = field(default_factory=dict)
    head: str | None = None


def plan(facts: PrepareFacts) -> tuple[Forward, ...]:
    """The edited files; for a pull request only the catalog's own edit, which now lives on the release branch."""
    git, suite = facts.git, facts.suite
    catalog = git.prefix + suite.catalog.path
    if suite.catalog.release.push == "pull-request":
        if catalog not in git.changed or git.catalog_at_head is None:
            return ()
        return (Forward(files={catalog: git.catalog_at_head}, before={catalog: suite.catalog.text}, head=git.head),)
    edits = {git.prefix + edit.path: edit for edit in facts.change.edits if not split(edit.path)[0]}
    files = {path: edit.after for path, edit in edits.items()}
    before: dict[str, str | None] = {path: edit.before for path, edit in edits.items()}
    if catalog in git.changed and catalog not in files:
        files[catalog] = before[catalog] = suite.catalog.text
    return (Forward(files=files, before=before),) if files else ()


def seen(action: Forward, world: World) -> bool | None:
    """Cheap, and right when repeated: never skipped."""
    del action, world
    return False


def run(action: Forward, world: World, so_far: SoFar) -> Outcome:
    """Write the files and git's index; nothing else is touched."""
    commit = action.head or so_far["write_commit", ""].evidence["commit"]
    worktree.bring_forward(world.git, commit, action.files, action.before)
    return Outcome(note=f"{len(action.files)} files")
