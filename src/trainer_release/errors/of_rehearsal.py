"""Pages of the error codes about rehearsing a release, drilling it, and withdrawing one."""

from __future__ import annotations

from trainer_release.errors.page import Page

REHEARSAL: dict[str, Page] = {
    "rehearsal-leaves": Page(
        6,
        "A throw-away copy would not stay by itself",
        "git's configuration of this user or machine gives a remote an address of its own, or rewrites addresses, so "
        "that a push from the throw-away copy would reach the real remote. Nothing was begun.",
        "Take that setting out of the global configuration, or rehearse as another user.",
    ),
    "fault-unknown": Page(
        2, "No such fault", "`drill --only` takes names of faults.", "Use a name that `drill --help` shows."
    ),
    "drill-impossible": Page(
        5,
        "The drill could not begin",
        "The release did not end well even without a fault, so no fault could show anything; or its files are bound in "
        "a workflow (`build: ci`).",
        "See what `trainer-release rehearse` says, and mend that first.",
    ),
    "not-published": Page(
        6,
        "Nothing of that version is published",
        "`withdraw` is for a release of which the index has files; this one has none there.",
        "Undo it with `trainer-release abandon VERSION`.",
    ),
    "not-yanked-yet": Page(
        7,
        "Some releases are not yanked yet",
        "The index still shows releases of the withdrawn version without a yank.",
        "Yank them on the pages that `withdraw` names, then run it again.",
    ),
    "version-withdrawn": Page(
        6,
        "The version was withdrawn",
        "The catalog's row says that nobody is to use this version any more. It is not prepared or published again.",
        "Release the next version.",
    ),
    "suite-withdrawn": Page(
        4,
        "The environment holds a withdrawn version",
        "The packages are exactly those of a suite version that its people have withdrawn. `verify` only warns of it.",
        "Install a later version of the suite.",
    ),
    "drill-failed": Page(
        5,
        "A release did not survive a fault",
        "After a fault and at most one more run the index, the refs or the manifest were not those of an undisturbed "
        "release. All of it happened in throw-away copies.",
        "Report it with the rows that `drill --json` prints; until it is mended, look at `status` after a failure.",
    ),
}
