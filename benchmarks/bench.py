"""What every stage is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from generated import suite_of
from peers import Tools


@dataclass(frozen=True)
class Bench:
    """`folder` is a scratch folder that is gone at the end; `env` what every command sees."""

    tools: Tools
    folder: Path
    sizes: Sequence[int]
    rounds: int
    env: Mapping[str, str]

    def suite(self, name: str, modules: int, pin: str = "keep") -> Path:
        """A fresh suite of that many modules in a folder of this name."""
        place = self.folder / name
        place.mkdir(parents=True)
        return suite_of(place, modules, pin)
