"""Refs, of one repository or several, moved as one: what is to move is written down first, so that a crash in the
middle is finished, or undone, by the next run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from trainer_release.errors import ReleaseError, fail
from trainer_release.world import refs
from trainer_release.world.files import replace_text, text_or_none
from trainer_release.world.git import Git
from trainer_release.world.refs import RefChange

LOG = "moves.json"


@dataclass(frozen=True, slots=True)
class Moves:
    """The moves of one release, by repository in their order; its record is among those of the last. `joined` are texts
    of uncommitted edits that joined the release commit, by path: the person's files said them before."""

    release: str
    changes: Mapping[str, tuple[RefChange, ...]]
    joined: Mapping[str, str] = field(default_factory=dict)


def carry_out(log: Path, moves: Moves, gits: Mapping[str, Git]) -> None:
    """Move all refs. Within a repository it is one transaction, which a crash may still halve; `log` holds what is to
    do until the caller is `done` with all that comes of it."""
    listed = {name: [[c.ref, c.old, c.new] for c in changes] for name, changes in moves.changes.items()}
    said = {"release": moves.release, "changes": listed, "joined": dict(moves.joined)}
    replace_text(log, json.dumps(said, indent=1) + "\n")
    try:
        go_on(moves, gits)
    except ReleaseError:
        if not begun(moves, gits):
            done(log)
        raise


def pending(log: Path) -> Moves | None:
    """The moves that a run began and did not end, None where there are none."""
    text = text_or_none(log)
    if text is None:
        return None
    try:
        read = json.loads(text)
        changes = {name: tuple(RefChange(*change) for change in those) for name, those in read["changes"].items()}
        return Moves(str(read["release"]), changes, dict(read.get("joined", {})))
    except (ValueError, KeyError, TypeError) as error:
        raise fail(
            "record-invalid", f"{log.name} cannot be read: {error}", hint="remove it, then run `abandon VERSION`"
        ) from error


def go_on(moves: Moves, gits: Mapping[str, Git]) -> None:
    """Move what is not moved yet; a ref that is neither where it was nor where it is to be refuses (`ref-moved`)."""
    for name, changes in moves.changes.items():
        _move(gits[name], changes)


def done(log: Path) -> None:
    """Nothing is left to do."""
    log.unlink(missing_ok=True)


def undo(log: Path, moves: Moves, gits: Mapping[str, Git]) -> list[str]:
    """Put back what was moved, the last first; the refs, each with its repository."""
    said = []
    for name, changes in reversed(list(moves.changes.items())):
        moved = _move(gits[name], [RefChange(change.ref, change.new, change.old) for change in changes])
        said += [f"{name}: {ref}" if name else ref for ref in moved]
    done(log)
    return said


def begun(moves: Moves, gits: Mapping[str, Git]) -> bool:
    """Whether any ref is moved."""
    return sum(1 for _ in missing(moves, gits)) < sum(map(len, moves.changes.values()))


def missing(moves: Moves, gits: Mapping[str, Git]) -> Iterator[tuple[str, str]]:
    """What is not moved yet: the refs, each with its repository's name."""
    for name, changes in moves.changes.items():
        yield from ((name, change.ref) for change in _left(gits[name], changes))


def _left(git: Git, changes: Sequence[RefChange]) -> list[RefChange]:
    now = git.refs(*{"/".join(change.ref.split("/")[:2]) for change in changes})
    return [change for change in changes if now.get(change.ref) != change.new]


def _move(git: Git, changes: Sequence[RefChange]) -> list[str]:
    left = _left(git, changes)
    if left:
        refs.update(git, left)
    return [change.ref for change in left]
