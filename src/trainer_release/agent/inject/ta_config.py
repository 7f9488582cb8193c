"""What the host told: the values of `TA_CONFIG`, what is done already, and the file that events go to."""

import json
import os
from typing import Any, Dict, List, Optional


class Settings:
    """The host's `config.json`; without one (a developer's own `pytest -p ta_plugin`) every answer is the plain one."""

    def __init__(self, values: Optional[Dict[str, Any]] = None, done: Optional[List[str]] = None) -> None:
        self.values = values or {}
        self.done = done or []
        self.confined = values is not None
        self.info: Dict[str, Any] = self.values.get("info") or {}
        self.guard: Dict[str, Any] = self.values.get("guard") or {}

    def __getitem__(self, name: str) -> Any:
        return self.values.get(name)


def load() -> Settings:
    """The settings that the environment names; a file that is named and cannot be read is an error."""
    place = os.environ.get("TA_CONFIG")
    if not place:
        return Settings()
    done = os.environ.get("TA_DONE")
    return Settings(_read(place), _read(done) if done else [])


def _read(place: str) -> Any:
    with open(place, encoding="utf-8") as stream:
        return json.load(stream)


class Events:
    """The file of events: one JSON object a line, each appended by one write, so that a kill loses nothing."""

    def __init__(self, path: Optional[str]) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)
        self.file = os.open(path, flags, 0o644) if path else None

    def write(self, event: str, **values: Any) -> None:
        """Append one event; without a file nothing is written."""
        if self.file is not None:
            line = json.dumps({"event": event, **values}, separators=(",", ":")) + "\n"
            os.write(self.file, line.encode("utf-8", "backslashreplace"))
