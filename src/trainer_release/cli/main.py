"""The command `trainer-release`: its commands, in the order in which a person needs them."""

from __future__ import annotations

from collections.abc import Callable

import typer

from trainer_release.cli import adopt, history, look, ship

app = typer.Typer(
    help="Release a suite of Python packages together: one catalog, tested as built wheels, published in "
    "dependency order.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done, 2 usage, 3 catalog invalid, 4 drift, 5 a gate failed, 6 preflight refused, 7 partly "
    "published, 8 paused, 9 locked, 10 bytes differ, 130 interrupted. `trainer-release explain CODE` explains an "
    "error.",
)


@app.callback(invoke_without_command=True)
def main(
    version: bool = typer.Option(False, "--version", help="Print the version and leave."),
) -> None:
    """Release a suite of Python packages together."""
    if version:
        from importlib.metadata import version as installed

        print(installed("trainer-release"))
        raise typer.Exit


_COMMANDS: tuple[Callable[..., None], ...] = (
    adopt.init,
    look.check,
    look.status,
    look.graph,
    look.sync,
    ship.prepare,
    ship.tag,
    ship.push,
    ship.execute,
    ship.build,
    ship.abandon,
    look.verify,
    history.log,
    history.show,
    history.diff,
    look.schema,
    look.explain,
)
for command in _COMMANDS:
    app.command()(command)

index = typer.Typer(help="The embedded index.", no_args_is_help=True, rich_markup_mode=None)
index.command()(look.serve)
app.add_typer(index, name="index")
