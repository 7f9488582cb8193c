"""A report as Markdown, for the page of a workflow run. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_SIGNS = {"passed": "✅", "empty": "⚪", "failed": "❌", "leaked": "💧", "broken": "💥"}
_GOOD = {"passed", "skipped", "xfailed"}
_MOST, _LINES = 20, 15


def summary(report: Mapping[str, Any]) -> str:
    """What a person wants to know first: green or not, each cell, what is wrong with its first lines."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Mapping[str, Any]) -> Iterator[str]:
    cells = report.get("cells", [])
    yield f"## {'✅' if report.get('ok') else '❌'} {title(report)}"
    yield ""
    if cells:
        yield "| | cell | mode | python | passed | failed | skipped | seconds |"
        yield "|---|---|---|---|---:|---:|---:|---:|"
    for cell in cells:
        counts = (cell.get(key, 0) for key in ("passed", "failed", "skipped"))
        row = (_SIGNS.get(cell["status"], ""), cell["name"], cell["mode"], cell["python"], *counts, cell.get("seconds"))
        yield "| " + " | ".join(_cell(each) for each in row) + " |"
    wrong = [(cell, test) for cell in cells for test in cell.get("tests", []) if test["outcome"] not in _GOOD]
    for cell, test in wrong[:_MOST]:
        yield from _test(cell, test)
    if len(wrong) > _MOST:
        yield f"\n… and {len(wrong) - _MOST} more: see report.html."
    for problem in report.get("problems", []):
        yield f"\n- **{problem['severity']}** `{problem['code']}`: {_cell(problem['message'])}"
    if report.get("artifacts"):
        yield f"\n{len(report['artifacts'])} files tested, together `{report.get('artifact_digest')}`"


def title(report: Mapping[str, Any]) -> str:
    """One line: how many tests passed and failed, in how many cells."""
    cells = report.get("cells", [])
    counts = {key: sum(cell.get(key) or 0 for cell in cells) for key in ("passed", "failed", "skipped")}
    if not cells:
        return "Nothing was tested"
    said = ", ".join(f"{count} {key}" for key, count in counts.items() if count) or "no test ran"
    return f"{said} in {len(cells)} cell{'s' if len(cells) > 1 else ''}"


def _test(cell: Mapping[str, Any], test: Mapping[str, Any]) -> Iterator[str]:
    yield f"\n<details><summary>{_safe(cell['name'])}: {_safe(test['test'])} {_safe(test['outcome'])}</summary>\n"
    text = test.get("text", "").splitlines()
    shown = text[:_LINES] if test["outcome"] == "timeout" else text[-_LINES:]  # stacks have the place first
    lines = [*shown, *(f"left: {leak['what']}" for leak in test.get("leaks", []))]
    yield "\n".join(f"    {line}" for line in lines)
    yield "\n</details>"


def _cell(value: Any) -> str:
    return _safe(str(value)).replace("|", "\\|").replace("\n", " ")


def _safe(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
