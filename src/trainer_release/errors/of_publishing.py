"""Pages of the error codes about publishing: uploads, waiting, quotas, and what an index may refuse."""

from __future__ import annotations

from trainer_release.errors.page import Page

PUBLISHING: dict[str, Page] = {
    "upload-failed": Page(
        7,
        "An upload failed",
        "The index did not take a file, as it is or in all attempts, and at least one file of the release is live. "
        "What does not depend on it was published all the same; what does was left alone.",
        "Mend what the index said and run the command that the message names: only what is missing is uploaded.",
    ),
    "upload-refused": Page(
        6,
        "An upload failed, and nothing is published",
        "The index did not take a file, as it is or in all attempts. No file of the release is live: it can still be "
        "abandoned.",
        "Mend what the index said and run the command that the message names, or `trainer-release abandon VERSION`.",
    ),
    "index-stale": Page(
        7,
        "The index does not show the files yet",
        "The files are published: the index's JSON tells so. Its simple pages, which pip and uv read, are older: "
        "caches. This is no failure of these files; modules that need them wait.",
        "Run the command that the message names again later.",
    ),
    "index-quota": Page(
        8,
        "The index takes no more for now",
        "It answered 429: too many new projects in a day, or too many requests for as long as was waited; or "
        "`--spread` left new projects for the next day. What is published stays; nothing has to be mended.",
        "Run the same command again at the time that the message names.",
    ),
    "outcome-unknown": Page(
        11,
        "Nobody can say what became of a file",
        "It was sent, and the index neither shows it nor refused it, or could not be asked, for as long as was waited.",
        "Look at the project's page on the index. Running the same command again is safe: the same bytes are sent, and "
        "only if they are missing.",
    ),
    "not-installable": Page(
        7,
        "The published suite does not install",
        "Every file is published, but it could not be installed from the index, or is not what was prepared.",
        "If the index is slow, run again; otherwise release a repaired version.",
    ),
    "unfinished": Page(
        7,
        "A release is published in part",
        "A module could not be published. What does not depend on it was, and stays so.",
        "Run the one command that the message names: it goes on with what is missing.",
    ),
    "name-burnt": Page(
        6,
        "A file's name is used up",
        "The index knows the version and has none of its files: they were deleted, and a deleted file's name is never "
        "free again.",
        "Release the next version.",
    ),
    "window-closed": Page(
        6,
        "The release is too old to take files",
        "The index takes further files of a release only for some days after the first (pypi: 14), and these are over.",
        "Release the next version; `trainer-release withdraw` tells how to yank what is there.",
    ),
    "window-closing": Page(
        6,
        "The release must be finished soon",
        "The index takes further files of a release only for some days after the first (pypi: 14).",
        "Finish it with `trainer-release execute VERSION`.",
    ),
    "project-closed": Page(
        6,
        "The index has closed a project",
        "It is quarantined or archived (PEP 792): it takes no files.",
        "Unarchive it on the index's pages, or ask its administrators about the quarantine.",
    ),
    "release-yanked": Page(
        6,
        "The version is yanked",
        "Somebody yanked this version on the index; files added to it would be yanked with it; resolvers pass it by.",
        "Release the next version, or take the yank back on the index's pages.",
    ),
    "file-too-large": Page(
        6,
        "A file is larger than the index takes",
        "An index takes files up to a size (pypi: 100 MiB, more for a project that asked for it), and says so at "
        "upload, when other modules are published already.",
        "Leave out what the package does not need, or list the index under `indexes` with its `file-size`, in MiB.",
    ),
    "too-many-projects": Page(
        6,
        "More new projects than the index takes in a day",
        "The index does not know some of the packages, and takes only so many new projects a day.",
        "Publish them over several days with `--spread`, or create the projects beforehand.",
    ),
}
