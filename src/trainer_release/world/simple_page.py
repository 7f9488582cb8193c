"""What a simple index answers (PEP 503 as HTML, PEP 691 as JSON), read into a listing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import Version

from trainer_release.model.index import IndexFile, Listing
from trainer_release.world.addresses import bare

_MARKS = re.compile(r"links for|simple index", re.IGNORECASE)


def package_and_version(filename: str) -> tuple[str, Version] | None:
    """Of which package and version a file is, by its name; None where it is neither wheel nor sdist."""
    if "/" in filename or "\\" in filename or not filename.isprintable():
        return None
    try:
        if filename.endswith(".whl"):
            return parse_wheel_filename(filename)[:2]
        return parse_sdist_filename(filename)
    except (InvalidWheelFilename, InvalidSdistFilename):
        return None


def read(package: str, url: str, kind: str, body: bytes) -> Listing:
    """The files of `package` (canonical name) in an answer that came from `url` with content type `kind`.

    Files whose names cannot be read, or that are of another package, are left out. ValueError says in one
    sentence why an answer is no page of a simple index.
    """
    if "json" in kind:
        files = _from_json(package, url, body)
    elif "html" in kind:
        files = _from_html(url, body)
    else:
        raise ValueError("it is neither JSON nor HTML")
    found: dict[Version, list[IndexFile]] = {}
    for file in files:
        match package_and_version(file.name):
            case (name, version) if name == package:
                found.setdefault(version, []).append(file)
    return {str(version): tuple(found[version]) for version in sorted(found)}


def _from_json(package: str, url: str, body: bytes) -> Iterator[IndexFile]:
    try:
        page = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ValueError("it says that it is JSON and is not") from error
    if not (isinstance(page, dict) and isinstance(page.get("files"), list)):
        raise ValueError("it is JSON without a list of files")  # noqa: TRY004  # an answer, not an argument
    meta = page.get("meta")
    api = str(meta.get("api-version", "1.0")) if isinstance(meta, dict) else "1.0"
    if api.partition(".")[0] != "1":
        raise ValueError(f"it speaks version {api[:20]!r} of the simple API, and 1.x is what is known here")
    if canonicalize_name(str(page.get("name", package))) != package:
        raise ValueError("it is about another package")
    yield from (file for entry in page["files"] if isinstance(entry, dict) and (file := _entry(url, entry)))


def _entry(base: str, entry: dict[str, Any]) -> IndexFile | None:
    hashes, size = entry.get("hashes"), entry.get("size")
    target = _join(base, str(entry.get("url", "")))
    if target is None:
        return None
    return IndexFile(
        name=str(entry.get("filename", "")),
        url=target,
        sha256=_sha256(hashes.get("sha256")) if isinstance(hashes, dict) else None,
        size=size if isinstance(size, int) and not isinstance(size, bool) and size >= 0 else None,
        yanked=bool(entry.get("yanked")) or entry.get("yanked") == "",
    )


def _from_html(url: str, body: bytes) -> Iterator[IndexFile]:
    page = _Page(url)
    page.feed(body.decode("utf-8", "replace"))
    page.close()
    if not page.marked and not any(package_and_version(file.name) for file in page.files):
        raise ValueError("it is an HTML page, but not of a simple index")
    yield from page.files


class _Page(HTMLParser):
    """The anchors of a PEP 503 page, and whether it looks like one."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base
        self.files: list[IndexFile] = []
        self.marked = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "base" and found.get("href"):
            self.base = urljoin(self.base, found["href"] or "")
        elif tag == "meta" and found.get("name") == "pypi:repository-version":
            self.marked = True
        elif tag == "a" and (href := found.get("href")) and (target := _join(self.base, href)):
            name = unquote(urlsplit(target).path.rpartition("/")[2])
            fragment = re.search(r"(?:^|&)sha256=([0-9a-fA-F]{64})(?:&|$)", urldefrag(href).fragment)
            digest = fragment[1].lower() if fragment else None
            self.files.append(IndexFile(name, target, digest, None, "data-yanked" in found))

    def handle_data(self, data: str) -> None:
        self.marked = self.marked or bool(_MARKS.match(data.strip()))


def _join(base: str, href: str) -> str | None:
    """The whole address, fit to be shown and kept; None where it leads anywhere but the web."""
    try:
        target = bare(urldefrag(urljoin(base, href)).url)
        usable = target.isprintable() and urlsplit(target).scheme in {"http", "https"}
    except ValueError:
        return None
    return target if usable else None


def _sha256(digest: object) -> str | None:
    text = str(digest).lower()
    return text if re.fullmatch(r"[0-9a-f]{64}", text) else None
