"""What all formats share: the record and the error."""

from __future__ import annotations

from typing import Any

Record = dict[str, Any]


class FormatError(ValueError):
    """Text or records that do not fit a format; ``line`` counts from 1 and is absent where there is none."""

    def __init__(self, reason: str, source: str = "<text>", line: int | None = None) -> None:
        self.reason = reason
        self.source = source
        self.line = line
        super().__init__(f"{source}:{line}: {reason}" if line else f"{source}: {reason}")
