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
    "rehearsal-unbound": Page(
        6,
        "The files of this release are bound in a workflow",
        "With `build: ci` the files that are published are built, tested and bound by a workflow's run, so `execute` "
        "cannot be rehearsed here.",
        "Run the workflow with `execute --dry-run` in its last job.",
    ),
}
