"""`test-agent generate`: tests of what modules rely on in each other."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from trainer_release.cli.agent import Module, Modules, exits_of, names_of
from trainer_release.cli.options import Catalog, Json, document, say, tell
from trainer_release.cli.render import table

if TYPE_CHECKING:
    from trainer_release.app.generate_tests import Outcome


def generate(
    module: Module = [],  # noqa: B006 (typer copies it)
    modules: Modules = "",
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing: exit 7 where a file is not up to date.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 7 where something cannot be tested.")] = False,
    catalog: Catalog = None,
    as_json: Json = False,
) -> None:
    """Write tests of what modules rely on in others.

    From their parameters' types: Protocols and ABCs, and who provides them.
    """
    with exits_of(as_json=as_json):
        from trainer_release.app.generate_tests import Options, generate_tests

        done = generate_tests(Options(names_of(module, modules), check, strict, catalog))
        if as_json:
            document("generated", done.as_json())
        else:
            _show(done)
        raise typer.Exit(done.exit)


def _show(done: Outcome) -> None:
    if not done.files:
        tell("no module takes what another one provides: no parameter has the type of a Protocol or an ABC")
    else:
        say(table(("file", "state"), list(done.files.items())))
    for gap in done.uncovered:
        print(f"not covered: {gap['what']}: {gap['reason']}", file=sys.stderr)
