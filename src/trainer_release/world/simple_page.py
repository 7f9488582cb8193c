"""What a simple index answers (PEP 503 as HTML, PEP 691 as JSON), read into a listing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
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
from packaging.version import InvalidVersion, Version

from trainer_release.model.index import IndexFile, Page
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


def read(package: str, url: str, kind: str, body: bytes) -> Page:
    """The files of `package` (canonical name) in an answer that came from `url` with content type `kind`.

    Files whose names cannot be read, or that are of another package, are left out. ValueError says in one
    sentence why an answer is no page of a simple index.
    """
    versions: tuple[str, ...] | None = None
    if "json" in kind:
        page = _checked(package, body)
        files: Iterable[IndexFile] = (file for entry in page["files"] if (file := _entry(url, entry)))
        status, versions = _status(page.get("project-status")), _versions(page.get("versions"))
    elif "html" in kind:
        files, status = _from_html(url, body)
    else:
        raise ValueError("it is neither JSON nor HTML")
    found: dict[Version, list[IndexFile]] = {}
    for file in files:
        match package_and_version(file.name):
            case (name, version) if name == package:
                found.setdefault(version, []).append(file)
    ordered = {str(version): tuple(found[version]) for version in sorted(found)}
    return Page(ordered, status=status, versions=versions)


def _checked(package: str, body: bytes) -> dict[str, Any]:
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
    return page


def _status(said: object) -> str:
    """PEP 792's word for a project, fit to be shown."""
    word = said.get("status") if isinstance(said, dict) else said
    return word if isinstance(word, str) and re.fullmatch(r"[a-z-]{1,20}", word) else "active"


def _versions(said: object) -> tuple[str, ...] | None:
    """The versions of PEP 700 in canonical spelling; what is none is left out."""
    if not isinstance(said, list):
        return None
    found = []
    for version in said:
        with suppress(InvalidVersion):
            found.append(str(Version(str(version))))
    return tuple(found)


def moment(said: object) -> datetime | None:
    """A time of ISO 8601, as UTC; None for what is none."""
    try:
        found = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _entry(base: str, entry: object) -> IndexFile | None:
    if not isinstance(entry, dict):
        return None
    hashes, size = entry.get("hashes"), entry.get("size")
    target = _join(base, str(entry.get("url", "")))
    if target is None:
        return None
    return IndexFile(
        name=str(entry.get("filename", "")),
        url=target,
        sha256=digest(hashes.get("sha256")) if isinstance(hashes, dict) else None,
        size=size if isinstance(size, int) and not isinstance(size, bool) and size >= 0 else None,
        yanked=bool(entry.get("yanked")) or entry.get("yanked") == "",
        uploaded=moment(entry.get("upload-time")),
    )


def _from_html(url: str, body: bytes) -> tuple[list[IndexFile], str]:
    page = _Page(url)
    page.feed(body.decode("utf-8", "replace"))
    page.close()
    if not page.marked and not any(package_and_version(file.name) for file in page.files):
        raise ValueError("it is an HTML page, but not of a simple index")
    return page.files, _status(page.status)


class _Page(HTMLParser):
    """The anchors of a PEP 503 page, and whether it looks like one."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base
        self.files: list[IndexFile] = []
        self.marked = False
        self.status: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "base" and found.get("href"):
            self.base = urljoin(self.base, found["href"] or "")
        elif tag == "meta" and found.get("name") == "pypi:repository-version":
            self.marked = True
        elif tag == "meta" and found.get("name") == "pypi:project-status":
            self.status = found.get("content")
        elif tag == "a" and (href := found.get("href")) and (target := _join(self.base, href)):
            name = unquote(urlsplit(target).path.rpartition("/")[2])
            fragment = re.search(r"(?:^|&)sha256=([0-9a-fA-F]{64})(?:&|$)", urldefrag(href).fragment)
            sha256 = fragment[1].lower() if fragment else None
            self.files.append(IndexFile(name, target, sha256, None, "data-yanked" in found))

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


def digest(said: object) -> str | None:
    """A sha256 in hex digits, None for what is none."""
    text = str(said).lower()
    return text if re.fullmatch(r"[0-9a-f]{64}", text) else None
