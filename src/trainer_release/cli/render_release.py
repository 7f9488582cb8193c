"""A started release as text and JSON: what is done, what is not, since when, and what finishes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trainer_release.cli.render import table

if TYPE_CHECKING:
    from datetime import datetime

    from trainer_release.app.status import Release


def release_document(release: Release) -> dict[str, Any]:
    """A release as it stands under `releases` of `trainer-release/status/v1`."""
    files = [
        {"module": f.module, "name": f.name, "state": f.state, "since": f.since.isoformat() if f.since else None}
        for f in release.files
    ]
    return {
        "version": release.version,
        "state": release.state,
        "missing": list(release.missing),
        "command": release.command,
        "files": files,
        "deadline": release.deadline.isoformat() if release.deadline else None,
        "withdrawn": release.withdrawn,
    }


def release_text(suite: str, release: Release) -> str:
    """One line for a release that is done; of one that is not, a row a file that is not there."""
    what = "refs" if release.state == "cut off" else "files"
    missing = f", {len(release.missing)} of {len(release.files) or len(release.missing)} {what} missing"
    lines = [f"{suite} {release.version}: {release.state}{missing if release.missing else ''}"]
    if release.withdrawn:
        lines.append(f"  {release.withdrawn}")
    if release.state == "partial":
        rows = [(f.name, f.state, _moment(f.since)) for f in release.files]
        lines += [f"  {line}" for line in table(("file", "state", "since"), rows).splitlines()]
    if release.deadline:
        lines.append(f"  the index takes further files until {_moment(release.deadline)}")
    return "\n".join([*lines, *([f"  next: {release.command}"] if release.command else [])])


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%MZ}" if at else "-"
