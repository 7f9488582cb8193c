"""One mapping of the section `test-agent`: its values by key, each with its complaint. Pure.

A key may be spelled with `_` as with `-`. What is not said, or was complained about, is None or empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trainer_release.errors import Severity
from trainer_release.suite.catalog import places, values
from trainer_release.suite.catalog.source import nearest, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trainer_release.suite.catalog.source import Source
    from trainer_release.suite.catalog.yaml_nodes import Node

_DURATION = re.compile(r"([0-9]{1,7}(?:\.[0-9]{1,6})?) ?(ms|s|m|h)?")
_UNITS = {None: 1.0, "ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_CALLABLE = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*")
_EXPRESSION = re.compile(r"[\w ().]+")
_PYTHON = re.compile(r"3\.[0-9]{1,2}")


@dataclass(frozen=True, slots=True)
class Section:
    """The entries of a mapping, by key in its own spelling, and how messages call it."""

    source: Source
    what: str = ""
    got: dict[str, Node] = field(default_factory=dict)

    @classmethod
    def of(
        cls, source: Source, node: Node, what: str, keys: Sequence[str], later: Callable[[str], bool] = lambda _: False
    ) -> Section:
        """A mapping with these keys; of others those that come `later` are noted, the rest is refused."""
        got: dict[str, Node] = {}
        first: dict[str, str] = {}
        if values.mapping(source, node, what) is None:
            return cls(source, what)
        for key, value in node.pairs:
            if key.kind != "scalar":
                continue
            spelled = key.value.replace("_", "-")
            if first.setdefault(spelled, key.value) != key.value:
                message = f'{what}: "{shown(first[spelled])}" and "{shown(key.value)}" are one key'
                source.complain("key-duplicate", key.start, message, "keep one of the two")
            elif spelled in keys:
                got.setdefault(spelled, value)
            elif later(spelled):
                _note(source, key.start, f"{what}: `{shown(key.value)}`")
            else:
                message = f'{what} has no key "{shown(key.value)}"'
                source.complain("key-unknown", key.start, message, nearest(key.value, keys))
        return cls(source, what, got)

    def noted(self, key: str) -> None:
        """Note that a key has no effect yet, where it is there."""
        if key in self.got:
            _note(self.source, self.got[key].start, self.called(key))

    def called(self, key: str) -> str:
        """How messages call an entry: `test-agent.limits.wall`."""
        return f"`{self.what.strip('`')}.{key}`"

    def section(self, key: str, keys: Sequence[str]) -> Section:
        """A mapping below this one; an empty one where nothing is said."""
        node = self.got.get(key)
        return Section.of(self.source, node, self.called(key), keys) if node else Section(self.source, self.called(key))

    def pairs(self, key: str) -> list[tuple[Node, Node]]:
        """The entries of a mapping whose keys are anybody's."""
        node = self.got.get(key)
        found = values.mapping(self.source, node, self.called(key)) if node else None
        return [pair for pair in node.pairs if pair[0].kind == "scalar"] if node and found is not None else []

    def word(self, key: str, words: Sequence[str]) -> str | None:
        """One of the given words."""
        node = self.got.get(key)
        return values.choice(self.source, node, self.called(key), words) if node else None

    def text(self, key: str) -> str | None:
        """A string that is not empty."""
        node = self.got.get(key)
        return values.text(self.source, node, self.called(key)) if node else None

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings."""
        node = self.got.get(key)
        return tuple(text for text, _ in values.texts(self.source, node, self.called(key))) if node else ()

    def flag(self, key: str, *, default: bool) -> bool:
        """A word: true or false."""
        node = self.got.get(key)
        said = values.flag(self.source, node, self.called(key)) if node else None
        return default if said is None else said

    def seconds(self, *spelled: str) -> float | None:
        """A time such as `30s`, `500ms`, `5m`, or a number of seconds; more than none."""
        key, node = self._first(spelled)
        if node is None:
            return None
        found = _DURATION.fullmatch(node.value) if node.kind == "scalar" else None
        said = float(found[1]) * _UNITS[found[2]] if found else 0.0
        if said <= 0:
            values.wrong(self.source, node, self.called(key), "a time such as 30s, 500ms, 5m, or a number of seconds")
        return said if said > 0 else None

    def number(self, key: str, least: int, *also: str, auto: int | None = None) -> int | None:
        """A whole number from `least` on, or `auto` where that stands for one."""
        key, node = self._first((key, *also))
        if node is None:
            return None
        if node.kind == "scalar" and node.value == "auto" and auto is not None:
            return auto
        if node.kind == "scalar" and re.fullmatch(r"[0-9]{1,6}", node.value) and int(node.value) >= least:
            return int(node.value)
        wanted = f"a whole number from {least} on" + (", or auto" if auto is not None else "")
        values.wrong(self.source, node, self.called(key), wanted)
        return None

    def expressions(self, key: str) -> tuple[str, ...]:
        """Expressions of markers, as pytest's `-m` takes them: one, or a list."""
        node = self.got.get(key)
        if node is None:
            return ()
        one = node.kind == "scalar"
        said = [(self.text(key) or "", node)] if one else values.texts(self.source, node, self.called(key))
        return tuple(text for text, at in said if text and self._of_form(at, key, _EXPRESSION, "markers: slow or gpu"))

    def pythons(self, key: str) -> tuple[str, ...]:
        """A list of versions of Python, in two parts."""
        node = self.got.get(key)
        said = values.texts(self.source, node, self.called(key)) if node else ()
        return tuple(text for text, at in said if self._of_form(at, key, _PYTHON, 'a version such as "3.12"'))

    def paths(self, key: str) -> tuple[str, ...]:
        """A list of paths below a folder."""
        node = self.got.get(key)
        said = values.texts(self.source, node, self.called(key)) if node else ()
        found = (places.path(self.source, at, self.called(key)) for _, at in said)
        return tuple(path for path in found if path)

    def path(self, key: str) -> str | None:
        """A path below a folder."""
        node = self.got.get(key)
        return places.path(self.source, node, self.called(key)) if node else None

    def callables(self, key: str) -> dict[str, str]:
        """A mapping of `package:Name` to `package:name`."""
        form = "`package.module:Name`"
        said = [pair for pair in self.pairs(key) if all(self._of_form(each, key, _CALLABLE, form) for each in pair)]
        return {name.value: value.value for name, value in said}

    def _of_form(self, node: Node, key: str, form: re.Pattern[str], wanted: str) -> bool:
        good = node.kind == "scalar" and form.fullmatch(node.value) is not None
        if not good:
            values.wrong(self.source, node, f"an entry of {self.called(key)}", wanted)
        return good

    def _first(self, spelled: Sequence[str]) -> tuple[str, Node | None]:
        """The entry under the first of several keys that is there."""
        key = next((key for key in spelled if key in self.got), spelled[0])
        return key, self.got.get(key)


def _note(source: Source, at: int, what: str) -> None:
    message = f"{what} comes later; this version does nothing with it"
    source.complain("setting-later", at, message, "leave it; it has no effect yet", severity=Severity.NOTE)
