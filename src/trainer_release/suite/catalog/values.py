"""Values of the catalog, each with its complaint: mappings, strings, versions, names, choices.

Every reader answers None where it complained, so that reading goes on and all complaints come at once.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from trainer_release.suite.catalog.source import nearest, shown
from trainer_release.suite.catalog.yaml_nodes import resolves

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trainer_release.suite.catalog.source import Source
    from trainer_release.suite.catalog.yaml_nodes import Node

_KINDS = {"scalar": "a plain value", "map": "a mapping", "list": "a list"}
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
NAME_LENGTH = 100
VERSION_LENGTH = 64


def mapping(
    source: Source, node: Node, what: str, keys: Sequence[str] | None = None, needed: Sequence[str] = ()
) -> dict[str, Node] | None:
    """The entries of a mapping by key. With `keys`, others are refused; `needed` ones must be there."""
    if node.kind != "map":
        wrong(source, node, what, "a mapping, `key: value`")
        return None
    found = {key.value: value for key, value in node.pairs if key.kind == "scalar"}
    for key, _ in node.pairs:
        if keys is not None and key.kind == "scalar" and key.value not in keys:
            source.complain(
                "key-unknown", key.start, f'{what} has no key "{shown(key.value)}"', nearest(key.value, keys)
            )
    for key_name in needed:
        if key_name not in found:
            source.complain("key-missing", node.start, f"{what} has no `{key_name}`", f"add `{key_name}:` here")
    return found if keys is None else {key: value for key, value in found.items() if key in keys}


def wrong(source: Source, node: Node, what: str, wanted: str) -> None:
    """Complain that a value has the wrong type."""
    found = _KINDS[node.kind] if node.items or node.pairs else f"an empty {_KINDS[node.kind].split()[-1]}"
    if node.kind == "scalar":
        found = f'"{shown(node.value)}"' if node.value or node.style else "nothing"
    source.complain("type-wrong", node.start, f"{what} is {found}", f"write {wanted}")


def text(source: Source, node: Node, what: str) -> str | None:
    """A string that is not empty. What YAML would read as a number, date, bool or null wants quotes."""
    if node.kind == "scalar" and not node.is_text and node.value:
        message = f"{what} is `{shown(node.value)}` without quotes, which YAML does not read as a string"
        source.complain("needs-quotes", node.start, message, f'quote it: "{shown(node.value)}"')
        return None
    if node.kind != "scalar" or not node.value.strip():
        wrong(source, node, what, "a string")
        return None
    return node.value


def texts(source: Source, node: Node, what: str) -> tuple[tuple[str, Node], ...]:
    """A list of strings, each with its node; an empty list is complained about."""
    if node.kind != "list" or not node.items:
        wrong(source, node, what, "a list, `[a, b]`, or leave the key out")
        return ()
    read = [(text(source, item, f"an entry of {what}"), item) for item in node.items]
    return tuple((value, item) for value, item in read if value is not None)


def version(source: Source, node: Node, what: str) -> str | None:
    """A PEP 440 version in canonical spelling."""
    value = text(source, node, what)
    if value is None or (wanted := canonical(value)) == value:
        return value
    hint = f'write "{wanted}"' if wanted else "write a version such as 1.2.0 or 1.2.0rc1"
    kind = "not in canonical spelling" if wanted else "no version (PEP 440)"
    kind = kind if len(value) <= VERSION_LENGTH else f"longer than {VERSION_LENGTH} characters"
    source.complain("version-spelling", node.start, f'{what}: "{shown(value)}" is {kind}', hint)
    return None


@lru_cache(4096)  # the rows of a catalog say the same versions again and again
def canonical(value: str) -> str | None:
    """The canonical spelling of a version (PEP 440), None for what is none or is absurdly long."""
    if len(value) > VERSION_LENGTH:
        return None
    try:
        return str(Version(unicodedata.normalize("NFKC", value)))
    except InvalidVersion:
        return None


def choice(source: Source, node: Node, what: str, words: Sequence[str], code: str = "value-unknown") -> str | None:
    """One of the given words."""
    if node.kind == "scalar" and node.value in words:
        return node.value
    if node.kind != "scalar" or not node.value:
        wrong(source, node, what, f"one of: {', '.join(words)}")
        return None
    source.complain(code, node.start, f'{what} is "{shown(node.value)}"', nearest(node.value, words))
    return None


def flag(source: Source, node: Node, what: str) -> bool | None:
    """`true` or `false`, without quotes."""
    if node.kind == "scalar" and node.style is None and node.value in ("true", "false"):
        return node.value == "true"
    wrong(source, node, what, "true or false")
    return None


def count(source: Source, node: Node, what: str) -> int | None:
    """A whole number from 1 on, without quotes."""
    if node.kind == "scalar" and node.style is None and re.fullmatch(r"[1-9][0-9]{0,5}", node.value):
        return int(node.value)
    wrong(source, node, what, "a whole number such as 14")
    return None


def day(source: Source, node: Node, what: str) -> str | None:
    """A day (ISO 8601), with quotes or without."""
    try:
        return date.fromisoformat(node.value).isoformat()
    except ValueError:
        wrong(source, node, what, "a day such as 2026-11-22")
        return None


def name(source: Source, node: Node, what: str) -> str | None:
    """A name as packages have it (PEP 508): ASCII letters, digits and `.`, `_`, `-` between them."""
    value = node.value
    if node.kind == "scalar" and node.style is None and resolves(value):
        return text(source, node, what)
    if node.kind == "scalar" and len(value) <= NAME_LENGTH and _NAME.fullmatch(value):
        return value
    near = re.sub(r"[^A-Za-z0-9._-]+", "-", unicodedata.normalize("NFKC", value)).strip("-._")[:NAME_LENGTH]
    hint = f'write "{near}"' if near else "use letters, digits and - . _ between them"
    kind = "no name (PEP 508)" if len(value) <= NAME_LENGTH else f"longer than {NAME_LENGTH} characters"
    source.complain("name-invalid", node.start, f'{what}: "{shown(value)}" is {kind}', hint)
    return None
