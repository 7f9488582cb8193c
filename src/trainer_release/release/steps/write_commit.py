"""Make the release commit as an object that nothing refers to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from trainer_release.model.facts import PrepareFacts
from trainer_release.model.outcome import Outcome, SoFar
from trainer_release.model.plan import Action
from trainer_release.release.names import home
from trainer_release.release.step import World
from trainer_release.suite.mounts import split

NAME = "write_commit"


@dataclass(frozen=True, slots=True)
class Commit(Action):
    """The subject is the repository, empty for the catalog's own. `files` by repository-relative path; none: the parent
    itself is what is released. `joined` is the person's catalog as
    it stands, where its edit was not committed: what undoes or finishes a release goes by it."""

    parent: str = ""
    message: str = ""
    epoch: int = 0
    files: Mapping[str, str] = field(default_factory=dict)
    joined: Mapping[str, str] = field(default_factory=dict)


def plan(facts: PrepareFacts) -> tuple[Commit, ...]:
    """A commit a repository: the edits, and in the catalog's own the catalog where the person has edited it."""
    git, suite = facts.git, facts.suite
    files = {git.prefix + edit.path: edit.after for edit in facts.change.edits if not split(edit.path)[0]}
    catalog = git.prefix + suite.catalog.path
    joined = {catalog: suite.catalog.text} if catalog in git.changed else {}
    files = {**joined, **files}
    message = f"Release {suite.name} {facts.version}\n\n"
    main = Commit(
        parent=git.head or "", message=message + "".join(_moves(facts)), epoch=facts.epoch, files=files, joined=joined
    )
    return (*(_elsewhere(facts, name, message) for name in facts.elsewhere), main)


def _elsewhere(facts: PrepareFacts, repository: str, message: str) -> Commit:
    edits = ((split(edit.path), edit.after) for edit in facts.change.edits)
    files = {path: after for (name, path), after in edits if name == repository}
    text = message + "".join(_moves(facts, repository))
    return Commit(repository, parent=facts.elsewhere[repository].head, message=text, epoch=facts.epoch, files=files)


def _moves(facts: PrepareFacts, repository: str = "") -> list[str]:
    """A line a module that moves; in another repository than the catalog's own, of its modules alone."""
    suite, moves = facts.change.suite, []
    for name in (n for n in suite.graph.order if not repository or home(suite, n) == repository):
        project = facts.suite.modules[name].project
        old, new = project.version if project else None, facts.change.targets[name]
        if old != new:
            moves.append(f"{name}: {old or 'new'} -> {new}\n")
    return moves


def seen(action: Commit, world: World) -> bool | None:
    """Objects that nothing refers to leave no trace to look for."""
    del action, world
    return None


def run(action: Commit, world: World, so_far: SoFar) -> Outcome:
    """Write blobs, tree and commit."""
    from trainer_release.world import commits

    del so_far
    git, commit = world.git_of(action.subject), action.parent
    if action.files:
        commit = commits.write_commit(git, action.parent, action.files, action.message, action.epoch)
    joined = {"joined": dict(action.joined)} if action.joined else {}
    return Outcome(evidence={"commit": commit, "tree": git.tree_of(commit), **joined}, note=commit[:12])
