"""git's configuration as a file: what `git config KEY VALUE` gets stands on a command line, where all may read."""

from __future__ import annotations

from collections.abc import Iterable

from trainer_release.world.files import replace_text
from trainer_release.world.git import Git

FILE = "trainer-release.config"
"""Beside a repository's own configuration."""


def include(git: Git, settings: Iterable[tuple[str, str]]) -> None:
    """Let the repository have these settings, and of an earlier call none: a file that only we may read, beside the
    configuration that includes it. A value may be a header or an address with a password."""
    place = git.common / FILE
    place.touch(0o600)  # whose mode stays
    replace_text(place, "".join(_line(key, value) for key, value in settings))
    if git.settings("--local").get("include.path") != FILE:
        git.do("config", "--add", "include.path", FILE)


def _line(key: str, value: str) -> str:
    """One setting as git-config(1) has it."""
    section, _, rest = key.partition(".")
    middle, _, name = rest.rpartition(".")
    inside, shown = (text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") for text in (middle, value))
    head = f'[{section} "{inside}"]' if middle else f"[{section}]"
    return f'{head}\n\t{name} = "{shown}"\n'
