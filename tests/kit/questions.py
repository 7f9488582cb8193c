"""How often git is asked: it writes a line a process into a file that an environment variable names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "GIT_TRACE2_EVENT"


@dataclass(frozen=True)
class Questions:
    """The file; `asked` are the words of every git process, those that git starts itself among them."""

    place: Path

    @property
    def asked(self) -> list[str]:
        events = map(json.loads, self.place.read_text(encoding="utf-8").splitlines())
        return [" ".join(event["argv"]) for event in events if event["event"] == "start"]


@contextmanager
def counted(monkeypatch, place: Path) -> Iterator[Questions]:
    """Count the git processes that start while the block runs."""
    place.write_text("")
    with monkeypatch.context() as patched:
        patched.setenv(VARIABLE, str(place))
        yield Questions(place)
