"""Look at the suite's lock files: what they say of its modules, and what their tools make of them for a release."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from trainer_release.errors import Problem, ReleaseError
from trainer_release.model.edit import FileEdit
from trainer_release.model.facts import Change
from trainer_release.model.suite import Suite
from trainer_release.suite import lock_moves, locks
from trainer_release.suite.mounts import split
from trainer_release.world import lock_copies
from trainer_release.world import locks as tools
from trainer_release.world.files import text_or_none
from trainer_release.world.git import Git

Seen = tuple[tuple[FileEdit, ...], tuple[Problem, ...]]
Elsewhere = Mapping[str, tuple[Git, str]]
"""Clone and commit of other repositories, by the folder under which their files stand."""


def drift(
    root: Path,
    places: Iterable[str],
    suite: Suite,
    wanted: Mapping[str, str],
    elsewhere: Elsewhere = MappingProxyType({}),
) -> Seen:
    """The edits that bring the modules' versions in the lock files at these places below the root to the wanted ones,
    and what is wrong with lock files otherwise; offline, without their tools."""
    found = {path: text_or_none(root / path) or "" for path in places}
    for folder, there in elsewhere.items():
        found |= {f"{folder}/{path}": text for path, text in lock_copies.texts_at(*there).items()}
    edits: list[FileEdit] = []
    problems: list[Problem] = []
    for path, text in found.items():
        try:
            edits += locks.aligned(locks.read(path, text), suite, wanted)
        except ReleaseError as error:
            problems += error.problems
    return tuple(edits), tuple(problems)


def bring_along(
    change: Change,
    suite: Suite,
    workspace: lock_copies.Workspace,
    elsewhere: Elsewhere = MappingProxyType({}),
    *,
    embedded: bool = False,
) -> Change:
    """The change with the edits of lock files in it: made by the tools that own them, from the projects as the release
    commits will have them. `workspace.texts` holds what was read; the change's own edits are laid over it.
    `embedded`: what is published goes to the embedded index, and has gone there, where no lock's tool looks."""
    new = change.suite.modules if embedded else change.published
    texts = {**workspace.texts, **{edit.path: edit.after for edit in change.edits}}
    here = {path: text_or_none(workspace.root / path) or "" for path in lock_copies.tracked(workspace)}
    change = _all(change, suite, replace(workspace, texts=_inside(texts, "")), here, new)
    for folder, (git, commit) in elsewhere.items():
        own = _inside(texts, folder)
        if any(edit.path.startswith(f"{folder}/") for edit in change.edits):
            there = {f"{folder}/{path}": text for path, text in lock_copies.texts_at(git, commit).items()}
            ready = replace(workspace, root=git.root, prefix="", git=git, texts=own, commit=commit)
            change = _all(change, suite, ready, there, new)
    return change


def _inside(texts: Mapping[str, str], folder: str) -> dict[str, str]:
    """The texts of one repository, by path inside it."""
    pairs = ((split(path), text) for path, text in texts.items())
    return {inside: text for (name, inside), text in pairs if name == folder.removesuffix(":")}


def _all(
    change: Change, suite: Suite, workspace: lock_copies.Workspace, found: Mapping[str, str], new: Collection[str]
) -> Change:
    for path, text in found.items():
        try:
            change = _one(change, suite, workspace, locks.read(path, text), new)
        except ReleaseError as error:
            placed = (replace(problem, path=path) for problem in error.problems)
            change = replace(change, problems=(*change.problems, *placed))
    return change


def _one(
    change: Change, suite: Suite, workspace: lock_copies.Workspace, lock: locks.Lock, new: Collection[str]
) -> Change:
    """One lock; `new` are the modules that no index of its tool has yet. Its modules' versions are put in place first,
    so that its tool has as little left to do as can be."""
    first = _aligned(change, suite, lock)
    if first == lock.text and not locks.touched(lock, suite, change.edits):
        return change
    missing = lock_moves.missing(lock, change.suite, new)
    if missing:
        note = f"{lock.path} is made after publishing ({', '.join(missing)}): {lock.move}"
        return replace(change, edits=(*change.edits, *_edit(lock, first)), notes=(*change.notes, note))
    repository, inside = split(lock.path)
    settled = lock_moves.settled(edit for edit in change.edits if split(edit.path)[0] == repository)
    after = locks.read(lock.path, tools.relock(workspace, inside, first, settled=settled))
    moved = lock_moves.moved(lock, after, suite)
    problem = Problem(
        "lock-moved",
        f"`{lock.command}` would move what is not the suite's: {'; '.join(moved)}",
        lock.path,
        hint=f"run {lock.move}, commit the result, then prepare again",
    )
    problems = (*change.problems, *((problem,) if moved else ()))
    used = {**change.tools, PurePosixPath(inside).stem: tools.version(workspace, inside)}
    return replace(change, edits=(*change.edits, *_edit(lock, after.text)), problems=problems, tools=used)


def _aligned(change: Change, suite: Suite, lock: locks.Lock) -> str:
    """The lock with its modules' versions; as it is where their places are not certain, for its tool to find."""
    try:
        edits = locks.aligned(lock, suite, change.targets)
    except ReleaseError:
        return lock.text
    return edits[0].after if edits else lock.text


def _edit(lock: locks.Lock, after: str) -> tuple[FileEdit, ...]:
    return () if after == lock.text else (FileEdit(lock.path, lock.text, after),)
