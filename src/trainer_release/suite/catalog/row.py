"""A new row for `compatibility`, in the form and the indentation of the rows that are there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trainer_release.suite.catalog.rows import is_long
from trainer_release.suite.catalog.yaml_nodes import Node, resolves

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Splice:
    """Exchange `start` to `end` of a text; `node` is the value that stood there."""

    start: int
    end: int
    text: str
    node: Node | None = None


def new_row(text: str, root: Node, version: str, modules: Mapping[str, str]) -> Splice:
    """The splice that appends a row, or the whole section where there is none."""
    section = root.get("compatibility")
    flow = "{" + ", ".join(f'{_key(name)}: "{said}"' for name, said in modules.items()) + "}"
    if section is None:
        if root.style == "flow":
            return into_flow(text, root, f'compatibility: {{"{version}": {flow}}}')
        return lines(text, root, _block(" " * column(text, root), version, modules))
    if section.style == "flow":
        return into_flow(text, section, f'"{version}": {flow}')
    indent = " " * column(text, section)
    inner = [row.pairs[0][0] for _, row in section.pairs if _is_block(row)]
    if inner or not section.pairs[-1][1].style:
        step = " " * _column_of(text, inner[-1].start) if inner else indent + "  "
        rows = [f'{indent}"{version}":', *(f'{step}{_key(name)}: "{said}"' for name, said in modules.items())]
    else:
        rows = [f'{indent}"{version}": {flow}']
    return lines(text, section, rows, gap=_gap(text, section))


def _block(indent: str, version: str, modules: Mapping[str, str]) -> list[str]:
    rows = [f'{indent}    {_key(name)}: "{said}"' for name, said in modules.items()]
    return ["", f"{indent}compatibility:", f'{indent}  "{version}":', *rows]


def _is_block(row: Node) -> bool:
    return row.style is None and not row.alias and bool(row.pairs) and not is_long(row)


def _key(name: str) -> str:
    return f'"{name}"' if resolves(name) else name


def column(text: str, node: Node) -> int:
    """The column, from 0, in which the keys of a mapping stand."""
    return _column_of(text, node.pairs[0][0].start)


def _column_of(text: str, at: int) -> int:
    return len(re.split(r"[\r\n]", text[:at])[-1].removeprefix("\ufeff"))


def content_end(node: Node) -> int:
    """Where a node's own text ends; a block's event ends only at the next token, after comments."""
    while node.kind != "scalar" and node.style != "flow" and not node.alias:
        node = node.pairs[-1][1] if node.pairs else node.items[-1]
    return node.end


def lines(text: str, after: Node, rows: Sequence[str], *, gap: bool = False) -> Splice:
    """Whole lines below the last line of a block."""
    found = re.search(r"\r\n|\n|\r", text)
    newline = found[0] if found else "\n"
    ended = re.compile(r"[^\r\n]*(\r\n|\n|\r)?").match(text, content_end(after))
    at = ended.end() if ended else len(text)
    body = newline.join(["", *rows] if gap else rows)
    closed = ended is not None and ended[1] is not None
    return Splice(at, at, body + newline if closed else newline + body)


def _gap(text: str, section: Node) -> bool:
    """Whether an empty line stands between the last two rows."""
    if len(section.pairs) < 2:
        return False
    before, last = section.pairs[-2][1], section.pairs[-1][0]
    return re.search(r"\n[ \t]*\r?\n", text[content_end(before) : last.start]) is not None


def into_flow(text: str, node: Node, entry: str) -> Splice:
    """After the last entry between braces; on a line of its own where that one has one."""
    if not node.pairs:
        return Splice(node.start + 1, node.start + 1, entry)
    key, last = node.pairs[-1]
    lead = re.search(r"(?:\r\n|\n|\r)[ \t]*$", text[: key.start])
    at = content_end(last)
    return Splice(at, at, f",{lead[0]}{entry}" if lead else f", {entry}")
