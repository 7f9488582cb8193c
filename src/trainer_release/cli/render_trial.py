"""What rehearsals, drills and withdrawals came to, as text and JSON documents; no decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trainer_release.cli.render import bullets, section, table, versions_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trainer_release.app.drill import Drilled
    from trainer_release.app.withdraw import Withdrawn
    from trainer_release.model.plan import Plan


def rehearsed_text(plan: Plan, uploaded: Sequence[str], index: str, *, prepared: bool = False) -> str:
    """What a rehearsal did and proved; `index` is where the release would go. `prepared`: it was already, so that it
    was neither built nor tested now."""
    built = "" if prepared else "builds, passes its gates, "
    pushes = [f"{push.remote}: {', '.join(push.refs)}" for push in plan.pushes]
    lines = [
        versions_text(plan.modules),
        "",
        section("Pushed to copies of the remotes", bullets(pushes), "nothing"),
        section("Uploaded to a throw-away index", bullets(uploaded), "nothing: all of it is published already"),
        "",
        f"Proven: {plan.suite} {plan.version} {built}is pushed, uploads, installs and verifies.",
        f"Kept: nothing. Remotes and index ({index}) were read at most; push hooks and the remote's own did not run.",
        f"Next: trainer-release {'execute' if prepared else 'prepare'} {plan.version}",
    ]
    return "\n".join(lines)


def drill_document(found: Drilled) -> dict[str, Any]:
    """A drill as JSON (`trainer-release/drill/v1`)."""
    rows = [
        {
            "fault": row.trial.name,
            "what": row.trial.words,
            "where": row.where or None,
            "codes": list(row.codes),
            "survived": None if row.skipped else row.survived,
            "wrong": list(row.wrong),
            "skipped": row.skipped or None,
        }
        for row in found.rows
    ]
    return {"suite": found.suite, "version": found.version, "uploads": found.uploads, "faults": rows}


def drill_text(found: Drilled) -> str:
    """A row a fault, and the sum."""
    cells = []
    for row in found.rows:
        ends = " -> ".join(
            "killed" if (code or 0) < 0 else "no end" if code is None else str(code) for code in row.codes
        )
        verdict = f"not tried: {row.skipped}" if row.skipped else "yes" if row.survived else "NO"
        cells.append((row.trial.name, row.trial.words, row.where or "-", ends or "-", str(len(row.codes)), verdict))
    tried = [row for row in found.rows if not row.skipped]
    good = sum(row.survived for row in tried)
    head = ("fault", "what happens", "where", "exit codes", "runs", "survived")
    return (
        f"{table(head, cells)}\n\n{good} of {len(tried)} faults survived, by {found.suite} {found.version} "
        f"({found.uploads} files). Nothing was kept."
    )


def withdrawn_document(found: Withdrawn) -> dict[str, Any]:
    """A withdrawal as JSON (`trainer-release/withdraw/v1`)."""
    yanks = [{"package": y.package, "version": y.version, "page": y.page, "yanked": y.yanked} for y in found.yanks]
    return {
        "suite": found.suite,
        "version": found.version,
        "index": found.index,
        "withdrawn": found.why,
        "yank": yanks,
        "catalog": found.catalog.name,
        "marked": found.marked,
        "manifest": str(found.revised) if found.revised else None,
    }


def withdrawn_text(found: Withdrawn, *, dry_run: bool) -> str:
    """What to yank, in which order and with which words; what was marked, and what is left to the person."""
    state = {True: "yanked", False: "to yank"}
    rows = [(y.package, y.version, state[y.yanked] if y.page else "stays", y.page or "") for y in found.yanks]
    reason = f"{found.suite} {found.version} was withdrawn: {found.why.partition(': ')[2] or found.why}"
    name = found.catalog.name
    done = [f"{len(found.yanks) - len(found.left)} of {len(found.yanks)} are yanked."] if found.index != "local" else []
    marked = f"git commit -m 'Withdraw {found.version}' -- {name} && git push"
    would = "would be" if dry_run else "is"
    lines = [
        f"Yank on {found.index}, in this order (a yanked release is still installed where it is pinned):",
        "",
        table(("package", "version", "", "page"), rows),
        "",
        f"Reason:    {reason}",
        *([f"So far:    {done[0]}"] if done else ["So far:    the embedded index keeps its files: the mark is all."]),
        f"Catalog:   row {found.version} {would if found.marked else 'is'} marked withdrawn in {name}",
        *([f"Manifest:  its revision {would} at {found.revised}"] if found.revised else []),
        *([f"Next:      {marked}"] if found.marked and not dry_run else []),
        "Nothing was deleted." if not dry_run else "Nothing was changed.",
    ]
    return "\n".join(lines)
