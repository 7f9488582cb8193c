"""Pages of the error codes about: index."""

from __future__ import annotations

from trainer_release.errors.page import Page

INDEX: dict[str, Page] = {
    "index-unreachable": Page(
        6,
        "The package index did not answer",
        "The index could not be reached, broke off, took too long, or answered with a server error.",
        "Check the address and the network (proxy, VPN), then run the same command again.",
    ),
    "index-denied": Page(
        6,
        "The package index refused to show its files",
        "It answered 401 or 403: reading needs credentials that were not found.",
        "Put the credentials for reading into ~/.netrc, then run the same command again.",
    ),
    "index-answer-invalid": Page(
        6,
        "What answered is no package index",
        "The answer is neither the JSON (PEP 691) nor the HTML (PEP 503) of a simple index: a login page, "
        "a redirect to another host, an answer that is too large, or a broken one.",
        "Open the address in a browser; correct `simple` under `indexes` in versions.yaml.",
    ),
    "index-start-failed": Page(
        6,
        "The embedded index did not start",
        "The server process ended before it could answer: most often its port is taken "
        "or its folder cannot be written.",
        "Choose another port, or leave it out for a free one.",
    ),
    "file-differs": Page(
        10,
        "A file's bytes differ from its hash",
        "What was downloaded has not the sha256 that the index states for it.",
        "Publish nothing more; find out who changed the file, on the index or on the way.",
    ),
    "pypirc-invalid": Page(
        6,
        "~/.pypirc cannot be read",
        "twine's configuration file is malformed or not readable. It holds secrets, so it is not shown.",
        "Correct ~/.pypirc, or set TWINE_USERNAME and TWINE_PASSWORD and move the file away.",
    ),
}
