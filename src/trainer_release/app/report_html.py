"""A report as one static page: no network, failures first, a filter by module. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from string import Template
from typing import Any

from trainer_release.app.report_page import PAGE
from trainer_release.app.report_summary import title

_ORDER = ("broken", "failed", "leaked", "empty", "passed")
_OUTCOMES = ("crashed", "timeout", "error", "failed", "leaked", "xpassed", "skipped", "xfailed", "passed")
_QUIET = {"passed", "skipped", "xfailed"}


def page(report: Mapping[str, Any]) -> str:
    """The whole page. Every text of the report is escaped."""
    cells = sorted(report.get("cells", []), key=lambda cell: _rank(cell["status"], _ORDER))
    modules = sorted({module for cell in cells for module in cell["modules"]})
    parts = {
        "title": escape(title(report)),
        "state": "good" if report.get("ok") else "bad",
        "word": "green" if report.get("ok") else "not green",
        "facts": _facts(report),
        "modules": "".join(f'<option value="{escape(name)}">{escape(name)}</option>' for name in modules),
        "problems": "".join(map(_problem, report.get("problems", []))),
        "cells": "".join(map(_cell, cells)),
        "artifacts": _artifacts(report),
    }
    return Template(PAGE).substitute(parts)


def _rank(word: str, order: tuple[str, ...]) -> int:
    return order.index(word) if word in order else -1


def _facts(report: Mapping[str, Any]) -> str:
    run = report.get("run", {})
    said = {
        "exit code": report.get("exit"),
        "command": " ".join(run.get("argv", [])),
        "when": run.get("at"),
        "layer": run.get("layer"),
        "seed": run.get("seed"),
        "confinement": run.get("confinement"),
        "commit": run.get("commit"),
        "tested": report.get("artifact_digest") if report.get("artifacts") else None,
    }
    return _definitions(said)


def _definitions(said: Mapping[str, Any]) -> str:
    shown = {key: value for key, value in said.items() if value not in (None, "")}
    return "".join(f"<div><dt>{escape(key)}</dt><dd>{escape(str(value))}</dd></div>" for key, value in shown.items())


def _problem(problem: Mapping[str, Any]) -> str:
    lines = "\n".join(problem.get("context", []))
    shown = f"<details><summary class=row>last lines</summary><pre>{escape(lines)}</pre></details>" if lines else ""
    hint = f'<p class="hint">{escape(problem["hint"])}</p>' if problem.get("hint") else ""
    head = f"<b>{escape(problem['severity'])}</b> <code>{escape(problem['code'])}</code> {escape(problem['message'])}"
    return f'<article class="problem {escape(problem["severity"])}"><p>{head}</p>{shown}{hint}</article>'


def _cell(cell: Mapping[str, Any]) -> str:
    good = cell["status"] in ("passed", "empty")
    counts = " · ".join(f"{cell[key]} {key}" for key in ("passed", "failed", "skipped") if cell.get(key))
    head = (
        f'<span class="badge {escape(cell["status"])}">{escape(cell["status"])}</span>'
        f"<strong>{escape(cell['name'])}</strong>"
        f"<span>{escape(counts)}</span><span class=quiet>Python {escape(cell['python'] or '?')}, "
        f"{cell.get('seconds', 0):.1f} s</span>"
    )
    said = {key: cell.get(key) for key in ("mode", "layer", "seed", "confinement", "code")} | {
        "modules": ", ".join(cell["modules"]),
        **_siblings(cell.get("siblings", {})),
        "environment": cell.get("environment"),
    }
    names = escape(" ".join(cell["modules"]))
    return (
        f'<details class=cell data-modules=" {names} "{"" if good else " open"}><summary>{head}</summary>'
        f"<dl>{_definitions(said)}</dl>{_attempts(cell)}{_leaks(cell.get('leaks', []))}{_tests(cell)}</details>"
    )


def _siblings(there: Mapping[str, str]) -> dict[str, str]:
    """The other modules by how they were there."""
    kinds = sorted({how.partition(":")[0] for how in there.values()})
    return {kind: ", ".join(name for name, how in there.items() if how.startswith(kind)) for kind in kinds}


def _attempts(cell: Mapping[str, Any]) -> str:
    tried = [f"{each['by']} reached for {each['module']} ({each['name']})" for each in cell.get("attempts", [])]
    return _list("Reached for what is not declared", tried)


def _leaks(leaks: Iterable[Mapping[str, Any]]) -> str:
    return _list("Left behind", [f"{leak['kind']}: {leak['what']}" for leak in leaks])


def _list(head: str, lines: list[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<p class=hint>{escape(head)}</p><ul>{items}</ul>" if lines else ""


def _tests(cell: Mapping[str, Any]) -> str:
    tests = sorted(cell.get("tests", []), key=lambda test: _rank(test["outcome"], _OUTCOMES))
    return f"<div class=tests>{''.join(map(_test, tests))}</div>" if tests else ""


def _test(test: Mapping[str, Any]) -> str:
    badge = f'<span class="badge {escape(test["outcome"])}">{escape(test["outcome"])}</span>'
    seconds = f"<span class=quiet>{test['seconds']:.2f} s</span>"
    head = f"{badge}<code>{escape(test['test'])}</code>{seconds}"
    body = (f"<pre>{escape(test['text'])}</pre>" if test.get("text") else "") + _leaks(test.get("leaks", []))
    if not body:
        return f"<div class=row>{head}</div>"
    return f"<details{'' if test['outcome'] in _QUIET else ' open'}><summary class=row>{head}</summary>{body}</details>"


def _artifacts(report: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<tr><td>{escape(each['file'])}</td><td><code>{escape(each['sha256'])}</code></td></tr>"
        for each in report.get("artifacts", [])
    )
    return f"<h2>What was tested</h2><table>{rows}</table>" if rows else ""
