"""Ask a package index: what it lists, the bytes of a file, and where indexes are."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urljoin

from packaging.utils import canonicalize_name

from trainer_release.errors import Problem, ReleaseError, fail
from trainer_release.model.index import IndexFile, Page
from trainer_release.world import simple_page, web
from trainer_release.world.addresses import bare
from trainer_release.world.files import LEFTOVER

PAGE_LIMIT = 64 << 20
FILE_LIMIT = 2 << 30
DOWNLOAD_SECONDS = 600.0
_HEADERS = {
    "Accept": "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01",
    "Cache-Control": "no-cache, max-age=0",
}


def listing(simple: str, package: str, *, timeout: float = 30) -> Page:
    """What the index at `simple` lists of a package, past every cache; empty where it does not know it (404).

    `timeout` is in seconds. Raises `index-unreachable`, `index-denied` or `index-answer-invalid`.
    """
    name = canonicalize_name(package)
    url = f"{simple.rstrip('/')}/{name}/"
    found = web.page(url, _HEADERS, limit=PAGE_LIMIT, timeout=timeout)
    if found.body is None:
        return Page({}, known=False)
    try:
        return simple_page.read(name, found.url, found.kind, found.body)
    except ValueError as error:
        raise fail(
            "index-answer-invalid",
            f"{bare(url)}: {error}",
            hint="open the address in a browser and correct `simple` in versions.yaml",
        ) from error


def listings(simple: str, packages: Iterable[str]) -> dict[str, Page]:
    """As `listing`, for several packages at once; all complaints come together."""
    wanted = list(packages)
    problems: list[Problem] = []
    found: dict[str, Page] = {}
    with ThreadPoolExecutor(8) as pool:
        futures = {package: pool.submit(listing, simple, package) for package in wanted}
    for package, future in futures.items():
        try:
            found[package] = future.result()
        except ReleaseError as error:
            problems.extend(error.problems)
    if problems:  # an index that does not answer says so once, not for every package
        silent = [problem for problem in problems if problem.code == "index-unreachable"]
        raise ReleaseError(*silent[:1], *(problem for problem in problems if problem not in silent))
    return found


def download(file: IndexFile, folder: Path) -> Path:
    """Fetch a file into `folder`; it appears there whole, with the stated sha256, or not at all."""
    if simple_page.package_and_version(file.name) is None:
        raise fail("index-answer-invalid", f"{file.name!r} is not the name of a distribution file")
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=LEFTOVER, dir=folder)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as target:
            digest = _stream(file, target.write)
            size = target.tell()
            target.flush()
            os.fsync(target.fileno())
        if (file.sha256 or digest) != digest or (file.size or size) != size:
            raise fail(
                "file-differs",
                f"{file.name}: the index states sha256 {file.sha256}, what came is {size} bytes of {digest}",
                hint=f"publish nothing more before it is known who changed {file.url}",
            )
        temporary.chmod(0o644)
        return temporary.replace(folder / file.name)
    finally:
        temporary.unlink(missing_ok=True)


def _stream(file: IndexFile, write: Callable[[bytes], object]) -> str:
    digest = hashlib.sha256()
    with web.answer(file.url, {}, timeout=web.READ, anywhere=file.sha256 is not None) as response:
        if response.status_code == 404:
            raise fail(
                "index-unreachable",
                f"{file.url}: the index lists this file and does not have it (404)",
                hint="run again in a few minutes; an index may list a file before each of its mirrors has it",
            )
        for piece in web.body(response, limit=FILE_LIMIT, timeout=DOWNLOAD_SECONDS):
            digest.update(piece)
            write(piece)
    return digest.hexdigest()


def digest_of(file: IndexFile) -> str:
    """The sha256 of a file's bytes as the index serves them: for one that states no hash."""
    return _stream(file, lambda _: None)


def default_upload(name: str) -> str | None:
    """Where uploads to `pypi` and `testpypi` go, by twine's constants; None for any other index."""
    from twine.utils import DEFAULT_REPOSITORY, TEST_REPOSITORY

    return {"pypi": str(DEFAULT_REPOSITORY), "testpypi": str(TEST_REPOSITORY)}.get(name)


def default_simple(name: str) -> str | None:
    """Where `pypi` and `testpypi` serve the simple API; None for any other index."""
    from twine.repository import TEST_WAREHOUSE, WAREHOUSE_WEB

    site = {"pypi": WAREHOUSE_WEB, "testpypi": TEST_WAREHOUSE}.get(name)
    return urljoin(site, "/simple/") if site else None


def default_json(name: str) -> str | None:
    """Where `pypi` and `testpypi` have their project JSON API; None for any other index."""
    simple = default_simple(name)
    return urljoin(simple, "/pypi") if simple else None


def project_url(upload: str, package: str, version: str) -> str:
    """The page of a release that a person opens; where an index has none, the package's simple page."""
    from twine.repository import TEST_WAREHOUSE, WAREHOUSE, WAREHOUSE_WEB

    name = canonicalize_name(package)
    for prefix, site in ((WAREHOUSE, WAREHOUSE_WEB), (TEST_WAREHOUSE, TEST_WAREHOUSE)):
        if upload.startswith(prefix):
            return f"{site}project/{name}/{version}/"
    return f"{bare(upload).rstrip('/').removesuffix('/legacy')}/simple/{name}/"
