"""Pages of the error codes about finishing a release without its files, and about its GitHub page."""

from __future__ import annotations

from trainer_release.errors.page import Page

RECOVERY: dict[str, Page] = {
    "rebuilt-differs": Page(
        10,
        "A file built again is another file",
        "The index lacks a file of the release, and its bytes are neither in the cache, nor in --artifacts, nor in the "
        "draft release. Built again from the release commit with the recorded requirements and time, it has another "
        "sha256: its backend writes the clock or the machine into it, or Python is another one.",
        "Give the folder that has the prepared files with --artifacts DIR. Where nothing is published yet, abandon the "
        "release and prepare it again; else release the next version.",
    ),
    "github-unreachable": Page(
        6,
        "GitHub did not answer",
        "The draft release holds the files before the first of them is uploaded to the index; GitHub could not be "
        "reached, broke off, or answered with a server error, more than once.",
        "Run the same command again later. Without GITHUB_TOKEN the release is made without a page.",
    ),
    "github-denied": Page(
        6,
        "GitHub refused",
        "The token is not valid, or it may not do what was asked: a release needs the right to write contents.",
        "Give a token with `contents: write` for this repository; in a workflow, say so in the job's permissions.",
    ),
    "github-answer-invalid": Page(
        6,
        "What answered is not GitHub",
        "The answer is no JSON of the API: a login page, a redirect to another host, or an answer that is too large.",
        "Check GITHUB_API_URL, GITHUB_SERVER_URL and the network (proxy, VPN).",
    ),
    "github-refused": Page(
        6,
        "GitHub does not take this release",
        "The request was understood and refused, and it would be refused again. A tag that an immutable release had is "
        "never given to another one, even when that release was deleted.",
        "Release the next version, or run without GITHUB_TOKEN: then the release is made without a page.",
    ),
    "github-paused": Page(
        8,
        "GitHub asks to wait",
        "A rate limit of GitHub's was reached, and it lasts longer than a run waits.",
        "Run the same command again after the time that is named: what is done is not done twice.",
    ),
    "asset-differs": Page(
        10,
        "The GitHub release has another file",
        "A file of the GitHub release has the name of one of ours, and other bytes than the record says.",
        "Find out who put it there. Remove it from the release, or release the next version.",
    ),
    "github-page-unfinished": Page(
        7,
        "The GitHub release is not finished",
        "Every file is published on the index and the manifest is written; only the release's page on GitHub is not "
        "complete yet.",
        "Run `trainer-release execute` again: it completes the page and publishes nothing twice.",
    ),
}
