"""Secrets that this process may meet, and a text without them.

What is known by value: variables whose name says so, passwords inside addresses (in the environment, and in the files
of git, pip, uv and twine), ~/.netrc and ~/.pypirc, and whatever `learn` is told. Each is found as it stands, in its
usual encodings, and broken over lines. What looks like a token is masked whether it is known or not. Values below eight
characters are no secrets that can be told from words: they are masked inside an address alone.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

MASK = "***"
SHORTEST = 8
_LARGEST = 1 << 20
_NAMES = re.compile(r"TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|KEY(?!RING)", re.IGNORECASE)
_TOKENS = re.compile(
    r"pypi-[A-Za-z0-9_-]{16,}|gh[a-z]_[A-Za-z0-9]{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}|eyJ[\w-]{8,}\.[\w-]+\.[\w-]*"
)
_BEGINNINGS = ("pypi-", "gh", "glpat-", "eyJ")
_ADDRESS = re.compile(r"(?<=://)[^/?#\s\"'<>]*@")
_GAP = r"(?:[\s|]|\\[nr])*"
_learned: set[str] = set()


def learn(*values: str | None) -> None:
    """From now on these are masked, too: an address's password, or what a keyring or a service gave."""
    for value in values:
        _learned.update(_in_addresses(value) if value and "://" in value else [value or ""])
    _latest.cache_clear()


def redact(text: str) -> str:
    """The text without any secret that is known now; environment and files are looked at anew."""
    _latest.cache_clear()
    return masked(text)


def masked(text: str) -> str:
    """The text without any secret that was known when this or `redact` was first asked, or has been learned since."""
    return _latest()(text)


@cache
def _latest() -> Masker:
    return known()


@dataclass(frozen=True, slots=True)
class Masker:
    """Takes secrets out of texts. `values` as they are, `forms` of them in their encodings, the longest first."""

    values: tuple[str, ...]
    forms: tuple[str, ...]

    def __call__(self, text: str) -> str:
        if "://" in text:
            text = _ADDRESS.sub(f"{MASK}@", text)
        if any(beginning in text for beginning in _BEGINNINGS):
            text = _TOKENS.sub(MASK, text)
        for form in self.forms:
            if form in text:
                text = text.replace(form, MASK)
        return self._joined(text) if self.values and "\n" in text.rstrip("\n") else text

    def _joined(self, text: str) -> str:
        """Without what is broken over lines, as a log or a wrapped page does."""
        squeezed = re.sub(_GAP, "", text)
        for value in self.values:
            if value in squeezed:
                text = re.sub(_GAP.join(map(re.escape, value)), MASK, text)
        return text


def known() -> Masker:
    """The masker of everything that is known now."""
    values = {value.strip() for value in _all()}
    kept = tuple(sorted((value for value in values if len(value) >= SHORTEST), key=lambda each: (-len(each), each)))
    forms = {form for value in kept for form in _forms(value)}
    return Masker(kept, tuple(sorted(forms, key=lambda each: (-len(each), each))))


def _all() -> Iterator[str]:
    yield from _learned
    for name, value in os.environ.items():
        if _NAMES.search(name):
            yield value
        yield from _in_addresses(value)
    for path in _files():
        try:
            text = path.read_bytes()[:_LARGEST].decode("utf-8", "replace") if path.is_file() else ""
        except OSError:
            continue
        yield from _in_addresses(text)
        yield from re.findall(r"(?m)^[ \t]*password[ \t]*[=:][ \t]*(\S.*)$", text)
        yield from re.findall(r"\bpassword[ \t\n]+(\S+)", text)


def _files() -> Iterable[Path]:
    """Where people keep passwords for the programs that work for us."""
    named = os.environ.get("NETRC"), os.environ.get("PIP_CONFIG_FILE"), os.environ.get("UV_CONFIG_FILE")
    try:
        home = Path.home()
    except RuntimeError:  # no HOME, and no entry for this user either
        return [Path(name) for name in named if name]
    settings = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    usual = (home / ".netrc", home / ".pypirc", home / ".git-credentials", home / ".gitconfig", home / ".pip/pip.conf")
    ours = (settings / "pip/pip.conf", settings / "uv/uv.toml", settings / "git/config", settings / "git/credentials")
    return [*(Path(name) for name in named if name), *usual, *ours]


def _in_addresses(text: str) -> Iterator[str]:
    """The passwords of all addresses in a text; where there is a user alone, that is the token."""
    if "://" not in text:
        return
    for match in _ADDRESS.finditer(text):
        user, _, password = match[0][:-1].partition(":")
        yield password or user
        if "%" in (password or user):
            from urllib.parse import unquote

            yield unquote(password or user)


def _forms(value: str) -> Iterator[str]:
    """A value as it stands and as addresses, JSON, Python, HTML and base64 (at any offset, as in `user:password`) have
    it."""
    import json
    from base64 import b64encode, urlsafe_b64encode
    from urllib.parse import quote, quote_plus

    data = value.encode("utf-8", "surrogateescape")
    yield from {value, quote(data, safe=""), quote(data), quote_plus(data)}
    yield from {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], repr(value)[1:-1]}
    marks = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"}
    yield "".join(marks.get(letter, letter) for letter in value)
    for offset, first in enumerate((0, 2, 3)):
        last = (offset + len(data)) * 8 // 6
        padded = bytes(offset) + data
        yield from {encode(padded).decode()[first:last] for encode in (b64encode, urlsafe_b64encode)}
