"""Commands that ship: prepare, tag, push, execute, build."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trainer_release.cli.options import (
    Catalog,
    DryRun,
    Index,
    IsolatedBuilds,
    Json,
    Quiet,
    TakeOver,
    document,
    here,
    say,
    tell,
)
from trainer_release.errors import fail

if TYPE_CHECKING:
    from trainer_release.model.plan import Plan

Version = Annotated[str, typer.Argument(metavar="VERSION", help="The suite version, such as 1.0.0.")]
Bump = Annotated[
    list[str] | None,
    typer.Option(
        "--bump",
        metavar="LEVEL|MODULE=LEVEL",
        help="The next suite version by major, minor, patch, rc or stable; or a module's, with independent versions "
        "(its level may be a version). Repeatable.",
    ),
]
Only = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="MODULE", help="A hotfix: only this module moves. Repeatable."),
]
Group = Annotated[
    list[str] | None,
    typer.Option("--group", metavar="GROUP=VERSION", help="The version of a group, such as beta=0.6b0. Repeatable."),
]
Artifacts = Annotated[Path | None, typer.Option("--artifacts", metavar="DIR", help="Prepared files made elsewhere.")]
Report = Annotated[Path | None, typer.Option("--verdict", metavar="FILE", help="test-agent's report on these files.")]
Wait = Annotated[
    str, typer.Option("--wait", metavar="TIME", help="How long the index may take to show a module: 90, 30m, 2h.")
]
Spread = Annotated[
    bool, typer.Option("--spread", help="Leave new projects beyond the index's daily quota for another day.")
]


def prepare(
    version: Annotated[
        str | None, typer.Argument(metavar="[VERSION]", help="The suite version, such as 1.0.0; or give --bump.")
    ] = None,
    bump: Bump = None,
    only: Only = None,
    group: Group = None,
    catalog: Catalog = None,
    index: Index = None,
    isolated_builds: IsolatedBuilds = False,
    dry_run: DryRun = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Plan, commit, build, test and tag a release.

    Nothing of it is visible until all of it passed; --dry-run is the review.
    """
    from trainer_release.app.prepare import prepare as use_case
    from trainer_release.cli import errors, render
    from trainer_release.cli.live import reporter
    from trainer_release.suite.asked import read

    asked = read(bump or (), group or (), only or ())
    with reporter(quiet=quiet or as_json or dry_run) as listener:
        found = use_case(
            here(),
            version,
            asked=asked,
            catalog=catalog,
            index=index,
            isolated_builds=isolated_builds,
            dry_run=dry_run,
            reporter=listener,
        )
    errors.tell(found.warnings, stream=sys.stderr)
    if as_json and found.plan is not None:
        document("plan", render.plan_document(found.plan) | render.problems_document(found.warnings))
    elif found.plan is None:
        tell(f"{found.version} is prepared already, in commit {found.commit}")
    elif dry_run:
        say(render.plan_text(found.plan))
    elif not quiet:
        say(render.prepared_text(found.plan, found.commit or ""))


ManifestPlace = Annotated[
    Path | None, typer.Option("--manifest", metavar="PATH", help="Write the manifest there too: a folder, or a .json.")
]


def execute(
    version: Annotated[str | None, typer.Argument(metavar="[VERSION]", help="Default: the newest prepared.")] = None,
    catalog: Catalog = None,
    index: Index = None,
    artifacts: Artifacts = None,
    verdict: Report = None,
    manifest: ManifestPlace = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before the first upload.")] = False,
    take_over: TakeOver = False,
    wait: Wait = "30m",
    spread: Spread = False,
    dry_run: DryRun = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Publish a prepared release in dependency order.

    Pushes, uploads, installs and verifies the whole suite, writes the manifest. Run it again to go on after any
    interruption: nothing is uploaded twice.
    """
    from trainer_release.app.execute import Options
    from trainer_release.app.execute import execute as use_case
    from trainer_release.cli import errors, render
    from trainer_release.cli.live import reporter

    options = Options(
        version=version,
        catalog=catalog,
        index=index,
        artifacts=artifacts,
        verdict=verdict,
        manifest=manifest,
        confirm=lambda plan: yes or _confirmed(plan),
        ci=bool(os.environ.get("CI")),
        take_over=take_over,
        wait=_seconds(wait),
        spread=spread,
    )
    with reporter(quiet=quiet or as_json or dry_run) as listener:
        found = use_case(here(), options, dry_run=dry_run, reporter=listener)
    errors.tell(found.warnings, stream=sys.stderr)
    if as_json:
        extra = {"uploaded": list(found.uploaded), "manifest": str(found.manifest) if found.manifest else None}
        document("plan" if dry_run else "execute", render.plan_document(found.plan) | extra)
    elif dry_run:
        say(render.plan_text(found.plan))
    elif not quiet:
        say(render.executed_text(found.plan, found.uploaded, found.manifest, found.serve, found.install))


def _seconds(text: str) -> float:
    """A time as a person writes it: seconds, or a number of s, m or h."""
    found = re.fullmatch(r"(\d{1,6})([smh]?)", text.strip())
    if found is None:
        raise fail("usage", f"--wait {text!r} is no time", hint="write seconds, or a number with s, m or h: 30m")
    return float(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[found[2]]


def _confirmed(plan: Plan) -> bool:
    """Ask; without a terminal the answer is no."""
    from trainer_release.cli.render import plan_text

    if not sys.stdin.isatty() or os.environ.get("CI"):
        return False
    tell(plan_text(plan))
    return typer.confirm(f"Upload {len(plan.uploads)} files to {plan.index}? This cannot be taken back", err=True)


def tag(version: Version, catalog: Catalog = None, as_json: Json = False) -> None:
    """Tag the merged commit of a pull request.

    It must have the prepared tree, merged or squashed alike.
    """
    from trainer_release.app.tags import tag as use_case

    found = use_case(here(), version, catalog)
    if as_json:
        document("tag", {"tag": found.name, "commit": found.commit, "new": found.new})
    else:
        say(f"{found.name} {'now names' if found.new else 'names'} {found.commit}")


def push(version: Version, catalog: Catalog = None, take_over: TakeOver = False, as_json: Json = False) -> None:
    """Push branch and record, then the suite tag."""
    from trainer_release.app.tags import push as use_case

    done = use_case(here(), version, catalog, take_over=take_over)
    if as_json:
        document("push", {"refs": list(done)})
    else:
        say("\n".join(f"pushed {ref}" for ref in done) or "the remote has everything already")


def build(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the files go.")] = Path("dist"),
    module: Annotated[
        list[str] | None, typer.Option("--module", metavar="M", help="Only this module; repeatable.")
    ] = None,
    catalog: Catalog = None,
    index: Index = None,
    isolated_builds: IsolatedBuilds = False,
    as_json: Json = False,
) -> None:
    """Build what prepare would build, and no more.

    From the commit that is checked out, into a folder; versions that the index has are fetched from there.
    """
    from trainer_release.app.build import build as use_case
    from trainer_release.cli import errors

    chosen = tuple(module or ())
    found = use_case(here(), out, catalog=catalog, modules=chosen, index_name=index, isolated_builds=isolated_builds)
    errors.tell(found.warnings, stream=sys.stderr)
    if as_json:
        document(
            "build", {"made": [str(path) for path in found.made], "fetched": [str(path) for path in found.fetched]}
        )
    else:
        say("\n".join([*(f"built   {path}" for path in found.made), *(f"fetched {path}" for path in found.fetched)]))
