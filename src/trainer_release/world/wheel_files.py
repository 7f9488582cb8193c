"""Write a wheel: the same files give the same bytes, on every machine and at any time."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from trainer_release.world.files import replace_bytes

_EPOCH = (1980, 1, 1, 0, 0, 0)
_WHEEL = "Wheel-Version: 1.0\nGenerator: trainer-release\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def write_wheel(folder: Path, name: str, version: str, metadata: str, installed: Mapping[str, bytes]) -> Path:
    """A pure wheel in `folder`, with RECORD ("Binary distribution format", packaging.python.org). `name` and `version`
    as in the metadata; `installed` are its files by path in site-packages. Nothing is compressed: what compression
    makes depends on the library's version."""
    from packaging.utils import canonicalize_name, canonicalize_version

    stem = f"{canonicalize_name(name).replace('-', '_')}-{canonicalize_version(version, strip_trailing_zero=False)}"
    info = f"{stem}.dist-info"
    files = dict(sorted(installed.items()))
    files |= {f"{info}/METADATA": metadata.encode(), f"{info}/WHEEL": _WHEEL.encode()}
    files[f"{info}/RECORD"] = _record(files, f"{info}/RECORD")
    target = folder / f"{stem}-py3-none-any.whl"
    replace_bytes(target, _zipped(files), lasting=False)
    return target


def _record(files: Mapping[str, bytes], own: str) -> bytes:
    lines = [f"{path},sha256={_digest(data)},{len(data)}\n" for path, data in files.items()]
    return "".join([*lines, f"{own},,\n"]).encode()


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def _zipped(files: Mapping[str, bytes]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
        for path, data in files.items():
            entry = zipfile.ZipInfo(path, _EPOCH)
            entry.create_system = 3  # Unix, whatever runs this
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, data)
    return whole.getvalue()
