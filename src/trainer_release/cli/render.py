"""Values as text and JSON documents; no decisions."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from trainer_release.errors import Problem
    from trainer_release.model.plan import Line, Place, Plan

_FATES = {
    "build": "build, test, publish",
    "hold": "build, test (publish: false)",
    "carry": "carried over, published already",
    "take": "taken from the index",
}


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns of equal width, two blanks between them."""
    cells = [tuple(head), *(tuple(row) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    return "\n".join(lines)


def plan_document(plan: Plan) -> dict[str, Any]:
    """The plan as JSON (`trainer-release/plan/v1`)."""
    return {
        "plan_id": plan.id,
        "kind": plan.kind,
        "suite": plan.suite,
        "version": plan.version,
        "modules": {
            line.name: {
                "package": line.package,
                "from": line.old,
                "to": line.new,
                "publish": line.publish,
                "fate": line.fate,
            }
            for line in plan.modules
        },
        "waves": [list(wave) for wave in plan.waves],
        "edits": [{"path": edit.path, "diff": edit.diff} for edit in plan.edits],
        "gates": list(plan.gates),
        "tags": [_tag(tag) for tag in plan.tags],
        "repositories": {
            place.name: {"url": place.url or None, "branch": place.branch, "commit": place.commit}
            for place in plan.repositories
        },
        "pushes": [{"remote": push.remote, "refs": list(push.refs)} for push in plan.pushes],
        "uploads": list(plan.uploads),
        "index": plan.index,
        "notes": list(plan.notes),
    }


def problems_document(problems: Iterable[Problem]) -> dict[str, Any]:
    """Problems as JSON, under their key."""
    keys = ("severity", "code", "message", "path", "line", "column", "hint")
    return {"problems": [{key: getattr(problem, key) for key in keys} for problem in problems]}


def plan_text(plan: Plan) -> str:
    """The review: everything that a run of this plan would do, the points of no return marked."""
    sections = [
        f"{plan.kind} {plan.suite} {plan.version}  (plan {plan.id})",
        versions_text(plan.modules),
        section("Repositories", _places(plan.repositories), "") if plan.repositories else "",
        section("Edits", [edit.diff.rstrip("\n") for edit in plan.edits], "none"),
        section("Gates", bullets(plan.gates), "none"),
        section("Tags", bullets([_tag(tag) for tag in plan.tags]), "none"),
        section("Pushes", bullets([f"{p.remote}: {', '.join(p.refs)}" for p in plan.pushes]), "none: no remote"),
        section("Waves", [f"  {n}. {', '.join(wave)}" for n, wave in enumerate(plan.waves, start=1)], "none"),
        section(
            f"Uploads to {plan.index}  << the point of no return: what is uploaded stays",
            bullets(plan.uploads),
            "none: everything is published",
        ),
        section("Notes", bullets(plan.notes), "") if plan.notes else "",
    ]
    return "\n\n".join(section for section in sections if section) + "\n\nNothing was changed."


def versions_text(lines: Sequence[Line]) -> str:
    """The table of versions."""
    rows = [(line.name, line.package, line.old or "-", line.new, _FATES[line.fate]) for line in lines]
    return table(("module", "package", "from", "to", ""), rows)


def prepared_text(plan: Plan, commit: str) -> str:
    """What prepare did and what comes next."""
    tags = [_tag(tag) for tag in plan.tags]
    proposed = not tags
    next_moves = (
        [
            f"git push: trainer-release push {plan.version}, then merge release/{plan.version}",
            f"trainer-release tag {plan.version}",
        ]
        if proposed
        else [f"git show {tags[0]}", f"trainer-release execute {plan.version}"]
    )
    lines = [
        f"Prepared {plan.suite} {plan.version} in commit {commit[:12]}"
        + (f", tagged {', '.join(tags)}" if tags else ""),
        "",
        versions_text(plan.modules),
        "",
        "Next: " + "\n      ".join(next_moves),
        f"Undo: trainer-release abandon {plan.version}",
    ]
    return "\n".join(lines)


def executed_text(
    plan: Plan, uploaded: Sequence[str], manifest: Path | None, serve: str | None, install: Sequence[str]
) -> str:
    """What execute did, where the manifest is, and how to install the result; `serve` brings the embedded index up."""
    done = f"Published {len(uploaded)} files" if uploaded else "Nothing to upload: everything was published already"
    lines = [
        f"{plan.suite} {plan.version} is released. {done}.",
        f"Manifest:  {manifest}",
        *([f"Serve:     {serve}"] if serve else []),
        f"Install:   {shlex.join(install)}",
        "Verify:    trainer-release verify --python PATH-OF-PYTHON",
    ]
    return "\n".join(lines)


def _tag(ref: str) -> str:
    """A tag's name; one in another repository has that one's name before it."""
    return ref.replace("refs/tags/", "", 1)


def _places(places: Sequence[Place]) -> list[str]:
    """Where the release begins, or what it published, in each repository."""
    rows = [(p.name, p.url or "the catalog's own", p.branch or "no branch", p.commit[:12]) for p in places]
    return ["  " + line for line in table(("repository", "address", "branch", "commit"), rows).splitlines()]


def bullets(items: Sequence[str]) -> list[str]:
    """Each on a line of its own."""
    return [f"  - {item}" for item in items]


def section(title: str, lines: Sequence[str], empty: str) -> str:
    """Lines under a title, or what stands for none."""
    return title + "\n" + ("\n".join(lines) if lines else f"  {empty}")
