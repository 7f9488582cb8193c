"""Pages of the error codes about lock files: uv.lock and poetry.lock."""

from __future__ import annotations

from trainer_release.errors.page import Page

LOCKS: dict[str, Page] = {
    "lock-invalid": Page(
        3,
        "A lock file that cannot be read",
        "The file is no TOML, or not what its tool writes: a merge that left its marks is the usual cause.",
        "Take one side of the merge, then let the tool write the file again: `uv lock`, `poetry lock`.",
    ),
    "lock-stale": Page(
        4,
        "A lock file says other versions than the suite",
        "A module's entry in the lock has another version than the catalog means, and the place where the version "
        "stands could not be found for certain, so that `sync` left the file alone.",
        "Run the tool that owns the file, as the hint says.",
    ),
    "lock-moved": Page(
        5,
        "The lock would move packages that are not the suite's",
        "A release moves the suite's own modules. To make the lock fit, its tool would also change what is locked of "
        "other packages: most often the lock did not fit its projects before, or it was made with another index.",
        "Bring the lock up to date in a commit of its own, look at it, then prepare again.",
    ),
    "lock-failed": Page(
        5,
        "The lock could not be brought along",
        "The tool that owns the lock could not make it fit the projects as the release has them, or says that what it "
        "made does not fit. Nothing of the release exists.",
        "Mend what its last lines name: an index that cannot be reached, requirements that exclude each other.",
    ),
    "lock-awaited": Page(
        4,
        "A lock file waits for what is published now",
        "The lock names modules in versions that its projects no longer allow, and it could not be made before the new "
        "ones were published. After publishing it was not made either, for the reason that is told: it lies in another "
        "repository, the work tree has moved on, the index was the embedded one, or its tool failed. The release is "
        "whole all the same.",
        "Run the command that is named, in the folder that is named, and commit the result.",
    ),
    "lock-made": Page(
        4,
        "A lock file was made after publishing",
        "It could not be made before the modules that it names were published. Now its tool has made it, from the "
        "projects as the release commit has them. No commit was made: the release is tagged already.",
        "Look at it with `git diff`, then commit it.",
    ),
    "lock-tool-missing": Page(
        6,
        "The tool of a lock file is not here",
        "A release changes projects that the lock file covers, so it has to be brought along by the tool that owns it; "
        "leaving it as it is would break the branch. A tool that is missing is never passed over.",
        "Install the tool and have it on PATH: `uv tool install poetry`, `pip install uv`.",
    ),
}
