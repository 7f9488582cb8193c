"""Options that several commands share, and where results go."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

Catalog = Annotated[Path | None, typer.Option("--catalog", metavar="PATH", help="The versions.yaml to use.")]
Json = Annotated[bool, typer.Option("--json", help="Pure JSON on standard output.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say only what is wrong.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say where the answer comes from.")]
Index = Annotated[
    str | None, typer.Option("--index", metavar="NAME", help="local, pypi, testpypi or one of the catalog's.")
]
IsolatedBuilds = Annotated[
    bool, typer.Option("--isolated-builds", help="Build each package by itself, in environments made for this run.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the plan and change nothing.")]
TakeOver = Annotated[
    bool, typer.Option("--take-over", help="Take the remote's lease from another run, which you know will not go on.")
]


def here() -> Path:
    """The folder that the command was started in."""
    return Path.cwd()


def document(name: str, value: dict[str, Any]) -> None:
    """One JSON document on standard output, with its schema's name first."""
    import json

    print(json.dumps({"schema": f"trainer-release/{name}/v1"} | value, indent=2, ensure_ascii=False))


def say(text: str = "") -> None:
    """A line for a person, on standard output."""
    from trainer_release.cli.errors import plain

    print(plain(text) if text else "")


def tell(text: str) -> None:
    """A line about progress, on standard error."""
    from trainer_release.cli.errors import plain, write

    write(f"{plain(text)}\n", sys.stderr)


def shown_catalog(catalog: Path | None, *, verbose: bool) -> None:
    """With `--verbose`, which catalog the answer comes from."""
    if verbose:
        from trainer_release.app.load import locate

        tell(f"catalog: {locate(here(), catalog)}")
