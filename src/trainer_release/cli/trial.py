"""Commands that try a release where nothing can happen: rehearse, drill."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from trainer_release.cli.options import Catalog, Index, IsolatedBuilds, Json, Quiet, document, here, say
from trainer_release.cli.ship import Bump, Group, Only


def rehearse(
    version: Annotated[
        str | None, typer.Argument(metavar="[VERSION]", help="The suite version, such as 1.0.0; or give --bump.")
    ] = None,
    bump: Bump = None,
    only: Only = None,
    group: Group = None,
    catalog: Catalog = None,
    index: Index = None,
    isolated_builds: IsolatedBuilds = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """A release in full, in copies that are dropped.

    prepare and execute as they would go, against throw-away clones of the repository and its remotes and a throw-away
    index. The real ones are read, never written.
    """
    from trainer_release.app.rehearse import rehearse as use_case
    from trainer_release.cli import errors, render
    from trainer_release.cli.live import reporter
    from trainer_release.cli.render_trial import rehearsed_text
    from trainer_release.suite.asked import read

    asked = read(bump or (), group or (), only or ())
    with reporter(quiet=quiet or as_json) as listener:
        found = use_case(
            here(),
            version,
            asked=asked,
            catalog=catalog,
            index=index,
            isolated_builds=isolated_builds,
            reporter=listener,
        )
    errors.tell(found.warnings, stream=sys.stderr)
    if as_json:
        prepared = render.plan_document(found.prepared.plan) if found.prepared.plan else None
        rest = {"execute": render.plan_document(found.executed.plan), "uploaded": list(found.executed.uploaded)}
        document("rehearse", {"version": found.version, "prepare": prepared, **rest, "manifest": dict(found.manifest)})
    elif not quiet:
        was = found.prepared.plan is None
        say(rehearsed_text(found.executed.plan, found.executed.uploaded, found.index, prepared=was))


def drill(
    version: Annotated[
        str | None, typer.Argument(metavar="[VERSION]", help="The version to drill; default: the next patch.")
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="FAULT", help="Only this fault; repeatable.")
    ] = None,
    catalog: Catalog = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Faults replayed against one's own suite.

    The suite is prepared once in a throw-away copy; then every fault strikes a release of it, with a real index behind
    a faulty proxy, and what comes of it is held against an undisturbed one. Exit 5 where one did not survive.
    """
    from trainer_release.app.drill import drill as use_case
    from trainer_release.cli import errors
    from trainer_release.cli.live import reporter
    from trainer_release.cli.render_trial import drill_document, drill_text
    from trainer_release.errors import Exit, Problem

    with reporter(quiet=quiet or as_json) as listener:
        found = use_case(here(), version, only=tuple(only or ()), catalog=catalog, reporter=listener)
    if as_json:
        document("drill", drill_document(found))
    elif not quiet:
        say(drill_text(found))
    failed = [row for row in found.rows if not row.survived]
    for row in failed:
        message = f"{row.trial.name}: {'; '.join(row.wrong)}"
        hint = f"trainer-release drill --only {row.trial.name}"
        errors.tell([Problem("drill-failed", message, hint=hint, context=row.said)], stream=sys.stderr)
    if failed:
        raise typer.Exit(int(Exit.GATE))
