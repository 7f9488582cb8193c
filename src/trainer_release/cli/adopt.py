"""The command that adopts an existing repository: init."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trainer_release.cli.options import Json, Quiet, document, here, say

if TYPE_CHECKING:
    from trainer_release.app.init import Proposal, Repository


def init(
    output: Annotated[
        Path | None, typer.Option("--output", metavar="PATH", help="Where to write it; else versions.yaml here.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the catalog and write nothing.")] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write versions.yaml for an existing repository.

    Finds its projects, what is released of them, versions, pins and tags; never replaces a catalog.
    """
    from trainer_release.app import init as use_case
    from trainer_release.cli import errors
    from trainer_release.errors import ReleaseError

    found = use_case.look(here(), output)
    if not dry_run:
        use_case.refuse_existing(found.place)
    proposal = use_case.propose(found)
    if not (dry_run or as_json or quiet) and may_ask():
        proposal = asked(found, proposal)
    if not dry_run:
        use_case.write(proposal)
    if as_json:
        document("init", described(proposal, written=not dry_run))
    elif dry_run:
        print(proposal.text, end="")
    elif not quiet:
        say(summary(proposal))
    if not as_json:
        errors.tell(proposal.checked.problems, stream=sys.stderr)
    if code := ReleaseError(*proposal.checked.problems).exit:
        raise typer.Exit(int(code))


def may_ask() -> bool:
    """Whether a person is there to answer."""
    return sys.stdin.isatty() and sys.stdout.isatty() and not os.environ.get("CI")


def asked(found: Repository, proposal: Proposal) -> Proposal:
    """The proposal with what only a person knows: the suite's name and the index that it is published to."""
    from trainer_release.app.init import propose

    suite = typer.prompt("The suite's name", default=proposal.adoption.suite)
    index = typer.prompt("The index to publish to: pypi, testpypi or local", default=proposal.adoption.index)
    return propose(found, suite, index)


def described(proposal: Proposal, *, written: bool) -> dict[str, Any]:
    """The proposal as JSON (`trainer-release/init/v1`)."""
    adoption = proposal.adoption
    keys = ("severity", "code", "message", "path", "line", "column", "hint")
    return {
        "path": proposal.place.name,
        "written": written,
        "suite": adoption.suite,
        "version": adoption.version,
        "umbrella": adoption.umbrella.project.package if adoption.umbrella else None,
        "modules": {
            module.name: {
                "package": module.project.package,
                "path": module.project.path,
                "version": module.version,
                "layout": module.project.layout,
            }
            for module in adoption.everything
        },
        "left_out": [{"path": out.path, "package": out.package or None, "why": out.why} for out in adoption.left_out],
        "templates": list(adoption.templates),
        "catalog": proposal.text,
        "problems": [{key: getattr(problem, key) for key in keys} for problem in proposal.checked.problems],
    }


def summary(proposal: Proposal) -> str:
    """What was found and written, and what comes next."""
    adoption = proposal.adoption
    umbrella = f", umbrella {adoption.umbrella.project.package}" if adoption.umbrella else ""
    count = len(adoption.everything)
    said = f"{adoption.suite} {adoption.version}, {count} packages{umbrella}, {adoption.linked.versioning} versions"
    lines = [f"wrote {proposal.place.name}: {said}"]
    lines += [f"  left out: {out.path} ({out.why})" for out in adoption.left_out]
    lines += [f"  passed over: {path} (a template, no project yet)" for path in adoption.templates]
    if not proposal.checked.problems:
        lines.append("check: all in step")
    return "\n".join([*lines, "Next: read it, then `trainer-release check` and `trainer-release graph`"])
