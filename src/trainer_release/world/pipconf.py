"""What a person configured for pip, read as pip reads it (its manual's "Configuration")."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path


def index_of_pip() -> str | None:
    """The index URL that pip would use, None where nobody set one. It may hold a password: never show it."""
    return _setting("index-url")


def ca_bundle() -> str | None:
    """The file of certificate authorities that pip would trust, None where nobody set one."""
    return _setting("cert")


def _setting(name: str) -> str | None:
    """An option of `pip install`: the environment first, then the files, the last that names it winning."""
    found = os.environ.get(f"PIP_{name.upper().replace('-', '_')}") or None
    if found is not None:
        return found
    import configparser

    for path in _files():
        parser = configparser.RawConfigParser()
        try:
            parser.read(path, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError):
            continue  # pip itself will say what is wrong with its file
        for section in ("global", "install"):
            found = parser.get(section, name, fallback="").strip() or found
    return found


def _files() -> Iterator[Path]:
    """The files, the lightest first; `PIP_CONFIG_FILE` at os.devnull means none."""
    named = os.environ.get("PIP_CONFIG_FILE")
    if named == os.devnull:
        return
    home = Path.home()
    shared = os.environ.get("XDG_CONFIG_DIRS", "/etc/xdg").split(os.pathsep)
    personal = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    yield from (Path(folder) / "pip" / "pip.conf" for folder in shared if folder)
    yield Path("/etc/pip.conf")
    if sys.platform == "darwin":
        yield Path("/Library/Application Support/pip/pip.conf")
        yield home / "Library/Application Support/pip/pip.conf"
    yield home / ".pip" / "pip.conf"
    yield personal / "pip" / "pip.conf"
    if named:
        yield Path(named)
