"""Where indexes are: addresses that may be shown, and the index that the user's own pip or uv asks."""

from __future__ import annotations

import configparser
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

_VARIABLES = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")


def bare(url: str) -> str:
    """The address without user name and password, fit to be shown."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def is_loopback(url: str) -> bool:
    """Is this an address of this very machine?"""
    return urlsplit(url).hostname in {"127.0.0.1", "::1", "localhost"}


def configured() -> str | None:
    """The simple index that the user's own installs ask: environment, then pip's files; None for the default.

    `UV_DEFAULT_INDEX` may name its index (`name=url`); the name is dropped.
    """
    for variable in _VARIABLES:
        if value := os.environ.get(variable):
            return re.sub(r"^[\w.-]+=", "", value)
    return _from_pip()


def _from_pip() -> str | None:
    found = None
    for path in _pip_files():
        parser = configparser.RawConfigParser()
        try:
            parser.read(path, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError):
            continue  # pip itself will say so to its user; another file may still answer
        section = dict(parser.items("global")) if parser.has_section("global") else {}
        found = section.get("index-url") or section.get("index_url") or found
    return found


def _pip_files() -> Iterator[Path]:
    """pip's configuration files, the weakest first (pip's documentation, "Configuration")."""
    named = os.environ.get("PIP_CONFIG_FILE")
    if named == os.devnull:
        return
    home = Path.home()
    if sys.platform == "win32":
        system, user = [Path(os.environ.get("PROGRAMDATA", "C:/ProgramData"))], Path(os.environ["APPDATA"])
    elif sys.platform == "darwin":
        system, user = [Path("/Library/Application Support")], home / "Library/Application Support"
    else:
        folders = os.environ.get("XDG_CONFIG_DIRS", "/etc/xdg").split(os.pathsep)
        system, user = [Path(folder) for folder in folders], home / ".config"
    name = "pip.ini" if sys.platform == "win32" else "pip.conf"
    user = Path(os.environ.get("XDG_CONFIG_HOME", user))
    yield from (folder / "pip" / name for folder in system)
    yield from (Path("/etc") / name, home / ".pip" / name, user / "pip" / name, Path(sys.prefix) / name)
    if named:
        yield Path(named)
