"""Where a person yanks a release: no index lets a program do it."""

from __future__ import annotations

from packaging.utils import canonicalize_name

from trainer_release.world.index import default_upload, project_url


def yank_page(index: str, upload: str | None, package: str, version: str) -> str:
    """The page on which an owner yanks a release: PyPI's and TestPyPI's own; of any other index the page of the release
    or, where it has none, of the package."""
    from twine.repository import TEST_WAREHOUSE, WAREHOUSE, WAREHOUSE_WEB

    name, address = canonicalize_name(package), upload or default_upload(index) or ""
    for prefix, site in ((WAREHOUSE, WAREHOUSE_WEB), (TEST_WAREHOUSE, TEST_WAREHOUSE)):
        if address.startswith(prefix):
            return f"{site}manage/project/{name}/release/{version}/"
    return project_url(address, package, version)
