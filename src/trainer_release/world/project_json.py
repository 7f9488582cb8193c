"""The project JSON API, where an index has one: it tells of a file at once, the simple API when its caches let it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from packaging.utils import canonicalize_name

from trainer_release.errors import fail
from trainer_release.model.index import IndexFile
from trainer_release.world import simple_page, web
from trainer_release.world.addresses import bare

LIMIT = 16 << 20
_HEADERS = {"Accept": "application/json", "Cache-Control": "no-cache, max-age=0"}


def published(address: str, package: str, version: str, *, timeout: float = 30) -> tuple[IndexFile, ...] | None:
    """The files of one version as the API at `address` tells them, None where it knows no such version (404).

    Raises `index-unreachable`, `index-denied` or `index-answer-invalid`.
    """
    url = f"{address.rstrip('/')}/{canonicalize_name(package)}/{version}/json"
    text = web.page(url, _HEADERS, limit=LIMIT, timeout=timeout).body
    if text is None:
        return None
    try:
        page = json.loads(text)
    except (ValueError, RecursionError):
        page = None
    if not (isinstance(page, dict) and isinstance(page.get("urls"), list)):
        raise fail(
            "index-answer-invalid",
            f"{bare(url)}: it is not the JSON of a release",
            hint="correct `json` under `indexes` in versions.yaml, or leave it out",
        )
    return tuple(_files(page["urls"]))


def _files(entries: list[Any]) -> Iterator[IndexFile]:
    for entry in entries:
        if isinstance(entry, dict) and isinstance(entry.get("filename"), str):
            digests = entry.get("digests")
            yield IndexFile(
                name=entry["filename"],
                url=str(entry.get("url", "")),
                sha256=simple_page.digest(digests.get("sha256")) if isinstance(digests, dict) else None,
                yanked=bool(entry.get("yanked")),
                uploaded=simple_page.moment(entry.get("upload_time_iso_8601")),
            )
