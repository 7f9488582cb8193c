"""The commands of `test-agent ci`: write, check."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from trainer_release.cli import errors
from trainer_release.cli.agent import exits_of
from trainer_release.cli.options import Catalog, say

DRIFT = 7


def write(catalog: Catalog = None) -> None:
    """Write a workflow for each module, and one for all of them together."""
    with exits_of(as_json=False):
        from trainer_release.app import ci as use_case

        changed = use_case.write(Path(), catalog)
        say("\n".join(f"wrote {path}" for path in changed) or "every workflow is as the catalog asks")


def check(catalog: Catalog = None) -> None:
    """Say which workflows are missing or differ; exit 7 if there is one."""
    with exits_of(as_json=False):
        from trainer_release.app import ci as use_case

        problems = use_case.check(Path(), catalog)
        errors.tell(problems, stream=sys.stderr)
        if problems:
            raise typer.Exit(DRIFT)
        say("every workflow is as the catalog asks")


ci = typer.Typer(help="Workflows for GitHub, made from the catalog.", no_args_is_help=True, rich_markup_mode=None)
ci.command()(write)
ci.command()(check)
