"""Pages of the error codes about runs: lock and lease, journal, what a killed run left, and what the system refuses."""

from __future__ import annotations

from trainer_release.errors.page import Page

RUNS: dict[str, Page] = {
    "locked": Page(
        9,
        "Another run holds the lock",
        "One prepare, execute, tag, push or abandon of a suite runs at a time on a machine. The holder is named; "
        "the lock is freed when that process ends, however it ends.",
        "Wait, or end that process.",
    ),
    "lock-unusable": Page(
        6,
        "The lock file cannot be used",
        "The lock is a plain file in the suite's cache folder. A symbolic link, or a file of somebody else's, is not "
        "followed.",
        "Look at the file that is named, and remove it.",
    ),
    "leased": Page(
        9,
        "Another machine releases",
        "While a run pushes and uploads, a ref on the remote says so. Its holder is named: machine, process and "
        "command, or the workflow run. One that is provably gone is replaced without a question: on this machine no "
        "such process runs, or that workflow run is over, or is this one, run again.",
        "Wait until that run ends. Where you know that it will not go on: `trainer-release execute --take-over`.",
    ),
    "lease-lost": Page(
        9,
        "Another run took over",
        "While this run published, somebody took its lease on the remote. What is published stays; this run stops "
        "before its next upload or push.",
        "Leave it to the other run; where that fails, run `trainer-release execute` again.",
    ),
    "lease-left": Page(
        9,
        "The lease could not be given back",
        "The run is over, but the remote did not answer when its lease was to be removed.",
        "Nothing, on this machine: the next run here sees that it is over. Elsewhere remove the ref that is named.",
    ),
    "lease-refused": Page(
        9,
        "There is no lease",
        "The remote lets this run push nothing, and nothing has to be pushed: the release goes on, but a run elsewhere "
        "does not see it. Files with other bytes would be noticed all the same.",
        "In a workflow give the job `contents: write` and `GITHUB_TOKEN`; elsewhere ask for the right to push.",
    ),
    "git-locked": Page(
        6,
        "A lock file of git's is in the way",
        "A git command holds the file, or was killed and left it. One that a killed run of ours left is removed by the "
        "next run, once no git process works in the repository; any other is nobody's but yours to remove.",
        "Wait for the git process that is named; where there is none on any machine that shares the folder, remove it.",
    ),
    "refs-half-moved": Page(
        6,
        "git moved some of the refs, and stopped",
        "Branch, record and tags are moved in one transaction, but git was ended, or the disk failed, in its middle.",
        "Run the same command again: it finishes them. `trainer-release abandon VERSION` takes all of them back.",
    ),
    "journal-edited": Page(
        10,
        "The journal was changed",
        "A line of the journal does not match its checksum.",
        "Remove the journal file; index and git know what is done. Then run the same command again.",
    ),
    "journal-of-another-plan": Page(
        10,
        "The journal belongs to another plan",
        "The journal beside this release was written by a run with another plan.",
        "Remove the journal file; index and git know what is done. Then run the same command again.",
    ),
    "journal-of-another-tool": Page(
        10,
        "Another version of trainer-release began this",
        "The journal of an unfinished run was written by another version, which may mean other things by it.",
        "Finish with that version; or remove the journal file: index and git know what is done. Then run the same "
        "command again.",
    ),
    "system-failed": Page(
        7,
        "The system refused, in the middle of publishing",
        "Some files of the release are live when the disk is full or failing, a folder may not be written, or too many "
        "files are open.",
        "Mend what the message names and run `trainer-release execute` again: only what is missing is uploaded.",
    ),
    "system-refused": Page(
        6,
        "The system refused",
        "The disk is full or failing, a folder may not be written, or too many files are open. Files are replaced "
        "whole or not at all, so what was there is intact.",
        "Mend what the message names and run the same command again: it goes on where it stopped.",
    ),
}
