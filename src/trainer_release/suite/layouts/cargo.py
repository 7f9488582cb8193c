"""The version of a Rust crate: where its Cargo.toml or its workspace's states it, and in the Cargo.lock beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from posixpath import dirname
from typing import TYPE_CHECKING

from packaging.version import Version

from trainer_release.suite.layouts.toml_scan import Path, Span, scan
from trainer_release.suite.layouts.version_file import beside, text_at
from trainer_release.suite.toml_text import at, parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trainer_release.suite.layouts.contract import Files

OWN: Path = ("package", "version")
SHARED: Path = ("workspace", "package", "version")
PHASES = {"a": "alpha", "b": "beta", "rc": "rc"}


@dataclass(frozen=True, slots=True)
class Crate:
    """A crate: its name, the manifest and the key that state its version, and every file that was read."""

    name: str
    path: str
    keys: Path
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def span(self) -> Span | None:
        """Where its version stands, or None where the manifest states none."""
        return scan(self.texts[self.path]).strings.get(self.keys)


def crate(manifest: str, files: Files) -> Crate | None:
    """The crate of a Cargo.toml, or None where there is none. ReleaseError `toml-invalid` for a broken one."""
    text = text_at(manifest, files)
    if text is None:
        return None
    values = parse(manifest, text)
    name = str(at(values, ("package", "name")))
    texts = {manifest: text}
    found = Crate(name, manifest, OWN, texts)
    if at(values, (*OWN, "workspace")) is True:
        pointed = at(values, ("package", "workspace"))
        above = beside(dirname(manifest), f"{pointed}/Cargo.toml") if isinstance(pointed, str) else None
        for path in [above] if above else upwards(manifest):
            if (shared := text_at(path, files)) is not None and at(parse(path, shared), ("workspace",)) is not None:
                texts[path] = shared
                found = Crate(name, path, SHARED, texts)
                break
    lock = beside(dirname(found.path), "Cargo.lock")
    for path in (lock, *(beside(dirname(each), "Cargo.lock") for each in upwards(manifest))):
        if (text := text_at(path, files)) is not None:
            texts[path] = text
            break
    return found


def upwards(manifest: str) -> Iterator[str]:
    """The Cargo.toml of this folder and of each one above it, up to the root."""
    folder = dirname(manifest)
    yield manifest
    while folder:
        folder = dirname(folder)
        yield beside(folder, "Cargo.toml")


def locked(crate: Crate, path: str, new: str) -> dict[Path, str]:
    """By key path, what a Cargo.lock is to say: of this crate, or of every one that takes its workspace's version.

    Which members take it the lock does not tell: those of no registry with the very same version are meant.
    """
    packages = at(parse(path, crate.texts[path]), ("package",)) or []
    old = crate.span.value if crate.span else None
    return {
        ("package", index, "version"): new
        for index, package in enumerate(packages)
        if "source" not in package
        and package.get("version") == old
        and (crate.keys == SHARED or package.get("name") == crate.name)
    }


def semantic(version: str) -> str | None:
    """A version as cargo spells it (`2.0.0-rc.1` for `2.0.0rc1`), or None where it has no such spelling.

    Three numbers, and one phase; maturin turns it back into PEP 440. InvalidVersion for what is none.
    """
    found = Version(version)
    if found.epoch or found.local or len(found.release) > len("xyz") or (found.pre and found.dev is not None):
        return None
    numbers = ".".join(map(str, (*found.release, 0, 0)[:3]))
    if found.post is not None:
        return None
    if found.pre:
        return f"{numbers}-{PHASES[found.pre[0]]}.{found.pre[1]}"
    return numbers if found.dev is None else f"{numbers}-dev.{found.dev}"
