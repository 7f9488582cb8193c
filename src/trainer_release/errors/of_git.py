"""Pages of the error codes about git: repository, branch, tags, pushes."""

from __future__ import annotations

from trainer_release.errors.page import Page

GIT: dict[str, Page] = {
    "not-a-repository": Page(
        6,
        "No git repository here",
        "A release is a commit and a tag, so the catalog must lie in a git repository with at least one commit.",
        "Run `git init`, commit the work, and prepare again. `check`, `graph`, `sync` and `verify` work without git.",
    ),
    "file-linked": Page(
        6,
        "A file of the release is a symbolic link",
        "A release changes the text of this file, and git has a link there: the text would become where it leads.",
        "Put the file itself there, and commit it.",
    ),
    "git-failed": Page(
        6,
        "A git command failed",
        "git answered with an error; its last lines are shown.",
        "Mend what git names and run the same command again: it goes on where it stopped.",
    ),
    "ref-moved": Page(
        6,
        "A branch or tag moved meanwhile",
        "Branch, record and tags are set in one transaction that compares each with what was seen. One had moved, or a "
        "lock file lies beside it, so none was set.",
        "Look at `git log` and at the name in git's message; remove a stale *.lock only when no git runs; run again.",
    ),
    "dirty-tree": Page(
        6,
        "Uncommitted changes",
        "What is released must be in a commit. An edit of versions.yaml alone is fine: it joins the release commit.",
        "Commit or stash the files named.",
    ),
    "wrong-branch": Page(
        6,
        "Not on a release branch",
        "`release.branches` in the catalog names the branches that releases are prepared on.",
        "Switch to one of them, or add this one to the list.",
    ),
    "operation-in-progress": Page(
        6,
        "git is in the middle of something",
        "A merge, rebase, cherry-pick or bisect is not finished.",
        "Finish or abort it.",
    ),
    "sparse-checkout": Page(
        6,
        "Sparse checkout",
        "Parts of the tree are missing here, so files of the suite could be read wrongly.",
        "Run `git sparse-checkout disable`, or prepare in a full clone.",
    ),
    "no-identity": Page(
        6,
        "git does not know who you are",
        "Commit and tag carry a name and an address.",
        "Set `git config user.name` and `git config user.email`.",
    ),
    "tag-taken": Page(
        6,
        "The tag exists",
        "A tag of this name exists here or on the remote. A tag is never moved.",
        "Choose the next version; or, where the tagged release was never published, `trainer-release abandon VERSION`.",
    ),
    "behind-remote": Page(
        6,
        "The remote's branch is ahead",
        "The branch on the remote has commits that are not here: the push of the release would be refused.",
        "Run `git pull --rebase`, then prepare again.",
    ),
    "remote-unreachable": Page(
        6,
        "The remote does not answer",
        "git could not list the remote's refs.",
        "Mend network or credentials; `git ls-remote` must work.",
    ),
    "push-refused": Page(
        6,
        "The remote refused the push",
        "A protected branch, a hook or missing rights. Pushes come before the first upload, so nothing is published.",
        "Get the right to push, or set `release: {push: pull-request}` and prepare again.",
    ),
    "file-changed": Page(
        6,
        "A file changed meanwhile",
        "A file that `sync` or the release edits was changed by someone else meanwhile; it was not overwritten.",
        "Run `sync` again; after `prepare`, compare the file with the prepared commit and keep what you want.",
    ),
    "tree-differs": Page(
        6,
        "No merged commit has the prepared tree",
        "`tag` looks on the branch for a commit whose tree is the prepared one, merged or squashed alike. What was "
        "merged differs, or is not merged yet.",
        "Merge the release branch as it stands; where the branch has moved on, `abandon` and prepare again.",
    ),
    "not-tagged": Page(
        6,
        "The release is not tagged yet",
        "With `push: pull-request` the suite tag is set after the merge.",
        "Merge the release branch, then run `trainer-release tag VERSION`.",
    ),
}
