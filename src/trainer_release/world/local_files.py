"""The embedded index's store: a folder where a file appears whole, once, and for ever."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from pypiserver.backend import BackendProxy, SimpleFileBackend
from pypiserver.bottle_wrapper import HTTPError, request
from pypiserver.config import DEFAULTS, Config

from trainer_release.world.files import LEFTOVER, sync_folder
from trainer_release.world.simple_page import package_and_version

PUBLIC = str(DEFAULTS.FALLBACK_URL)
UPLOADED = "trainer_release.uploaded"
"""Key in the WSGI environment: (file name, sha256 or None) of what a request brought."""


class LocalFiles(SimpleFileBackend):  # type: ignore[misc]  # pypiserver has no types
    """The folder backend of pypiserver: uploads by rename, never over another file, nothing removed."""

    def __init__(self, config: Any, names: frozenset[str]) -> None:
        super().__init__(config)
        self.folder: Path = self.roots[0]
        self.names = names
        self._digests: dict[str, str] = {}
        for leftover in self.folder.glob(f"{LEFTOVER}*"):
            leftover.unlink(missing_ok=True)

    def exists(self, filename: str) -> bool:
        request.environ[UPLOADED] = (filename, None)
        return bool(super().exists(filename))

    def add_package(self, filename: str, stream: BinaryIO) -> None:
        """Take an upload, whole or not at all; a name that is there is never replaced."""
        parsed = package_and_version(filename)
        if parsed is None:
            raise HTTPError(400, f"{filename!r} is not the name of a wheel or an sdist")
        if parsed[0] not in self.names:
            raise HTTPError(403, f"{parsed[0]!r} is no package of the suite that this index serves")
        if request.content_length not in {-1, request.body.seek(0, os.SEEK_END)}:
            raise HTTPError(400, "the upload broke off")  # Python's cgi would take the part for the whole
        handle, name = tempfile.mkstemp(prefix=LEFTOVER, dir=self.folder)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as target:
                digest = _copy(stream, target)
            request.environ[UPLOADED] = (filename, digest)
            _compare(request.forms.get("sha256_digest"), digest)
            temporary.chmod(0o644)
            # A link, unlike a rename, never replaces: of two uploads that race, one is told.
            (self.folder / filename).hardlink_to(temporary)
        except FileExistsError as error:
            code = 400 if "twine" in request.headers.get("User-Agent", "") else 409
            raise HTTPError(code, f"Package {filename!r} already exists!") from error
        finally:
            temporary.unlink(missing_ok=True)
        sync_folder(self.folder)

    def remove_package(self, pkg: Any) -> None:
        raise HTTPError(403, f"{pkg.relfn!r} stays: what was published is never removed")

    def digest(self, pkg: Any) -> str:
        return f"sha256={self.sha256(Path(pkg.fn))}"

    def sha256(self, path: Path) -> str:
        """The hex digest of a stored file; computed once, as a stored file never changes."""
        if path.name not in self._digests:
            self._digests[path.name] = sha256(path.read_bytes()).hexdigest()
        return self._digests[path.name]

    def page(self, package: str) -> Mapping[str, Any] | None:
        """The project page of PEP 691 (api-version 1.1, PEP 700); None where nothing is stored of it."""
        found = [
            (version, path)
            for path in self.folder.iterdir()
            if (parsed := package_and_version(path.name)) and parsed[0] == package
            for version in parsed[1:]
        ]
        files = [
            {
                "filename": path.name,
                "url": f"../../packages/{path.name}",
                "hashes": {"sha256": self.sha256(path)},
                "size": path.stat().st_size,
            }
            for _, path in sorted(found)
        ]
        versions = [str(version) for version in sorted({version for version, _ in found})]
        meta = {"api-version": "1.1"}
        return {"meta": meta, "name": package, "versions": versions, "files": files} if files else None


def application(folder: Path, names: frozenset[str]) -> tuple[Any, LocalFiles]:
    """The WSGI application over the folder, and its store.

    An upload must bear credentials, whichever: so no web page that a person looks at can upload.
    """
    import pypiserver

    config = Config.default_with_overrides(
        roots=[folder],
        authenticate=["update"],
        auther=lambda *_: True,
        disable_fallback=True,
        log_stream=None,
    )
    store = LocalFiles(config, names)
    config.backend = BackendProxy(store)
    return pypiserver.setup_routes_from_config(pypiserver.app_from_config(config), config), store


def _copy(stream: BinaryIO, target: BinaryIO) -> str:
    digest = sha256()
    while piece := stream.read(1 << 20):
        digest.update(piece)
        target.write(piece)
    target.flush()
    os.fsync(target.fileno())
    return digest.hexdigest()


def _compare(sent: str | None, digest: str) -> None:
    if sent is not None and sent.lower() != digest:
        raise HTTPError(400, f"the bytes have sha256 {digest}, and {sent} was announced")
