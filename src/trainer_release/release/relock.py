"""Look at the suite's lock files: what they say of its modules, and what their tools make of them for a release."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from trainer_release.errors import Problem, ReleaseError
from trainer_release.model.edit import FileEdit
from trainer_release.model.facts import Change
from trainer_release.model.suite import Suite
from trainer_release.suite import lock_moves, locks
from trainer_release.world import lock_copies
from trainer_release.world import locks as tools
from trainer_release.world.files import find_named, text_or_none

Seen = tuple[tuple[FileEdit, ...], tuple[Problem, ...]]


def drift(root: Path, suite: Suite, wanted: Mapping[str, str]) -> Seen:
    """The edits that bring the modules' versions in every lock file to the wanted ones, and what is wrong with lock
    files otherwise; offline, without their tools."""
    edits: list[FileEdit] = []
    problems: list[Problem] = []
    for place in find_named(root, *lock_copies.NAMES):
        path = place.relative_to(root).as_posix()
        try:
            edits += locks.aligned(locks.read(path, text_or_none(place) or ""), suite, wanted)
        except ReleaseError as error:
            problems += error.problems
    return tuple(edits), tuple(problems)


def bring_along(change: Change, suite: Suite, workspace: lock_copies.Workspace) -> Change:
    """The change with the edits of lock files in it: made by the tools that own them, from the projects as the release
    commit will have them. `workspace.texts` holds what was read; the change's own edits are laid over it."""
    texts = {**workspace.texts, **{edit.path: edit.after for edit in change.edits}}
    ready = replace(workspace, texts=texts)
    for path in lock_copies.found(workspace.root, workspace.git):
        try:
            change = _one(change, suite, ready, locks.read(path, text_or_none(workspace.root / path) or ""))
        except ReleaseError as error:
            change = replace(change, problems=(*change.problems, *error.problems))
    return change


def _one(change: Change, suite: Suite, workspace: lock_copies.Workspace, lock: locks.Lock) -> Change:
    """One lock. Its modules' versions are put in place first, so that its tool has as little left to do as can be."""
    first = _aligned(change, suite, lock)
    if first == lock.text and not locks.touched(lock, suite, change.edits):
        return change
    missing = lock_moves.awaited(lock, change.suite, change.published)
    if missing:
        names = ", ".join(missing)
        note = f"{lock.path} is made after publishing ({names}): `{lock.command}` in {lock.folder}"
        return replace(change, edits=(*change.edits, *_edit(lock, first)), notes=(*change.notes, note))
    settled = lock_moves.settled(change.edits)
    after = locks.read(lock.path, tools.relock(workspace, lock.path, first, settled=settled))
    moved = lock_moves.moved(lock, after, suite)
    problem = Problem(
        "lock-moved",
        f"`{lock.command}` would move what is not the suite's: {'; '.join(moved)}",
        lock.path,
        hint=f"run `{lock.command}` in {lock.folder}, commit the result, then prepare again",
    )
    problems = (*change.problems, *((problem,) if moved else ()))
    return replace(change, edits=(*change.edits, *_edit(lock, after.text)), problems=problems)


def _aligned(change: Change, suite: Suite, lock: locks.Lock) -> str:
    """The lock with its modules' versions; as it is where their places are not certain, for its tool to find."""
    try:
        edits = locks.aligned(lock, suite, change.targets)
    except ReleaseError:
        return lock.text
    return edits[0].after if edits else lock.text


def _edit(lock: locks.Lock, after: str) -> tuple[FileEdit, ...]:
    return () if after == lock.text else (FileEdit(lock.path, lock.text, after),)
