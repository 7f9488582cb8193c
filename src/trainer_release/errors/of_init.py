"""Pages of the error codes about adopting an existing repository."""

from __future__ import annotations

from trainer_release.errors.page import Page

INIT: dict[str, Page] = {
    "catalog-exists": Page(
        6,
        "There is a catalog already",
        "`init` writes a new catalog and never replaces one: what a person wrote there would be lost.",
        "Look at what it would write with `init --dry-run`; write it elsewhere with `--output`, or move the old one.",
    ),
    "nothing-to-adopt": Page(
        3,
        "No project to release",
        "The folder of the catalog, with all below it, holds no project that is released: no pyproject.toml, setup.cfg "
        "or setup.py with a name, or only examples, templates, tests and private projects. Hidden folders, build "
        "outputs and environments are passed over.",
        "Run `init` in the repository's root. A catalog lies above the projects that it lists.",
    ),
}
