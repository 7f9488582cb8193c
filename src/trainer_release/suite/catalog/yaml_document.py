"""The catalog's text to its one YAML document, or to complaints with their place."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from trainer_release.suite.catalog.source import Source
from trainer_release.suite.catalog.yaml_nodes import Builder, Event, Node, Refused, refuse
from trainer_release.suite.catalog.yaml_plain import events

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from trainer_release.errors import Problem

BYTES = 1024 * 1024
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


@lru_cache(2)  # what is read is edited next
def composed(path: str, text: str) -> tuple[Node | None, tuple[Problem, ...]]:
    """What `compose` makes of a text, to be read and not written to, and its complaints."""
    source = Source(path, text)
    return compose(source), tuple(source.problems)


def compose(source: Source) -> Node | None:
    """The one document of a text, None where there is none or `source` now holds the complaint.

    Refused: more than 1 MiB, 32 levels, 50 000 nodes (aliases count in full) or 10 000 entries in one place, tags, a
    second document, duplicate keys, control characters. The plain parser reads the same events as the one that keeps
    comments, in two thirds of the time, and a megabyte of comments costs it nothing.
    """
    try:
        _plain_text(source)
        plain = events(source.text)
        return _build(source, plain) if plain is not None else _compose(source)
    except Refused:
        return None


def _compose(source: Source) -> Node | None:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    class Plain(YAML):
        def official_plug_ins(self) -> list[str]:
            return []  # ruamel would look for plug-ins on the disk

    try:
        return _build(source, _translated(source, Plain(typ="safe", pure=True).parse(source.text)))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = ", ".join(part for part in (error.context, error.problem) if part)
        source.complain("yaml-invalid", mark.index if mark else 0, f"not YAML: {said}", _cure(said))
    except (YAMLError, RecursionError, ValueError) as error:
        source.complain("yaml-invalid", 0, f"not YAML: {str(error).splitlines()[0]}", "mend the YAML")
    return None


def _cure(said: str) -> str:
    if "\\t" in said:
        return "indent with spaces"
    return "mend the YAML at this place, or just before it"


def _plain_text(source: Source) -> None:
    size = len(source.text.encode("utf-8", "surrogatepass"))
    if size > BYTES:
        message = f"the catalog has {size} bytes, more than {BYTES}"
        source.complain("catalog-too-large", 0, message, "is this the right file? A catalog is short")
        raise Refused
    if bad := _NOT_TEXT.search(source.text):
        code = ord(bad[0])
        is_byte = 0xDC80 <= code <= 0xDCFF  # surrogateescape
        what = f"byte 0x{code - 0xDC00:02X}" if is_byte else f"character U+{code:04X}"
        message = f"{what} at offset {len(source.text[: bad.start()].encode())}"
        source.complain("catalog-not-text", bad.start(), message, "save the file as UTF-8 without control characters")
        raise Refused


_KINDS = {
    "ScalarEvent": "scalar",
    "AliasEvent": "alias",
    "MappingStartEvent": "map",
    "SequenceStartEvent": "list",
    "MappingEndEvent": "end",
    "SequenceEndEvent": "end",
}


def _translated(source: Source, parsed: Iterable[Any]) -> Iterator[Event]:
    """The events of ruamel's parser as ours."""
    documents = 0
    for event in parsed:
        name = type(event).__name__
        at = event.start_mark.index if event.start_mark else 0
        documents += name == "DocumentStartEvent"
        if documents > 1:
            message = "a second document begins here"
            raise refuse(source, "yaml-invalid", at, message, "keep one document: take out the `---`")
        if name in _KINDS:
            flow = "flow" if getattr(event, "flow_style", None) else None
            style = event.style if name == "ScalarEvent" else flow
            said = (getattr(event, part, None) for part in ("anchor", "tag"))
            yield Event(_KINDS[name], at, event.end_mark.index, getattr(event, "value", ""), style, *said)


def _build(source: Source, parsed: Iterable[Event]) -> Node | None:
    root: Node | None = None
    builder = Builder(source)
    for event in parsed:
        if event.kind == "end":
            builder.close(event.end)
        else:
            node = builder.node(event)
            root = root or node
    return root
