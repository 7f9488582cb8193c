"""Commands that take back: abandon, withdraw."""

from __future__ import annotations

from typing import Annotated

import typer

from trainer_release.cli.options import Catalog, DryRun, Index, Json, Quiet, TakeOver, document, here, say

Version = Annotated[str, typer.Argument(metavar="VERSION", help="The suite version, such as 1.0.0.")]


def abandon(
    version: Version, catalog: Catalog = None, index: Index = None, take_over: TakeOver = False, as_json: Json = False
) -> None:
    """Undo a release that is not published."""
    from trainer_release.app.abandon import abandon as use_case

    said = use_case(here(), version, catalog, index, take_over=take_over)
    if as_json:
        document("abandon", {"undone": list(said)})
    else:
        say("\n".join(said))


def withdraw(
    version: Version,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="TEXT", help="Why; it stands in the catalog and on the index.")
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Look until every release is yanked.")] = False,
    catalog: Catalog = None,
    index: Index = None,
    dry_run: DryRun = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Mark a published release withdrawn; say what to yank.

    Nothing is deleted. The catalog's row is marked, for you to commit; the releases are yanked by hand, on the pages
    that are named, dependents first. Run it again to see which are yanked.
    """
    from trainer_release.app.withdraw import withdraw as use_case
    from trainer_release.cli.render_trial import withdrawn_document, withdrawn_text

    found = use_case(here(), version, reason, catalog=catalog, index=index, dry_run=dry_run, wait=wait)
    if as_json:
        document("withdraw", withdrawn_document(found))
    elif not quiet:
        say(withdrawn_text(found, dry_run=dry_run))
