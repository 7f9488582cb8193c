"""The graph as a picture, drawn by hand: a column a wave, arrows to what is needed, no fonts from elsewhere.

An arrow that passes a column runs below its boxes, in a lane that all arrows to the same module share.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trainer_release.model.suite import Suite

_HEIGHT, _GAP, _MARGIN, _TOP, _LANE, _LETTER, _BEND = 44, 16, 20, 48, 12, 8, 90
_STYLE = (
    "text{font:13px ui-monospace,Menlo,Consolas,monospace;fill:#1f2328}"
    ".v{fill:#59636e}.w{fill:#768390}"
    "rect.b{fill:#f6f8fa;stroke:#59636e}"
    "rect.u{fill:#ddf4ff;stroke:#0969da}"
    "path.a{fill:none;stroke:#8c959f}"
)
_MARKER = (
    '<defs><marker id="to" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" '
    'markerHeight="8" orient="auto">'
    '<path d="M0 0 8 4 0 8z" fill="#8c959f"/></marker></defs>'
)


@dataclass(frozen=True, slots=True)
class Picture:
    """Where everything lies: boxes as (x, y, width), lanes by (column, module that arrows there lead to)."""

    boxes: dict[str, tuple[int, int, int]]
    column: dict[str, int]
    lanes: dict[tuple[int, str], int]
    edges: tuple[tuple[int, int], ...]
    width: int
    height: int


def svg(suite: Suite) -> str:
    """The picture as one SVG document; the same suite gives the same bytes."""
    picture = layout(suite)
    size = f'width="{picture.width}" height="{picture.height}" viewBox="0 0 {picture.width} {picture.height}"'
    title = escape(f"{suite.name} {suite.catalog.version}")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
        f"<title>{title}</title>",
        f"<style>{_STYLE}</style>",
        _MARKER,
        *(_arrow(picture, name, need) for name in suite.graph.order for need in suite.graph.depends[name]),
        *_boxes(suite, picture),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def layout(suite: Suite) -> Picture:
    """The geometry: columns as wide as their longest line, boxes one below the other, lanes under them."""
    graph = suite.graph
    column = {name: at for at, wave in enumerate(graph.waves) for name in wave}
    boxes: dict[str, tuple[int, int, int]] = {}
    edges: list[tuple[int, int]] = []
    x = _MARGIN
    for wave in graph.waves:
        width = 24 + _LETTER * max(len(word) for name in wave for word in (name, suite.modules[name].version))
        for row, name in enumerate(wave):
            boxes[name] = (x, _TOP + row * (_HEIGHT + _GAP), width)
        edges.append((x, x + width))
        x += width + _BEND
    passing: dict[int, list[str]] = {}
    for need in graph.order:
        users = [column[name] for name, needs in graph.depends.items() if need in needs]
        for at in range(column[need] + 1, max(users, default=0)):
            passing.setdefault(at, []).append(need)
    lanes = {
        (at, need): _TOP + len(graph.waves[at]) * (_HEIGHT + _GAP) + row * _LANE
        for at, needs in passing.items()
        for row, need in enumerate(needs)
    }
    lowest = max([y + _HEIGHT for _, y, _ in boxes.values()] + [*lanes.values()], default=_TOP)
    return Picture(boxes, column, lanes, tuple(edges), max(x - _BEND, 0) + _MARGIN, lowest + _MARGIN)


def route(picture: Picture, name: str, need: str) -> list[tuple[int, int]]:
    """The points that an arrow runs through, from the left side of `name` to the right side of `need`."""
    x, y, _ = picture.boxes[name]
    points = [(x, y + _HEIGHT // 2)]
    for at in range(picture.column[name] - 1, picture.column[need], -1):
        left, right = picture.edges[at]
        points += [(right, picture.lanes[at, need]), (left, picture.lanes[at, need])]
    x, y, width = picture.boxes[need]
    turn = (picture.edges[picture.column[need]][1], y + _HEIGHT // 2)
    return [*points, turn, *([(x + width, turn[1])] if turn[0] != x + width else [])]


def _arrow(picture: Picture, name: str, need: str) -> str:
    points = route(picture, name, need)
    words = ["M{} {}".format(*points[0])]
    for (x, y), (to_x, to_y) in pairwise(points):
        middle = (x + to_x) // 2
        words.append(f"L{to_x} {to_y}" if y == to_y else f"C{middle} {y} {middle} {to_y} {to_x} {to_y}")
    return f'<path class="a" marker-end="url(#to)" d="{" ".join(words)}"/>'


def _boxes(suite: Suite, picture: Picture) -> Iterator[str]:
    for at, (left, _) in enumerate(picture.edges):
        yield f'<text class="w" x="{left}" y="{_TOP - 18}">wave {at + 1}</text>'
    for name, (x, y, width) in picture.boxes.items():
        module = suite.modules[name]
        kind = "u" if module.umbrella else "b"
        yield f'<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{_HEIGHT}" rx="6"/>'
        yield f'<text x="{x + 12}" y="{y + 19}">{escape(name)}</text>'
        yield f'<text class="v" x="{x + 12}" y="{y + 36}">{escape(module.version)}</text>'
