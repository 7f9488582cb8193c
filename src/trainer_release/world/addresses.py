"""Addresses of indexes: fit to be shown, on this machine or not, and the one of the user's own installs."""

from __future__ import annotations

import os
import re

from trainer_release.world.pipconf import index_of_pip


def bare(url: str) -> str:
    """The address without user name and password, fit to be shown."""
    return re.sub(r"(?<=://)[^/?#]*@", "", url)


def is_loopback(url: str) -> bool:
    """Is this an address of this very machine?"""
    return bool(re.match(r"https?://(127\.0\.0\.1|localhost|\[::1\])([:/?#]|$)", bare(url)))


def configured() -> str | None:
    """The simple index that the user's own installs ask, by uv's variables, then pip's; None: the default.

    `UV_DEFAULT_INDEX` may name its index (`name=url`); the name is dropped. Show it `bare`: it may hold a
    password.
    """
    url = os.environ.get("UV_DEFAULT_INDEX") or os.environ.get("UV_INDEX_URL") or index_of_pip()
    return re.sub(r"^[\w.-]+=", "", url) if url else None
