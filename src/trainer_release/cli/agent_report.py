"""The commands of `test-agent` about what was tested: report, schema."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from trainer_release.cli.agent import exits_of
from trainer_release.cli.options import say


def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="What `run --report DIR` wrote, or its report.json.")],
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Default: report.html beside it.")] = None,
) -> None:
    """Make the page of a report that exists.

    One static file, which needs no network.
    """
    with exits_of(as_json=False):
        from trainer_release.app.report_tests import render

        say(f"wrote {render(folder, html)}")


def schema() -> None:
    """The JSON Schema of report.json."""
    from importlib.resources import files

    print((files("trainer_release.agent") / "report.schema.json").read_text(encoding="utf-8").rstrip("\n"))
