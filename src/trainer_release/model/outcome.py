"""How an action ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """done: carried out now · skipped: the world or the journal says that it is done already."""

    DONE = "done"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`evidence` is plain JSON: what later steps and the journal need to know. `note` is for a person."""

    status: Status = Status.DONE
    evidence: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""


SoFar = Mapping[tuple[str, str], Outcome]
"""The outcomes of earlier actions, by step name and subject."""
