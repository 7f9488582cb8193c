"""The plot of growth: time by number of modules, both axes logarithmic, as SVG for light and dark pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

from growth import Lines, Point
from table_cells import duration

WIDTH, HEIGHT = 760, 460
LEFT, RIGHT, TOP, BOTTOM = 70, 230, 52, 52
NEAR = 16
"""The least distance of two labels."""
COLOURS = ("#3b82f6", "#e8710a", "#12a150", "#d6409f", "#8b5cf6", "#0d9eb0", "#c2410c", "#808a96")
STYLE = """\
.page { fill: #ffffff } .grid { stroke: #e3e6ea } .linear { stroke: #b6bcc4; stroke-dasharray: 4 5 }
text { font: 13px system-ui, sans-serif; fill: #59616b } .title { font-size: 15px; font-weight: 600; fill: #1f2328 }
.line { fill: none; stroke-width: 2.2; stroke-linejoin: round } .spread { stroke-width: 1.4 }
.label { font-weight: 600 }
@media (prefers-color-scheme: dark) {
  .page { fill: #0d1117 } .grid { stroke: #262c34 } .linear { stroke: #4b535d }
  text { fill: #9aa4af } .title { fill: #e6edf3 }
}"""


@dataclass(frozen=True)
class Axes:
    """From modules and seconds to the places on the page; the ends are powers of ten in the seconds."""

    sizes: Sequence[int]
    low: int
    high: int

    def x(self, size: float) -> float:
        first, last = log10(self.sizes[0]), log10(self.sizes[-1])
        return LEFT + (log10(size) - first) / (last - first) * (WIDTH - LEFT - RIGHT)

    def y(self, seconds: float) -> float:
        return HEIGHT - BOTTOM - (log10(seconds) - self.low) / (self.high - self.low) * (HEIGHT - TOP - BOTTOM)


def svg(found: Lines) -> str:
    """The whole picture."""
    points = [point for each in found.values() for point in each]
    axes = Axes(
        sorted({point.size for point in points}),
        floor(log10(min(point.least for point in points))),
        ceil(log10(max(point.most for point in points))),
    )
    inside = [*grid(axes), *linear(axes)]
    for (name, each), colour, place in zip(found.items(), COLOURS, labels(found, axes), strict=False):
        inside += line(name, each, colour, place, axes)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
    page = f'<rect class="page" width="{WIDTH}" height="{HEIGHT}" rx="8"/>'
    title = text(LEFT, 28, "Time by number of modules, both scales logarithmic", "title")
    return "\n".join([head, f"<style>\n{STYLE}\n</style>", page, title, *inside, "</svg>", ""])


def text(x: float, y: float, words: str, kind: str = "", anchor: str = "start", more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}"{more}>{escape(words)}</text>'


def stroke(kind: str, ends: Sequence[float], more: str = "") -> str:
    x1, y1, x2, y2 = ends
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"{more}/>'


def grid(axes: Axes) -> Iterator[str]:
    """A line for each power of ten and for each size."""
    left, right, top, bottom = LEFT, WIDTH - RIGHT, TOP, HEIGHT - BOTTOM
    for power in range(axes.low, axes.high + 1):
        height = axes.y(10.0**power)
        yield stroke("grid", (left, height, right, height))
        yield text(left - 8, height + 4, tick(power), anchor="end")
    for size in axes.sizes:
        yield stroke("grid", (axes.x(size), top, axes.x(size), bottom))
        yield text(axes.x(size), bottom + 20, f"{size:,}", anchor="middle")
    yield text((left + right) / 2, bottom + 40, "modules", anchor="middle")


def tick(power: int) -> str:
    return f"{10**power:,} s" if power >= 0 else f"{10 ** (power + 3):g} ms"


def linear(axes: Axes) -> Iterator[str]:
    """What grows as the number of modules does runs along one of these, slope 1."""
    first, last = axes.sizes[0], axes.sizes[-1]
    for power in range(axes.low - 3, axes.high):
        begin = max(first, first * 10.0 ** (axes.low - power))
        end = min(last, first * 10.0 ** (axes.high - power))
        if begin < end:
            ends = [axes.x(begin), axes.y(10.0**power * begin / first), axes.x(end), axes.y(10.0**power * end / first)]
            yield stroke("linear", ends)
    left, height = WIDTH - RIGHT + 22, HEIGHT - BOTTOM + 40
    yield stroke("linear", (left, height - 4, left + 32, height - 4))
    yield text(left + 40, height, "linear growth")


def labels(found: Lines, axes: Axes) -> list[float]:
    """Heights for the names beside the last points, none nearer to another than can be read."""
    wanted = sorted((axes.y(points[-1].middle), at) for at, points in enumerate(found.values()))
    places, last = dict[int, float](), float("-inf")
    for height, at in wanted:
        last = places[at] = max(height, last + NEAR)
    over = max(0.0, last - (HEIGHT - BOTTOM))
    return [places[at] - over for at in range(len(wanted))]


def line(name: str, points: Sequence[Point], colour: str, place: float, axes: Axes) -> Iterator[str]:
    """The medians with their spread, and the name at the end."""
    painted = f' stroke="{colour}"'
    path = " ".join(f"{axes.x(point.size):.1f},{axes.y(point.middle):.1f}" for point in points)
    yield f'<polyline class="line" points="{path}"{painted}/>'
    for point in points:
        x = axes.x(point.size)
        yield stroke("spread", (x, axes.y(point.least), x, axes.y(point.most)), painted)
        yield f'<circle cx="{x:.1f}" cy="{axes.y(point.middle):.1f}" r="3.6" fill="{colour}"/>'
    end = points[-1]
    yield stroke("spread", (axes.x(end.size) + 6, axes.y(end.middle), axes.x(end.size) + 18, place), painted)
    words = f"{name}  {duration(end.middle)}"
    yield text(axes.x(end.size) + 22, place + 4, words, "label", more=f' style="fill: {colour}"')
