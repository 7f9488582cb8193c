"""A prepared release as its objects and refs, without building anything."""

from __future__ import annotations

from typing import Any

from kit.facts import EPOCH, on_index, prepare_facts, record
from kit.repo import Repository
from trainer_release.model.record import Record
from trainer_release.release.record import annotation
from trainer_release.world import refs, worktree
from trainer_release.world.commits import write_commit, write_tags
from trainer_release.world.git import Git

__all__ = ["on_index", "prepared"]


def prepared(home: Repository, version: str = "1.1.0", *, proposed: bool = False, **changes: Any) -> Record:
    """Commit, record and tag as `prepare` leaves them; `proposed`: on a release branch, without a tag."""
    git, head = Git(home.root), home.head
    texts = git.texts(head, git.paths(head))
    edits = {edit.path: edit for edit in prepare_facts(version, texts).change.edits}
    commit = write_commit(
        git, head, {path: e.after for path, e in edits.items()}, f"Release demo {version}\n\nx\n", EPOCH
    )
    made = record(version, **{"commit": commit, "tree": git.tree_of(commit), **changes})
    (oid,) = write_tags(git, commit, {f"v{version}": annotation(made)}, EPOCH).values()
    moves = [refs.RefChange(f"refs/trainer-release/demo/{version}", None, oid)]
    if proposed:
        moves.append(refs.RefChange(f"refs/heads/release/{version}", None, commit))
    else:
        moves += [refs.RefChange(f"refs/tags/v{version}", None, oid), refs.RefChange("refs/heads/main", head, commit)]
    refs.update(git, moves)
    if not proposed:
        worktree.bring_forward(
            git, commit, {path: e.after for path, e in edits.items()}, {path: e.before for path, e in edits.items()}
        )
    return made
