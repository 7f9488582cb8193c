"""The suite's graph for people and programs: tree, json, mermaid, dot, svg."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trainer_release.model.suite import Suite

FORMS = ("tree", "json", "mermaid", "dot", "svg")


def draw(suite: Suite, form: str) -> str:
    """The graph in one of FORMS, always the same text for the same suite; arrows point to what is needed.

    A form that is not in FORMS is a KeyError.
    """
    return {"tree": tree, "json": as_json, "mermaid": mermaid, "dot": dot, "svg": _svg}[form](suite)


def _svg(suite: Suite) -> str:
    from trainer_release.suite.drawing_svg import svg

    return svg(suite)


def tree(suite: Suite) -> str:
    """Waves in the order of publishing, and below each what every module of it needs."""
    width = max((len(name) for name in suite.modules), default=0)
    lines = [f"{suite.name} {suite.catalog.version}"]
    for number, wave in enumerate(suite.graph.waves, start=1):
        lines.append(f"wave {number}")
        for name in wave:
            module = suite.modules[name]
            needs = ", ".join(suite.graph.depends[name])
            said = f"  {name:<{width}}  {module.version:<8}" + (f"  needs {needs}" if needs else "")
            lines.append((said if module.project else f"{said}  (from the index)").rstrip())
    return "\n".join(lines) + "\n"


def as_json(suite: Suite) -> str:
    """The contract's `trainer-release/graph/v1`: `depends` at run time, `builds_with` for the build, `after` all that
    must be published before, what requested extras name among it.
    """
    modules = {
        name: {
            "package": module.package,
            "path": module.path,
            "version": module.version,
            "layout": module.project.layout if module.project else None,
            "depends": list(suite.graph.runtime.get(name, ())),
            "builds_with": list(suite.graph.builds.get(name, ())),
            "after": list(suite.graph.depends[name]),
        }
        for name, module in sorted(suite.modules.items())
    }
    waves = [list(wave) for wave in suite.graph.waves]
    document = {"schema": "trainer-release/graph/v1", "modules": modules, "waves": waves}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def mermaid(suite: Suite) -> str:
    """A Mermaid flowchart: GitHub and GitLab draw it inside Markdown."""
    number = {name: f"n{at}" for at, name in enumerate(suite.graph.order)}
    boxes = [f'  {number[name]}["{name} {suite.modules[name].version}"]' for name in suite.graph.order]
    arrows = [f"  {number[name]} --> {number[need]}" for name, need in _edges(suite)]
    return "\n".join(["graph RL", *boxes, *arrows]) + "\n"


def dot(suite: Suite) -> str:
    """A Graphviz digraph, a wave on each rank."""
    waves = ["  { rank=same; " + " ".join(f'"{name}";' for name in wave) + " }" for wave in suite.graph.waves]
    boxes = [f'  "{name}" [label="{name}\\n{suite.modules[name].version}"];' for name in suite.graph.order]
    arrows = [f'  "{name}" -> "{need}";' for name, need in _edges(suite)]
    head = [f'digraph "{suite.name}" {{', "  rankdir=RL;", "  node [shape=box];"]
    return "\n".join([*head, *boxes, *waves, *arrows, "}"]) + "\n"


def _edges(suite: Suite) -> Iterator[tuple[str, str]]:
    return ((name, need) for name in suite.graph.order for need in suite.graph.depends[name])
