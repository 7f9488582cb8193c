"""Commands that look back: log, show, diff."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from trainer_release.cli.options import Catalog, Json, Quiet, Verbose, document, here, say, shown_catalog

if TYPE_CHECKING:
    from trainer_release.app.history import Difference, Entry, History
    from trainer_release.model.catalog import Tested

UNKNOWN = "unknown"
"""What is said of versions that nobody has tested together."""
KEYS = ("version", "date", "known_by", "tag", "commit", "manifest", "withdrawn", "tested")


def log(catalog: Catalog = None, as_json: Json = False, quiet: Quiet = False, verbose: Verbose = False) -> None:
    """Which versions belonged together, and when.

    From the catalog's rows, suite tags and records in git, and manifests; without git from the catalog alone.
    """
    from trainer_release.app.history import log as use_case
    from trainer_release.cli.render import table

    shown_catalog(catalog, verbose=verbose)
    found = use_case(here(), catalog)
    if as_json:
        versions = [_plain(entry) | {"modules": dict(entry.modules)} for entry in found.entries]
        retired = {name: dict(said) for name, said in found.retired.items()}
        document("log", {"suite": found.suite, "current": found.current, "versions": versions, "retired": retired})
        return
    if quiet:
        return
    rows = [
        (e.version, e.date or "-", ", ".join(e.known_by), _known(e.tested), _marked(e, moved))
        for e, moved in _moves(found)
    ]
    say(
        table((found.suite, "date", "known by", "together", "modules"), rows)
        if rows
        else f"{found.suite} has no version yet"
    )
    for name in found.retired:
        say(f"{name}: {_gone(found, name)}")


def show(
    version: Annotated[str, typer.Argument(metavar="VERSION")],
    catalog: Catalog = None,
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """The modules of one suite version."""
    from trainer_release.app.history import show as use_case
    from trainer_release.cli.render import table

    shown_catalog(catalog, verbose=verbose)
    history, found = use_case(here(), version, catalog)
    if as_json:
        document("show", {"suite": history.suite} | _plain(found) | {"modules": dict(found.modules)})
        return
    if quiet:
        return
    facts = [
        ("withdrawn", found.withdrawn),
        ("date", found.date),
        ("tag", found.tag),
        ("commit", found.commit),
        ("manifest", found.manifest),
        ("tested together", _told(found.tested)),
    ]
    say(f"{history.suite} {found.version}  (known by {', '.join(found.known_by)})")
    for name, value in facts:
        if value:
            say(f"  {name}: {value}")
    rows = [(name, said, _gone(history, name)) for name, said in found.modules.items()]
    say("\n" + table(("module", "version", ""), rows))


def diff(
    old: Annotated[str, typer.Argument(metavar="A")],
    new: Annotated[str, typer.Argument(metavar="B")],
    catalog: Catalog = None,
    as_json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """What differs between two suite versions."""
    from trainer_release.app.history import diff as use_case
    from trainer_release.cli.render import table

    shown_catalog(catalog, verbose=verbose)
    history, found = use_case(here(), old, new, catalog)
    if as_json:
        modules = {each.module: {"from": each.old, "to": each.new, "change": each.change} for each in found}
        document("diff", {"suite": history.suite, "from": old, "to": new, "modules": modules})
        return
    if quiet:
        return
    rows = [(each.module, each.old or "-", each.new or "-", _said(history, each)) for each in found]
    say(table((history.suite, old, new, ""), rows))


def _marked(entry: Entry, moved: str) -> str:
    return f"WITHDRAWN ({entry.withdrawn})" if entry.withdrawn else moved


def _known(tested: Tested | None) -> str:
    """Whether these versions were seen to go together."""
    return tested.result if tested else UNKNOWN


def _told(tested: Tested | None) -> str:
    if tested is None:
        return UNKNOWN
    where = [f"Python {tested.python}"] if tested.python else []
    where += [tested.platform] if tested.platform else []
    where += [f"by {tested.by}"] if tested.by else []
    return ", ".join([f"{tested.result} on {tested.date}", *where])


def _plain(entry: Entry) -> dict[str, Any]:
    from dataclasses import asdict

    tested = asdict(entry.tested) if entry.tested else None
    return {key: getattr(entry, key) for key in KEYS} | {"known_by": list(entry.known_by), "tested": tested}


def _moves(history: History) -> list[tuple[Entry, str]]:
    """Each version with what is other than in the one before it; the first one in full."""
    from trainer_release.app.history import between

    older = [*history.entries, None][1:]
    return [
        (entry, ", ".join(_move(each) for each in between(before, entry) if each.change != "same") or "as before")
        for entry, before in zip(history.entries, older, strict=True)
    ]


def _move(each: Difference) -> str:
    said = {"added": each.new, "removed": "removed", "moved": f"{each.old} → {each.new}"}
    return f"{each.module} {said[each.change]}"


def _said(history: History, each: Difference) -> str:
    gone = _gone(history, each.module) if each.change == "removed" else ""
    return f"{each.change}: {gone}" if gone else each.change


def _gone(history: History, name: str) -> str:
    """What became of a retired module."""
    said = history.retired.get(name)
    if said is None:
        return ""
    words = [f"since {said['since']}"] if "since" in said else []
    words += [f"replaced by {said['replaced-by']}"] if "replaced-by" in said else []
    return " ".join(["retired", ", ".join(words)]).strip()
