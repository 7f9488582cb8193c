"""The command `test-agent ci`: workflows for GitHub, made from the catalog."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from trainer_release.cli import errors
from trainer_release.cli.agent import exits_of, one_of
from trainer_release.cli.options import Catalog, say

DRIFT = 7
_GOOD = "every workflow is as the catalog asks"


def ci(
    what: Annotated[str, typer.Argument(metavar="write|check", help="Write them, or say which are missing or differ.")],
    catalog: Catalog = None,
) -> None:
    """Workflows for GitHub, made from the catalog.

    One a module, which its own changes start, and one for all of them together, every night. `check` ends with 7 where
    one is missing or differs.
    """
    one_of(what, ("write", "check"), "write|check")
    with exits_of(as_json=False):
        from trainer_release.app import ci as use_case

        if what == "write":
            say("\n".join(f"wrote {path}" for path in use_case.write(Path(), catalog)) or _GOOD)
            return
        problems = use_case.check(Path(), catalog)
        errors.tell(problems, stream=sys.stderr)
        if problems:
            raise typer.Exit(DRIFT)
        say(_GOOD)
