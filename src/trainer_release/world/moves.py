"""Refs of several repositories moved as one: what is to move is written down first, so that a crash in the middle is
finished, or undone, by the next run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from trainer_release.errors import fail
from trainer_release.world import refs
from trainer_release.world.files import replace_text, text_or_none
from trainer_release.world.git import Git
from trainer_release.world.refs import RefChange

LOG = "moves.json"


@dataclass(frozen=True, slots=True)
class Moves:
    """The moves of one release, by repository in their order; its record is among those of the last."""

    release: str
    changes: Mapping[str, tuple[RefChange, ...]]


def carry_out(log: Path, moves: Moves, gits: Mapping[str, Git]) -> None:
    """Move all refs. Within a repository it is one transaction; across them `log` holds what is left to do until all of
    it is done."""
    if len(moves.changes) > 1:
        listed = {name: [[c.ref, c.old, c.new] for c in changes] for name, changes in moves.changes.items()}
        replace_text(log, json.dumps({"release": moves.release, "changes": listed}, indent=1) + "\n")
    finish(log, moves, gits)


def begun(log: Path) -> Moves | None:
    """The moves that a run began and did not end, None where there are none."""
    text = text_or_none(log)
    if text is None:
        return None
    try:
        read = json.loads(text)
        changes = {name: tuple(RefChange(*change) for change in those) for name, those in read["changes"].items()}
        return Moves(str(read["release"]), changes)
    except (ValueError, KeyError, TypeError) as error:
        raise fail(
            "record-invalid", f"{log.name} cannot be read: {error}", hint="remove it, then run `abandon VERSION`"
        ) from error


def finish(log: Path, moves: Moves, gits: Mapping[str, Git]) -> None:
    """Move what is not moved yet; a ref that is neither where it was nor where it is to be refuses (`ref-moved`)."""
    for name, changes in moves.changes.items():
        _move(gits[name], changes)
    log.unlink(missing_ok=True)


def undo(log: Path, moves: Moves, gits: Mapping[str, Git]) -> list[str]:
    """Put back what was moved, the last first; the refs, each with its repository."""
    said = []
    for name, changes in reversed(list(moves.changes.items())):
        moved = _move(gits[name], [RefChange(change.ref, change.new, change.old) for change in changes])
        said += [f"{name}: {ref}" if name else ref for ref in moved]
    log.unlink(missing_ok=True)
    return said


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
