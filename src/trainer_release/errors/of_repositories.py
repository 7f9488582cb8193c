"""Pages about modules that live in repositories of their own."""

from __future__ import annotations

from trainer_release.errors.page import Page

REPOSITORIES = {
    "repository-not-cloned": Page(
        3,
        "A repository is not cloned yet",
        "The catalog names a repository for some modules, and no command has fetched it on this machine. What works "
        "offline (`check`, `graph`, `sync`) cannot look at them.",
        "`trainer-release prepare VERSION --dry-run` looks at it without keeping anything; `prepare` clones it.",
    ),
    "ref-differs": Page(
        3,
        "One repository, two refs",
        "Two modules of the catalog lie in the same repository but name different refs. A release makes one commit in "
        "each repository.",
        "Write the same `ref` for both, or leave it out for the branch that the remote's HEAD names.",
    ),
    "ref-missing": Page(
        6,
        "The repository has no such ref",
        "The catalog's `ref` is neither a branch nor a tag of the remote, nor a whole commit id that it has.",
        "Correct `ref` in the catalog, or push it to that repository.",
    ),
    "ref-fixed": Page(
        6,
        "A tag or commit cannot take a release commit",
        "The catalog's `ref` of a repository is a tag or a commit, and versions or pins there have to change.",
        "Write a branch as `ref`; or commit the change there first, so that there is nothing left to change.",
    ),
    "repository-moved": Page(
        6,
        "Another repository has moved on",
        "A release was prepared on a commit of that repository, and its branch or tag has moved since: what was tested "
        "is no longer what is there.",
        "Run `trainer-release abandon VERSION`, then prepare again; nothing was uploaded.",
    ),
    "repository-incomplete": Page(
        6,
        "A prepared commit is missing",
        "The record names a commit of another repository that neither its remote nor a clone on this machine has: it "
        "was prepared elsewhere and not pushed.",
        "Run `trainer-release push VERSION` where it was prepared, or abandon it there and prepare here.",
    ),
    "tests-elsewhere": Page(
        5,
        "Modules of other repositories are not tested here",
        "test-agent tests what is in the folder where it is started. Modules of other repositories are installed from "
        "the index, in the catalog's version.",
        "Run `test-agent run` in those repositories, or `trainer-release prepare`, which builds and tests all of them.",
    ),
    "release-pending": Page(
        6,
        "A release was cut off half-way",
        "A run of `prepare` was ended while it moved the refs of several repositories. What is left to do is written "
        "down.",
        "`trainer-release prepare VERSION` of that version finishes it, `trainer-release abandon VERSION` undoes it.",
    ),
}
