"""YAML as nodes that know their exact span. Nothing is constructed, so nothing can explode or execute.

The nodes are built from the event stream: limits hold while the text is read, an alias shares its node and
counts in full, and nothing recurses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from trainer_release.suite.catalog.source import shown

if TYPE_CHECKING:
    from trainer_release.suite.catalog.source import Source

DEPTH, NODES, ENTRIES = 32, 50_000, 10_000
_LONG = 100
_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)*")
# What YAML 1.1 or 1.2 reads as a number, a bool, null or a date where it stands without quotes.
_NO_STRING = re.compile(
    r"[-+]?[\d_]+|0[xob][0-9a-fA-F_]+|[-+]?(\d[\d_]*)?\.?[\d_]+([eE][-+]?\d+)?|[-+]?\d[\d_]*\.([eE][-+]?\d+)?"
    r"|[-+]?\d+(:\d+)+(\.\d*)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)|\d{4}-\d\d?-\d\d?([Tt ].*)?"
    r"|~|null|Null|NULL|(?i:y|n|yes|no|true|false|on|off)|",
    re.ASCII,
)


class Event(NamedTuple):
    """One step through a document: `kind` is scalar, alias, map or list, which begin, or end. `start` and `end` are
    offsets; `style` is a scalar's quote, or flow for a map or list in brackets."""

    kind: str
    start: int
    end: int
    value: str = ""
    style: str | None = None
    anchor: str | None = None
    tag: str | None = None


@dataclass(slots=True, eq=False)
class Node:
    """A scalar, list or mapping. `start` and `end` are offsets of its own text, after an anchor."""

    kind: str
    start: int
    end: int
    value: str = ""
    style: str | None = None
    anchor: str | None = None
    alias: bool = False
    items: list[Node] = field(default_factory=list)
    pairs: list[tuple[Node, Node]] = field(default_factory=list)
    size: int = 1

    @property
    def is_text(self) -> bool:
        """Whether it is a string in every version of YAML: quoted, or nothing else that YAML knows."""
        return self.kind == "scalar" and (self.style is not None or not resolves(self.value))

    def get(self, key: str) -> Node | None:
        """The value of a key of a mapping."""
        return next((value for name, value in self.pairs if name.kind == "scalar" and name.value == key), None)


class Refused(Exception):  # noqa: N818 - no error of its own: the complaint is noted, reading ends
    """Reading ends here: the complaint is noted."""


def resolves(value: str) -> bool:
    """Whether YAML reads this text, unquoted, as a number, a date, a bool or null."""
    return len(value) <= _LONG and _NO_STRING.fullmatch(value) is not None


def refuse(source: Source, code: str, at: int, message: str, hint: str) -> Refused:
    source.complain(code, at, message, hint)
    return Refused()


class Builder:
    """The collections that are open, and every anchor seen."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.stack: list[Node] = []
        self.anchors: dict[str, Node] = {}
        self.total = 0

    def node(self, event: Event) -> Node:
        """Place a scalar, an alias, or a collection that opens."""
        if event.tag:
            raise refuse(self.source, "yaml-tag", event.start, "tags are not allowed", "take out the `!…`")
        node = self._alias(event) if event.kind == "alias" else self._own(event)
        self._count(node)
        if self.stack:
            self._place(self.stack[-1], node)
        if event.kind in ("map", "list"):
            self.stack.append(node)
            if len(self.stack) > DEPTH:
                deep = f"nested deeper than {DEPTH} levels"
                raise refuse(self.source, "catalog-too-large", event.start, deep, "flatten it")
        return node

    def close(self, end: int) -> None:
        """The collection that ends here; its nodes count for whoever repeats it."""
        node = self.stack.pop()
        node.end = end
        if self.stack:
            self.stack[-1].size += node.size - 1
        if node.pairs:
            _check_keys(self.source, node)

    def _own(self, event: Event) -> Node:
        own = Node(event.kind, event.start, event.end, event.value, event.style, event.anchor)
        if event.anchor:
            properties = _PROPERTIES.match(self.source.text, event.start, event.end)
            own.start = properties.end() if properties else event.start
            self.anchors[event.anchor] = own
        if event.kind == "scalar":
            own.end = own.start + len(self.source.text[own.start : event.end].rstrip())
        return own

    def _alias(self, event: Event) -> Node:
        target = self.anchors.get(event.anchor or "")
        if target is None or target in self.stack:
            message = (
                f"`*{event.anchor}` has no anchor before it" if target is None else f"`*{event.anchor}` holds itself"
            )
            raise refuse(self.source, "yaml-invalid", event.start, message, "write the value out")
        return Node(
            target.kind,
            event.start,
            event.end,
            target.value,
            target.style,
            event.anchor,
            alias=True,
            items=target.items,
            pairs=target.pairs,
            size=target.size,
        )

    def _count(self, node: Node) -> None:
        self.total += node.size
        if self.total > NODES:
            message = f"more than {NODES} values, aliases counted in full"
            raise self._too_large(node, message)
        above = self.stack[-1] if self.stack else node
        if max(len(above.items), len(above.pairs)) > ENTRIES:
            raise self._too_large(node, f"more than {ENTRIES} entries in one mapping or list")

    def _too_large(self, node: Node, message: str) -> Refused:
        return refuse(self.source, "catalog-too-large", node.start, message, "write out the few values that are meant")

    @staticmethod
    def _place(parent: Node, node: Node) -> None:
        parent.size += node.size
        if parent.kind == "list":
            parent.items.append(node)
        elif parent.pairs and parent.pairs[-1][1] is _OPEN:
            key = parent.pairs[-1][0]
            if node.kind == "scalar" and node.start == node.end:
                node.start = node.end = key.end  # YAML puts what is empty at the next token, lines below
            parent.pairs[-1] = (key, node)
        else:
            parent.pairs.append((node, _OPEN))


_OPEN = Node("open", 0, 0)


def _check_keys(source: Source, node: Node) -> None:
    seen: dict[str, int] = {}
    for key, _ in node.pairs:
        if key.kind != "scalar":
            source.complain("key-unknown", key.start, f"a {key.kind} is no key", "keys are plain words")
        elif key.value in seen:
            first = source.mark(seen[key.value]).line
            message = f'"{shown(key.value)}" stands twice: here and in line {first}'
            source.complain("key-duplicate", key.start, message, "keep one of the two")
        else:
            seen[key.value] = key.start
