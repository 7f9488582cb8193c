"""Is there something to upload with? Asked before the first upload; values are never read out."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from urllib.parse import urlsplit

from trainer_release.world.secrets import learn

_AMBIENT = ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "PYPI_ID_TOKEN", "TESTPYPI_ID_TOKEN", "CIRCLE_OIDC_TOKEN_V2")
"""What a workflow that may publish without a password has (trusted publishing)."""


def known(index: str, url: str | None) -> bool:
    """Whether twine will find a password for an index: environment, address, workflow identity, ~/.pypirc, keyring."""
    if os.environ.get("TWINE_PASSWORD") or (url and urlsplit(url).password):
        return True
    if any(os.environ.get(name) for name in _AMBIENT):
        return True
    return _in_pypirc(index) or _in_keyring(index, url)


def _in_pypirc(index: str) -> bool:
    import configparser

    from twine.exceptions import TwineException
    from twine.utils import DEFAULT_CONFIG_FILE, get_config

    try:
        return bool(get_config(DEFAULT_CONFIG_FILE).get(index, {}).get("password"))
    except (configparser.Error, OSError, TwineException):
        return True  # the upload itself will say what is wrong with the file


def _in_keyring(index: str, url: str | None) -> bool:
    import keyring
    from twine.utils import DEFAULT_REPOSITORY, TEST_REPOSITORY

    system = url or (TEST_REPOSITORY if index == "testpypi" else DEFAULT_REPOSITORY)
    user = os.environ.get("TWINE_USERNAME") or ("__token__" if url is None else None)
    try:
        with _asking():
            found = keyring.get_credential(str(system), user)
    except Exception:  # noqa: BLE001 - a backend is a stranger's, and may raise anything: twine goes on without it, too
        return False
    learn(found.password if found else None)
    return found is not None


@contextmanager
def _asking() -> Iterator[None]:
    """A backend may ask a person: not on standard output, and not where nobody sits at a terminal."""
    before = sys.stdin
    with redirect_stdout(sys.stderr), Path(os.devnull).open(encoding="utf-8") as nobody:
        sys.stdin = before if before and before.isatty() else nobody
        try:
            yield
        finally:
            sys.stdin = before
