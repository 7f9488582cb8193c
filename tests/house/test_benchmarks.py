"""The benchmarks run, in their smallest form; what they measure is for people to read."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from itertools import groupby, pairwise
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
LINES = ["check", "graph", "prepare --dry-run", "sync", "sync, no change", "build", "tags"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The folder with the page and the plot of two small suites, ours alone."""
    folder = tmp_path_factory.mktemp("benchmarks")
    command = [sys.executable, str(BENCHMARKS), "--quick", "--sizes", "3,6", "--output", str(folder)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def tables(page):
    """Every table of the page, by the heading before it: rows of cells."""
    found, heading = {}, ""
    for is_row, lines in groupby(page.splitlines(), lambda line: line.startswith("|")):
        block = [*lines]
        if is_row:
            found[heading] = [[cell.strip() for cell in line.strip("|").split("|")] for line in block]
        heading = next((line[3:] for line in reversed(block) if line.startswith("## ")), heading)
    return found


def test_every_stage_and_size_has_its_table_and_every_limit_its_line(made):
    found = tables((made / "benchmarks.md").read_text(encoding="utf-8"))
    stages = [f"{stage}, {size} modules" for stage in ("Plan", "Sync", "Build", "Tags") for size in (3, 6)]
    assert [*found] == ["What is asked for", "Growth", "Start", *stages]
    assert {title: {len(row) for row in rows} for title, rows in found.items() if len({*map(len, rows)}) > 1} == {}
    asked = [row[0] for row in found["What is asked for"][2:]]
    assert len(asked) == 7 + len(LINES)  # those against uv, lerna and bump-my-version need them
    assert [row[0] for row in found["Growth"][2:]] == LINES


def test_every_cell_beside_a_name_is_a_number(made):
    found = tables((made / "benchmarks.md").read_text(encoding="utf-8"))
    number = r"(under )?-?[\d.]+( m?s| MiB)?( \([\d.]+-[\d.]+\))?|yes|\*\*no\*\*|"
    cells = [cell for rows in found.values() for row in rows[2:] for cell in row[1:]]
    assert [cell for cell in cells if not re.fullmatch(number, cell)] == []


def test_the_plot_has_a_line_for_every_stage_inside_its_frame_and_names_that_can_be_read(made):
    root = ET.parse(made / "benchmarks.svg").getroot()
    _, _, width, height = map(float, root.get("viewBox").split())
    named = {kind: [each for each in root.iter() if each.get("class") == kind] for kind in ("line", "label")}
    points = [map(float, pair.split(",")) for line in named["line"] for pair in line.get("points").split()]
    assert len(points) == 2 * len(LINES)
    assert all(0 < x < width and 0 < y < height for x, y in points)
    assert [re.split(r"\s+[\d.]+ m?s", label.text)[0] for label in named["label"]] == LINES
    heights = sorted(float(label.get("y")) for label in named["label"])
    assert all(below - above >= 14 for above, below in pairwise(heights))
    assert heights[-1] < height
