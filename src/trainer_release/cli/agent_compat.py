"""`test-agent compat`: which versions go together."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trainer_release.cli import errors
from trainer_release.cli.agent import exits_of
from trainer_release.cli.history import UNKNOWN
from trainer_release.cli.options import Catalog, Json, Quiet, document, say, tell
from trainer_release.cli.render import table

if TYPE_CHECKING:
    from trainer_release.app.compat import CompatRun, Result

KINDS = ("catalog", "latest", "lowest", "one-behind")


def compat(
    rows: Annotated[str, typer.Option(metavar="KINDS", help="Of catalog, latest, lowest, one-behind.")] = ",".join(
        KINDS
    ),
    minimize: Annotated[
        bool, typer.Option("--minimize/--no-minimize", help="Name the versions that make a failing row fail.")
    ] = True,
    write: Annotated[bool, typer.Option("--write", help="Write into the catalog what its rows showed.")] = False,
    python: Annotated[str | None, typer.Option(metavar="PATH", help="The interpreter to test with.")] = None,
    index: Annotated[
        str | None, typer.Option(metavar="URL", help="The simple address of the index to take from.")
    ] = None,
    artifacts: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Wheels of the work tree, built before.")
    ] = None,
    report: Annotated[Path | None, typer.Option(metavar="DIR", help="Write compat.json and junit.xml there.")] = None,
    timeout: Annotated[float | None, typer.Option(help="Limit of each combination's tests, in seconds.", min=1)] = None,
    jobs: Annotated[int | None, typer.Option(help="How many combinations at a time.", min=1)] = None,
    catalog: Catalog = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Which versions of the modules go together?

    Each row of the catalog, the newest and the oldest that the pins admit, and every module one version behind.
    """
    with exits_of(as_json=as_json):
        from trainer_release.app import report_compat
        from trainer_release.app.compat import Options, run

        options = Options(_kinds(rows), minimize, python, catalog, Path(), index, artifacts, jobs, timeout)
        done = run(options, (lambda _: None) if quiet else tell)
        if report is not None:
            report_compat.write(done, report)
        written = report_compat.mark(done, options) if write else ()
        errors.tell(done.problems, stream=sys.stderr)
        if as_json:
            document("compat", report_compat.as_json(done) | {"written": [*written]})
        else:
            say(_shown(done))
        raise typer.Exit(done.exit)


def _kinds(rows: str) -> tuple[str, ...]:
    named = tuple(filter(None, (word.strip() for word in rows.split(","))))
    if unknown := [word for word in named if word not in KINDS]:
        message = f"{', '.join(unknown)}: choose from {', '.join(KINDS)}"
        raise typer.BadParameter(message, param_hint="'--rows'")
    return named


def _shown(done: CompatRun) -> str:
    lines = [(one.combination.name, one.status, _versions(done, one), _told(one)) for one in done.results]
    tried = {one.combination.name for one in done.results}
    for row in done.suite.catalog.rows.values():
        if row.version not in tried:
            known = f"{row.tested.result} on {row.tested.date}" if row.tested else UNKNOWN
            lines.append((row.version, known, "", f"withdrawn: {row.withdrawn}" if row.withdrawn else "not tried"))
    return table((done.suite.name, "together", "versions", ""), lines)


def _versions(done: CompatRun, one: Result) -> str:
    """What is other than in the work tree."""
    now = {name: module.version for name, module in done.suite.modules.items()}
    moved = [f"{name} {version}" for name, version in one.combination.versions.items() if version != now[name]]
    absent = [f"without {name}" for name in now if name not in one.combination.versions]
    pins = [f"{name} {version}" for name, version in one.combination.pins.items()]
    return ", ".join((*moved, *absent, *pins)) or "as they are here"


def _told(one: Result) -> str:
    if one.guilty:
        return f"{' + '.join(map(str, one.guilty))}; {one.base} passes"
    return one.words[-1] if one.status not in {"passed", "empty"} and one.words else ""
