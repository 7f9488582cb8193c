"""What a setup.cfg states of a project (setuptools' declarative configuration)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trainer_release.suite.layouts.ini_spans import Options, options
from trainer_release.suite.layouts.setuptools_files import listed, source
from trainer_release.suite.layouts.stated import BUILD, EXTRA, RUNTIME, Setup, Stated
from trainer_release.suite.layouts.toml_spans import Span
from trainer_release.suite.layouts.version_file import beside
from trainer_release.suite.layouts.version_span import VersionSpan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trainer_release.suite.layouts.contract import Files

LISTS = {"install_requires": RUNTIME, "setup_requires": BUILD}
DIRECTIVE = re.compile(r"(?P<kind>attr|file)\s*:\s*(?P<what>.*)")
SEMICOLON = re.compile(r"[^;]+")


def read_setup_cfg(folder: str, text: str, files: Files) -> Setup:
    """Name, version, interpreter and requirements, also those behind `attr:` and `file:`."""
    path = beside(folder, "setup.cfg")
    found = options(text)
    setup = Setup(name=one(found, "metadata", "name"), requires_python=one(found, "options", "python_requires"))
    if behind := directive(found, "metadata", "version"):
        setup.version = source(folder, *behind, roots_of(found), files)
    elif one(found, "metadata", "version"):
        setup.version = (path, literal_version)
    for (section, key), spans in found.items():
        where = LISTS.get(key) if section == "options" else None
        if section == "options.extras_require":
            extra = key.partition(":")[0].strip()
            where = EXTRA + extra if extra else RUNTIME
        if where is not None and (behind := directive(found, section, key)):
            setup.stated += listed(folder, behind[1], where, files)
        elif where is not None:
            setup.stated += [Stated(where, path, span) for span in items(spans, text)]
    return setup


def roots_of(found: Options) -> list[str]:
    """The folders below which packages are looked for: `package_dir`'s, `where`, then the usual ones."""
    lines = [span.value.partition("=") for span in found.get(("options", "package_dir")) or ()]
    stated = [folder.strip() for package, _, folder in lines if not package.strip()]
    where = one(found, "options.packages.find", "where")
    return [*stated, *([where] if where else []), "src", "."]


def one(found: Options, section: str, key: str) -> str | None:
    spans = found.get((section, key))
    return spans[0].value if spans else None


def directive(found: Options, section: str, key: str) -> tuple[str, list[str]] | None:
    """`attr` or `file` with the names behind it, where the option is given that way."""
    match = DIRECTIVE.fullmatch(" ".join(span.value for span in found.get((section, key)) or ()))
    names = re.findall(r"[^,\s]+", match["what"]) if match else []
    return (match["kind"], names) if match and names else None


def literal_version(text: str) -> VersionSpan | None:
    """Where the version stands."""
    spans = options(text).get(("metadata", "version"))
    return VersionSpan(spans[0].start, spans[0].end, spans[0].value, spans[0].line) if spans else None


def items(spans: list[Span], text: str) -> Iterator[Span]:
    """One requirement a line; a value on the option's own line is divided by `;`."""
    for span in spans:
        behind = text[text.rfind("\n", 0, span.start) + 1 : span.start].strip()
        pieces = SEMICOLON.finditer(span.value) if behind and len(spans) == 1 else [re.match(r".*", span.value)]
        for piece in pieces:
            value = piece[0].strip() if piece else ""
            if value and piece:
                start = span.start + piece.start() + len(piece[0]) - len(piece[0].lstrip())
                yield Span(start, start + len(value), "", value, span.line)
