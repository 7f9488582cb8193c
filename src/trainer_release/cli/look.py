"""Commands that look: check, status, graph, sync, verify, schema, explain, index serve."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from trainer_release.cli.options import Catalog, Index, Json, Quiet, Verbose, document, here, say, shown_catalog, tell


def check(
    catalog: Catalog = None,
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    output_format: Annotated[str, typer.Option("--output-format", help="text or github.")] = "text",
) -> None:
    """Does every file agree with the catalog?

    Catalog, workspace, graph, pins and versions, offline: the one command for every pull request.
    """
    from trainer_release.app.check import check as use_case
    from trainer_release.cli import errors, render
    from trainer_release.errors import ReleaseError

    _known(output_format, ("text", "github"), "--output-format")
    shown_catalog(catalog, verbose=verbose)
    found = use_case(here(), catalog)
    if as_json:
        document("check", render.problems_document(found.problems))
    elif output_format == "github":
        for problem in found.problems:
            print(errors.annotation(problem))
    else:
        errors.tell(found.problems, stream=sys.stderr)
        if found.suite is not None and not found.problems and not quiet:
            say(f"{found.suite.name} {found.suite.catalog.version}: {len(found.suite.modules)} modules, all in step")
    if code := ReleaseError(*found.problems).exit:
        raise typer.Exit(int(code))


def status(
    catalog: Catalog = None,
    index: Index = None,
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """What the catalog, the projects and the index say.

    And for each started release what is done, what is missing and the command that finishes it.
    """
    from trainer_release.app.status import status as use_case
    from trainer_release.cli.render import table
    from trainer_release.cli.render_release import release_document, release_text

    shown_catalog(catalog, verbose=verbose)
    found = use_case(here(), catalog, index)
    if as_json:
        rows = {
            row.name: {"catalog": row.catalog, "project": row.project, "index": row.index, "changed": row.changed}
            for row in found.modules
        }
        releases = [release_document(each) for each in found.releases]
        keys = ("pid", "host", "since", "command")
        holder = {key: getattr(found.holder, key) for key in keys} if found.holder else None
        document(
            "status",
            {"suite": found.suite, "modules": rows, "releases": releases, "holder": holder, "leased": found.leased},
        )
        return
    if quiet:
        return
    words = {None: "-", True: "changed", False: "same"}
    cells = [(r.name, r.catalog, r.project or "-", r.index or "-", words[r.changed]) for r in found.modules]
    say(table(("module", "catalog", "project", "index", "since last tag"), cells))
    for each in found.releases:
        say("\n" + release_text(found.suite, each))
    if found.holder:
        say(f"\nrunning: {found.holder}")
    if found.leased:
        say(f"\n{found.leased}")


def graph(
    catalog: Catalog = None,
    form: Annotated[str, typer.Option("--format", help="tree, json, mermaid, dot or svg.")] = "tree",
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Show which module needs which, in waves."""
    from trainer_release.app.session import load_suite
    from trainer_release.suite.drawing import FORMS, draw

    _known(form, FORMS, "--format")
    shown_catalog(catalog, verbose=verbose)
    drawn = draw(load_suite(here(), catalog).suite, "json" if as_json else form)
    if not quiet:
        print(drawn.rstrip("\n"))


def _known(word: str, words: tuple[str, ...], option: str) -> None:
    if word not in words:
        raise typer.BadParameter(f"{word!r} is none of {', '.join(words)}", param_hint=option)


def sync(
    catalog: Catalog = None,
    only_look: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit 4 if something would change.")
    ] = False,
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Write the catalog's versions into every project.

    Versions, pins, the tables [tool.<suite>.versions] and the embedded suite file.
    """
    from trainer_release.app.check import sync as use_case
    from trainer_release.errors import Exit

    shown_catalog(catalog, verbose=verbose)
    edits = use_case(here(), catalog, only_look=only_look)
    if as_json:
        document("sync", {"edits": [{"path": edit.path, "diff": edit.diff} for edit in edits]})
    elif not quiet:
        for edit in edits:
            say(edit.diff if only_look else f"wrote {edit.path}")
        say(f"{len(edits)} files {'would change' if only_look else 'changed'}" if edits else "all in step")
    if only_look and edits:
        raise typer.Exit(int(Exit.DRIFT))


def verify(
    what: Annotated[str | None, typer.Argument(metavar="[MANIFEST|SUITE==VERSION]")] = None,
    python: Annotated[
        Path | None, typer.Option("--python", metavar="PATH", help="The environment's interpreter.")
    ] = None,
    catalog: Catalog = None,
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Is an environment exactly one suite version?

    Compares with a manifest, with SUITE==VERSION, with what the installed umbrella embeds, or with the newest manifest;
    works offline.
    """
    from trainer_release.app.verify import verify as use_case
    from trainer_release.cli import errors
    from trainer_release.errors import Exit, Problem, Severity

    found = use_case(here(), what, python, catalog)
    if verbose:
        tell(f"python: {found.python}")
    if as_json:
        keys = {
            "ok": found.ok,
            "suite_version": found.suite_version,
            "against": found.against,
            "checked": found.checked,
            "withdrawn": found.withdrawn,
        }
        document("verify", keys | {"mismatches": list(found.mismatches)})
    elif found.ok and not quiet:
        say(f"ok: {found.checked} packages are exactly those of {found.suite_version} (by {found.against})")
    elif not found.ok:
        message = f"the environment is not suite version {found.suite_version} (by {found.against})"
        reasons = tuple(f"{each['package']}: {each['reason']}" for each in found.mismatches)
        hint = "install with the constraints file that lies beside the manifest"
        errors.tell([Problem("suite-differs", message, hint=hint, context=reasons)], stream=sys.stderr)
    if found.withdrawn:
        message = f"suite version {found.suite_version} was withdrawn: {found.withdrawn}"
        hint = "install a later version"
        errors.tell([Problem("suite-withdrawn", message, hint=hint, severity=Severity.WARNING)], stream=sys.stderr)
    if not found.ok:
        raise typer.Exit(int(Exit.DRIFT))


def schema() -> None:
    """The JSON Schema of versions.yaml, for editors."""
    from importlib.resources import files

    print((files("trainer_release.suite") / "versions.schema.json").read_text(encoding="utf-8").rstrip("\n"))


def explain(code: Annotated[str, typer.Argument(metavar="CODE")]) -> None:
    """The page behind an error code."""
    from difflib import get_close_matches

    from trainer_release.errors import fail
    from trainer_release.errors.codes import CODES

    page = CODES.get(code)
    if page is None:
        near = get_close_matches(code, CODES, n=3, cutoff=0.4)
        raise fail("unknown-code", f"there is no error code {code!r}", hint=f"near: {', '.join(near)}" if near else "")
    say(f"{code} (exit {page.exit}): {page.title}\n\nWhat happened\n  {page.cause}\n\nWhat to do\n  {page.move}")


def serve(
    port: Annotated[int, typer.Option("--port", help="0 takes a free one.")] = 0,
    catalog: Catalog = None,
    verbose: Verbose = False,
) -> None:
    """Keep the embedded index up for pip and uv; the first line on standard output is its simple URL."""
    from trainer_release.app.serve import serve as use_case

    def ready(url: str, folder: Path) -> None:
        print(url, flush=True)
        tell(f"serving {folder if verbose else 'the embedded index'}; Ctrl-C ends it")

    use_case(here(), port, ready, catalog)


index = typer.Typer(help="The embedded index.", no_args_is_help=True, rich_markup_mode=None)
index.callback()(lambda: None)
index.command()(serve)
