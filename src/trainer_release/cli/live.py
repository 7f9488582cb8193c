"""Progress: a live table of modules and stages on a terminal, plain lines elsewhere; both on standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from trainer_release.cli.errors import plain, write
from trainer_release.errors import ReleaseError
from trainer_release.model.outcome import Outcome, Status
from trainer_release.model.plan import Plan
from trainer_release.release.engine.reporter import Reporter

_WORDS = {
    "write_commit": ("commit", "Committed"),
    "check_out": ("check out", "Checked out"),
    "fetch_carried": ("fetch", "Fetched"),
    "build_dists": ("build", "Built"),
    "check_metadata": ("metadata", "Checked"),
    "run_isolated_tests": ("alone", "Tested alone"),
    "run_integration_tests": ("together", "Tested together"),
    "point_refs": ("tag", "Tagged"),
    "bring_forward": ("files", "Updated"),
    "bring_files": ("files", "Brought"),
    "push_refs": ("push", "Pushed"),
    "draft_release": ("draft", "Drafted"),
    "publish_dists": ("publish", "Published"),
    "verify_installed": ("verify", "Verified"),
    "push_module_tags": ("push tags", "Pushed"),
    "write_manifest": ("manifest", "Wrote"),
    "make_locks": ("locks", "Locks"),
    "publish_release": ("page", "Page"),
}


def _words(step: str) -> tuple[str, str]:
    """A step as a column's head and as what was done; a new step is shown by its own name."""
    return _WORDS.get(step, (step.replace("_", " "), step.replace("_", " ")))


class Lines(Reporter):
    """One line an event."""

    def __init__(self) -> None:
        self._lock = Lock()

    def noted(self, step: str, subject: str, note: str) -> None:
        self._line(f"{'Waiting':>15} {subject or 'the suite'}  {note}")

    def ended(self, step: str, subject: str, outcome: Outcome, seconds: float) -> None:
        verb = _words(step)[1]
        note = f"  {outcome.note}" if outcome.note else ""
        if outcome.status is Status.SKIPPED:
            verb, note = "Done before", f"  {verb.lower()}"
        self._line(f"{verb:>15} {subject or 'the suite'}{note}{f'  ({seconds:.1f} s)' if seconds >= 0.05 else ''}")

    def failed(self, step: str, subject: str, error: ReleaseError, seconds: float) -> None:
        self._line(f"{'FAILED':>15} {subject or 'the suite'}  {step}: {error.problems[0].code}")

    def blocked(self, step: str, subject: str, by: str) -> None:
        self._line(f"{'Left out':>15} {subject}: it needs {by}")

    def _line(self, text: str) -> None:
        with self._lock:
            write(f"{plain(text)}\n", sys.stderr)


class Table(Reporter):
    """A row a module, a column a stage, redrawn as things happen."""

    def __init__(self, live: Any) -> None:
        self._live = live
        self._lock = Lock()
        self._stages: list[str] = []
        self._rows: dict[str, dict[str, str]] = {}

    def planned(self, plan: Plan) -> None:
        self._stages = [step.name for step in plan.steps if step.actions]
        names = [line.name for line in plan.modules]
        others = [a.subject for s in plan.steps for a in s.actions if a.subject not in names]
        self._rows = {name: {} for name in [*names, *dict.fromkeys(others)]}

    def started(self, step: str, subject: str) -> None:
        self._set(step, subject, "…")

    def noted(self, step: str, subject: str, note: str) -> None:
        self._set(step, subject, note)

    def ended(self, step: str, subject: str, outcome: Outcome, seconds: float) -> None:
        self._set(step, subject, "done" if outcome.status is Status.SKIPPED else f"{seconds:.1f} s")

    def failed(self, step: str, subject: str, error: ReleaseError, seconds: float) -> None:
        self._set(step, subject, "FAILED")

    def blocked(self, step: str, subject: str, by: str) -> None:
        self._set(step, subject, f"needs {by}")

    def _set(self, step: str, subject: str, text: str) -> None:
        from rich.table import Table as Grid
        from rich.text import Text

        with self._lock:
            self._rows.setdefault(subject, {})[step] = text
            grid = Grid("module", *(_words(stage)[0] for stage in self._stages), box=None, pad_edge=False)
            for name, cells in self._rows.items():
                grid.add_row(Text(name or "the suite"), *(Text(cells.get(stage, "")) for stage in self._stages))
            self._live.update(grid)


@contextmanager
def reporter(*, quiet: bool) -> Iterator[Reporter]:
    """Whoever fits: nobody, a live table, or lines."""
    if quiet:
        yield Reporter()
    elif sys.stderr.isatty() and not os.environ.get("CI") and os.environ.get("TERM") != "dumb":
        from rich.console import Console
        from rich.live import Live

        with Live(console=Console(stderr=True, markup=False, highlight=False), refresh_per_second=8) as live:
            yield Table(live)
    else:
        yield Lines()
