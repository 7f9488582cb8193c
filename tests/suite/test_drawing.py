"""The graph as text, JSON, Mermaid, Graphviz and a picture."""

import json
import xml.etree.ElementTree as ET
from itertools import combinations, pairwise

import pytest

from trainer_release.model.catalog import Pin
from trainer_release.model.project import Project
from trainer_release.model.suite import Module, Suite
from trainer_release.suite.catalog.reader import read
from trainer_release.suite.drawing import FORMS, draw
from trainer_release.suite.drawing_svg import layout, route
from trainer_release.suite.graph import order

DEPENDS = {
    "core": ["a", "b-long-name", "c", "d"],
    "d": ["a", "c"],
    "c": ["b-long-name"],
    "b-long-name": [],
    "a": [],
}


def module(name):
    project = Project(f"packages/{name}", f"t-{name}", "1.0.0", "pep621", ()) if name != "a" else None
    return Module(name, f"t-{name}", "1.0.0", project, Pin.KEEP, umbrella=name == "core")


def suite_of(depends):
    listed = ", ".join(f'{name}: "1.0.0"' for name in depends)
    catalog, _ = read(f't: {{version: "1.0.0"}}\nmodules: {{{listed}}}', "v")
    return Suite(catalog, {name: module(name) for name in depends}, order(depends, {}))


SUITE = suite_of(DEPENDS)


def test_the_tree_shows_waves_and_what_each_module_needs():
    assert draw(SUITE, "tree").splitlines() == [
        "t 1.0.0",
        "wave 1",
        "  a            1.0.0     (from the index)",
        "  b-long-name  1.0.0",
        "wave 2",
        "  c            1.0.0     needs b-long-name",
        "wave 3",
        "  d            1.0.0     needs a, c",
        "wave 4",
        "  core         1.0.0     needs a, b-long-name, c, d",
    ]


def test_the_json_holds_what_the_contract_names():
    document = json.loads(draw(SUITE, "json"))
    assert document["schema"] == "trainer-release/graph/v1"
    assert document["waves"] == [["a", "b-long-name"], ["c"], ["d"], ["core"]]
    assert document["modules"]["d"] == {
        "package": "t-d",
        "path": "packages/d",
        "version": "1.0.0",
        "layout": "pep621",
        "depends": ["a", "c"],
        "builds_with": [],
        "after": ["a", "c"],
    }
    assert (document["modules"]["a"]["path"], document["modules"]["a"]["layout"]) == (None, None)


def test_mermaid_and_dot_have_every_box_and_every_arrow():
    edges = sum(len(needs) for needs in DEPENDS.values())
    mermaid, dot = draw(SUITE, "mermaid"), draw(SUITE, "dot")
    assert (mermaid.count("["), mermaid.count("-->")) == (5, edges)
    assert (dot.count("label="), dot.count("->"), dot.count("rank=same")) == (5, edges, 4)
    assert '"core" -> "d";' in dot
    assert "n4 --> n3" in mermaid


@pytest.mark.parametrize("form", FORMS)
def test_the_same_suite_gives_the_same_text(form):
    assert draw(SUITE, form) == draw(suite_of(dict(reversed(DEPENDS.items()))), form)


def test_the_picture_is_well_formed_and_needs_nothing_from_elsewhere():
    text = draw(SUITE, "svg")
    root = ET.fromstring(text)
    tags = [element.tag.rpartition("}")[2] for element in root.iter()]
    assert tags.count("rect") == 5
    assert "image" not in tags
    assert text.count("http") == 1  # the namespace alone


def test_no_boxes_overlap_and_all_lie_inside_the_picture():
    picture = layout(SUITE)
    for (x, y, width), (to_x, to_y, to_width) in combinations(picture.boxes.values(), 2):
        assert x + width <= to_x or to_x + to_width <= x or abs(y - to_y) >= 44
    assert all(x + width < picture.width and y + 44 < picture.height for x, y, width in picture.boxes.values())
    assert all(y < picture.height for y in picture.lanes.values())


def test_every_arrow_runs_from_box_to_box_and_through_none():
    picture = layout(SUITE)
    for name, needs in DEPENDS.items():
        for need in needs:
            points = route(picture, name, need)
            x, y, width = picture.boxes[need]
            assert points[0] == (picture.boxes[name][0], picture.boxes[name][1] + 22)
            assert points[-1] == (x + width, y + 22)
            for (one_x, one_y), (to_x, to_y) in pairwise(points):
                passed = [
                    b for n, b in picture.boxes.items() if b[0] < one_x and b[0] + b[2] > to_x and n not in (name, need)
                ]
                assert all(one_y == to_y and not y <= to_y <= y + 44 for _, y, _ in passed), (name, need)


def test_the_picture_of_many_modules_is_drawn_too():
    wide = {f"m{n}": [f"m{k}" for k in range(n % 7, n, 7)] for n in range(70)}
    assert draw(suite_of(wide), "svg").count("<rect") == 70
