"""Places that the catalog names: paths, repositories, refs, patterns of branches and tags, addresses."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from trainer_release.suite.catalog.source import shown
from trainer_release.suite.catalog.values import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trainer_release.suite.catalog.source import Source
    from trainer_release.suite.catalog.yaml_nodes import Node

_BAD_IN_REF = re.compile(r"[\x00-\x20\x7f-\x9f\ud800-\udfff~^:\\]|\.\.|@\{|//|^[-/.]|/\.|[/.]$|\.lock(/|$)|^@$")
_PART, _WHOLE = 255, 1000
_GLOB = re.compile(r"[*?\[\]]")


def path(source: Source, node: Node, what: str, *, glob: bool = False) -> str | None:
    """A path below the repository's root, with `/`, in its plainest spelling; `glob` admits patterns."""
    value = text(source, node, what)
    if value is None:
        return None
    reason = _outside(value, glob=glob)
    if reason is None:
        return value
    plain = posixpath.normpath(value.replace("\\", "/").strip())
    good = _outside(plain, glob=glob) is None
    hint = f'write "{plain}"' if good else "name a folder or file below the repository's root, such as packages/x"
    source.complain("path-outside", node.start, f'{what}: "{shown(value)}" {reason}', hint)
    return None


def _outside(value: str, *, glob: bool) -> str | None:
    reasons = (
        (value.startswith("/") or re.match(r"[A-Za-z]:", value), "is absolute"),
        (".." in value.split("/"), "leads out of the repository"),
        (value.startswith("~"), "begins with ~"),
        (value.startswith("-"), "begins with -"),
        ("\\" in value, "holds a backslash"),
        (
            any(not c.isprintable() for c in value) or value != value.strip(),
            "holds control characters or blanks",
        ),
        (not glob and _GLOB.search(value), "is a pattern"),
        (
            max(len(part.encode("utf-8", "surrogatepass")) for part in value.split("/")) > _PART or len(value) > _WHOLE,
            f"is longer than systems take: {_PART} bytes a name, {_WHOLE} in all",
        ),
        (":" in value or "%" in value, "holds : or %"),
        (posixpath.normpath(value) != value, "is not in its plainest spelling"),
    )
    return next((reason for bad, reason in reasons if bad), None)


def repository(source: Source, node: Node, what: str) -> str | None:
    """A git URL or path. Transports that run a command (`ext::`) and options are refused, and passwords."""
    value = text(source, node, what)
    if value is None:
        return None
    if value.startswith("-") or "::" in value or any(not c.isprintable() or c == " " for c in value):
        message = f'{what}: "{shown(value)}" is no address git may use'
        source.complain("url-invalid", node.start, message, "write https://… or ssh://…")
        return None
    return value if _without_password(source, node, what, value) else None


def address(source: Source, node: Node, what: str) -> str | None:
    """An http(s) URL without user or password."""
    value = text(source, node, what)
    if value is None or not _without_password(source, node, what, value):
        return None
    if not (value.isprintable() and re.fullmatch(r"https?://[^\s/?#]+[^\s#]*", value)):
        source.complain("url-invalid", node.start, f'{what}: "{shown(value)}" is no http address', "write https://…")
        return None
    return value


def _without_password(source: Source, node: Node, what: str, value: str) -> bool:
    try:
        password = urlsplit(value).password
    except ValueError:
        message = f'{what}: "{shown(value)}" is no address'
        source.complain("url-invalid", node.start, message, "write https://…")
        return False
    if password is None and not re.match(r"https?://[^/]*@", value):
        return True
    hint = "take it out: credentials come from the environment, keyring, .pypirc or git's credential helper"
    source.complain("url-invalid", node.start, f"{what} holds a user or password", hint, secret=True)
    return False


def ref(source: Source, node: Node, what: str, *, glob: bool = False) -> str | None:
    """A branch, tag or commit; with `glob`, a pattern of branches."""
    value = text(source, node, what)
    if value is None:
        return None
    if _BAD_IN_REF.search(value) or (not glob and _GLOB.search(value)):
        wanted = 'a branch or a pattern such as "release/*"' if glob else "a branch, a tag or a commit"
        message = f'{what}: "{shown(value)}" is no name git allows'
        source.complain("ref-invalid", node.start, message, f"write {wanted}")
        return None
    return value


def tag(source: Source, node: Node, what: str, needed: Sequence[str]) -> str | None:
    """A tag's pattern: each needed word in braces, nothing else in braces, and git allows what comes out."""
    value = text(source, node, what)
    if value is None:
        return None
    held = re.findall(r"\{(.*?)\}", value)
    missing = [word for word in needed if word not in held]
    plain = re.sub(r"\{(.*?)\}", "1", value)
    if (
        not missing
        and set(held) <= set(needed)
        and not re.search(r"[{}*?\[\]]", plain)
        and not _BAD_IN_REF.search(plain)
    ):
        return value
    wanted = " and ".join(f"{{{word}}}" for word in needed)
    good = "v{version}" if len(needed) == 1 else "{package}-v{version}"
    message = f'{what}: "{shown(value)}" must hold {wanted}, nothing else in braces, and be a name git allows'
    source.complain("tag-pattern", node.start, message, f'write "{good}"')
    return None
