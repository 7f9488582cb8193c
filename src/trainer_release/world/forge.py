"""Which forge a remote's address leads to, and with which token; nothing is asked here."""

from __future__ import annotations

import os
import re
from urllib.parse import urlsplit

from trainer_release.model.forge import Forge
from trainer_release.world.addresses import is_loopback

SERVER = "https://github.com"
_API = "https://api.github.com"
_FORMS = (
    re.compile(r"https?://(?:[^/@]*@)?(?P<host>[^/]+)/(?P<path>.+)"),
    re.compile(r"ssh://(?:[^/@]*@)?(?P<host>[^/:]+)(?::\d+)?/(?P<path>.+)"),
    re.compile(r"(?:[^/@:]*@)?(?P<host>[^/:]+):(?P<path>(?!//).+)"),  # scp's
)
_NAME = re.compile(r"[\w.-]+/[\w.-]+")


def token() -> str | None:
    """What GitHub is asked with: GITHUB_TOKEN, else GH_TOKEN; it goes into a header and nowhere else."""
    return os.environ.get("GITHUB_TOKEN") or os.environ.get("GH_TOKEN") or None


def found(address: str) -> Forge | None:
    """The repository that a remote's address names on github.com, or on the server of GITHUB_SERVER_URL (then
    GITHUB_API_URL is its API). None for any other host, and for an API that would be asked in the clear."""
    match = next((match for form in _FORMS if (match := form.fullmatch(address.strip()))), None)
    if match is None:
        return None
    name = match["path"].strip("/").removesuffix(".git")
    server = os.environ.get("GITHUB_SERVER_URL") or SERVER
    host, own = match["host"].lower().removeprefix("ssh."), urlsplit(server)
    if host in (own.netloc.lower(), own.hostname):
        api = os.environ.get("GITHUB_API_URL") or (_API if own.hostname == urlsplit(SERVER).hostname else "")
    else:
        api = _API if host == urlsplit(SERVER).hostname else ""
    safe = api.startswith("https://") or is_loopback(api)
    return Forge(api.rstrip("/"), name) if safe and _NAME.fullmatch(name) else None
