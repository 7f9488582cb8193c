"""Pages of an index as they were before some files came: how a stale answer looks."""

from __future__ import annotations

import json
import re
from collections.abc import Set as AbstractSet

from trainer_release.world.simple_page import package_and_version

_ANCHOR = re.compile(r"<a\b[^>]*>\s*([^<]*?)\s*</a>(?:\s*<br\s*/?>)?")


def without(hidden: AbstractSet[str], kind: str, body: bytes) -> bytes | None:
    """A project's page (PEP 503, PEP 691, or a release's JSON) without the files `hidden`; None where none is left.

    `kind` is its content type. So answers an index, or a cache before it, that has not heard of them yet.
    """
    if "json" not in kind:
        text = body.decode("utf-8", "replace")
        left = _ANCHOR.sub(lambda found: "" if found[1] in hidden else found[0], text)
        return left.encode() if _ANCHOR.search(left) else None
    page = json.loads(body)
    key = "urls" if "urls" in page else "files"
    page[key] = [file for file in page[key] if file["filename"] not in hidden]
    if "versions" in page:
        there = {str(found[1]) for file in page[key] if (found := package_and_version(file["filename"]))}
        page["versions"] = [version for version in page["versions"] if version in there]
    return json.dumps(page).encode() if page[key] else None
