"""What is said where a module cannot be published: which files are there, which are not, why, and the next move."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from trainer_release.errors import Problem
from trainer_release.model.index import Dist
from trainer_release.model.publishing import Answer
from trainer_release.release.publishing.asking import Release, Seen

_MOVES = {
    "rights": "the credentials may not upload to {package}: use a token that may (TWINE_USERNAME=__token__, the token "
    "as TWINE_PASSWORD), or correct owner, repository, workflow and environment of its trusted publisher",
    "settings": "set TWINE_USERNAME and TWINE_PASSWORD, or correct keyring, ~/.pypirc or the trusted publisher",
    "size": "the file is larger than the index takes: make it smaller and release the next version, or ask the index "
    "for a higher limit",
    "burnt": "a file of that name was there and was deleted; its name is never free again: release the next version",
    "closed": "the release is too old to take further files: release the next version",
    "metadata": "the index takes no such metadata: correct it and release the next version, or, as long as nothing of "
    "this one is published, `trainer-release abandon` it and prepare it again",
    "address": "nothing takes uploads at that address, or it is hidden from these credentials: correct `upload` under "
    "`indexes` in versions.yaml",
    "redirect": "uploads are not sent on to another address: correct `upload` under `indexes` in versions.yaml",
    "proxy": "the proxy wants credentials: correct HTTPS_PROXY, or NO_PROXY",
    "page": "what answered is a web page and no index: log in to the network, or correct `upload` in versions.yaml",
}
_LATER = "run the same command again: what is published is not uploaded twice"


def refused(release: Release, seen: Seen | None, answer: Answer, kind: str) -> Problem:
    """The index will not take it as it is, or did not in all attempts: `upload-failed` where something of the module is
    live, else `upload-refused`."""
    live = seen.live if seen else []
    return Problem(
        "upload-failed" if live else "upload-refused",
        f"{release.package} {release.version}: {answer.name} was not taken{_stand(release, live)}",
        context=_said(answer),
        hint=_MOVES.get(kind, "").format(package=release.package) or f"mend what the index said, then {_LATER}",
    )


def paused(release: Release, until: datetime, answer: Answer | None, projects: bool) -> Problem:
    """The quota of the index is used up."""
    what = "no more new projects today" if projects else "no more uploads now"
    return Problem(
        "index-quota",
        f"{release.package} {release.version}: the index takes {what}; earliest {until:%Y-%m-%dT%H:%MZ}",
        context=_said(answer) if answer else (),
        hint=f"at {until:%Y-%m-%dT%H:%MZ} or later, {_LATER}",
    )


def unknown(release: Release, why: str, left: Iterable[Dist], answer: Answer | None = None) -> Problem:
    """Nobody can say what became of it."""
    return Problem(
        "outcome-unknown",
        f"{release.package} {release.version}: {why} {names(left)}",
        context=_said(answer) if answer else (),
        hint=f"look at the project's page on the index, then {_LATER}; other bytes are never sent",
    )


def stale(release: Release, left: Iterable[Dist], since: datetime) -> Problem:
    """Published, and not visible yet."""
    return Problem(
        "index-stale",
        f"{release.package} {release.version} is published, not visible yet: since {since:%Y-%m-%d %H:%MZ} the simple "
        f"index does not serve {names(left)}",
        hint=f"the files are safe; wait for the index's caches, then {_LATER}",
    )


def unresolved(release: Release, tail: tuple[str, ...]) -> Problem:
    """Listed, and no resolver takes it."""
    return Problem(
        "not-installable",
        f"{release.package} {release.version} is published, and the resolver does not take it",
        context=tail,
        hint=f"if the index is slow, {_LATER}; else release a repaired version",
    )


def names(files: Iterable[Dist]) -> str:
    """File names in a row."""
    return ", ".join(dist.name for dist in files)


def _stand(release: Release, live: list[Dist]) -> str:
    left = [dist for dist in release.files if dist not in live]
    return f"; published: {names(live)}; missing: {names(left)}" if live else ""


def _said(answer: Answer) -> tuple[str, ...]:
    """The index's own words, a few lines of them."""
    lines = [line.strip()[:300] for line in answer.text.splitlines() if line.strip()][:5]
    head = f"the index answered {answer.status}" if answer.status else "there was no answer"
    return (f"{head}: {lines[0]}" if lines else head, *lines[1:])
