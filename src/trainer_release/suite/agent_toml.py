"""[tool.test-agent] of a pyproject.toml: the settings of a module's own repository, with their places. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from trainer_release.errors import Problem, ReleaseError, Severity
from trainer_release.model.agent_settings import AgentSettings
from trainer_release.suite.catalog.agent_settings import settings
from trainer_release.suite.catalog.source import Source
from trainer_release.suite.catalog.yaml_nodes import Node
from trainer_release.suite.layouts.toml_scan import BLANK, EQUALS, Path, Scan
from trainer_release.suite.toml_text import at, parse

_TABLE: Path = ("tool", "test-agent")


def read(text: str, path: str) -> tuple[AgentSettings, tuple[Problem, ...]]:
    """The settings in a pyproject.toml's text, and notes. `path` is how messages call it.

    Errors raise ReleaseError with all of them: `toml-invalid`, `setting-unknown`, `setting-invalid`.
    """
    said = at(parse(path, text), _TABLE)
    if said is None:
        return AgentSettings(), ()
    found = _Placed(text)
    found.document()
    source = Source(path, text)
    got = settings(source, _node(said, _TABLE, found), None)
    if any(problem.severity is Severity.ERROR for problem in source.problems):
        raise ReleaseError(*source.problems)
    return got, tuple(source.problems)


@dataclass(slots=True)
class _Placed(Scan):
    """A scan that notes where every key and every value stands."""

    keyed: dict[Path, int] = field(default_factory=dict)
    valued: dict[Path, tuple[int, int]] = field(default_factory=dict)

    def header(self) -> Path:
        """As the scan's; the keys of a header stand behind its bracket."""
        start = self.at + (2 if self.text.startswith("[[", self.at) else 1)
        path = Scan.header(self)
        self._key(path, start)
        return path

    def pair(self, table: Path) -> None:
        """As the scan's; a dotted key is noted for each of its parts."""
        start = self.at
        path = (*table, *self.keys())
        self._key(path, start)
        self.take(EQUALS)
        self.take(BLANK)
        self.value(path)

    def value(self, path: Path) -> None:
        """As the scan's."""
        start = self.at
        Scan.value(self, path)
        self.valued[path] = start, self.at

    def _key(self, path: Path, start: int) -> None:
        for size in range(1, len(path) + 1):
            self.keyed.setdefault(path[:size], start)


def _node(value: Any, path: Path, found: _Placed) -> Node:
    """A value as the node that the catalog's reader takes."""
    start, end = found.valued.get(path, (found.keyed.get(path, 0),) * 2)
    if isinstance(value, dict):
        pairs = [(_key(name, (*path, name), found), _node(each, (*path, name), found)) for name, each in value.items()]
        return Node("map", start, end, pairs=pairs)
    if isinstance(value, list):
        return Node("list", start, end, items=[_node(each, (*path, i), found) for i, each in enumerate(value)])
    if isinstance(value, str):
        return Node("scalar", start, end, value, '"')
    return Node("scalar", start, end, str(value).lower() if isinstance(value, bool) else str(value))


def _key(name: str, path: Path, found: _Placed) -> Node:
    start = found.keyed.get(path, 0)
    return Node("scalar", start, start + len(name), name, '"')
