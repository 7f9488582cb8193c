"""A file that says a version once more, beside the one that states it (`also:` in the catalog): where, by its kind.

In Python a name such as `__version__`; in TOML and JSON the keys that other tools have for it; on a page of text what
names the package with its version (`pip install x==1.2.3`, a badge); in any other file also a line `version: …`; and a
file that holds nothing else, whole.
"""

from __future__ import annotations

import json
import re
from posixpath import splitext
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from trainer_release.model.edit import FileEdit
from trainer_release.suite.layouts.cargo import OWN, SHARED, semantic
from trainer_release.suite.layouts.toml_scan import scan
from trainer_release.suite.layouts.version_file import refused
from trainer_release.suite.layouts.version_span import VersionSpan, parsed, span_of, string_of

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator, Mapping

    from trainer_release.model.project import Project

PLAIN = re.compile(r"(?i)_*version_*|release")
ENDING = re.compile(r"(?i)\w+_version_*")
NUMBER = r"(?P<version>\d+(?:\.\d+)+(?:[-.]?(?:alpha|beta|a|b|rc|dev|post)[-.]?\d*)*)(?![\w*]|\.[\d*])"
WHOLE = re.compile(rf"\s*v?{NUMBER}\s*")
KEYED = re.compile(
    r"(?im)^[ \t]*(?:(?:export|pub|const|let|var|static|final)[ \t]+)*[\"']?"
    rf"_*(?:version|release|current_version|appVersion)_*[\"']?[ \t]*[:=][ \t]*[\"']?v?{NUMBER}"
)
IN_JSON = re.compile(r'(?m)^[ \t]*"version"[ \t]*:[ \t]*"v?(?P<version>[^"\n]+)"')
TOOLS = (
    OWN,
    SHARED,
    ("tool", "bumpversion", "current_version"),
    ("tool", "commitizen", "version"),
    ("tool", "tbump", "version", "current"),
)
"""The keys under which a TOML file says a version once more; the first two are a crate's."""

PAGES = (".md", ".rst", ".txt", ".html", ".adoc")
SEMANTIC = (".json", ".toml")
"""Kinds of files whose tools know versions of three numbers alone (`2.0.0-rc.1`)."""


def spans(path: str, text: str, package: str) -> tuple[VersionSpan, ...]:
    """Every place of the package's version in a file, in order; none where the file does not say it."""
    kind = splitext(path)[1]
    if kind == ".py":
        return tuple(sorted(in_python(text), key=lambda each: each.start))
    if kind == ".toml":
        return tuple(in_toml(text))
    if kind == ".json":
        return tuple(in_json(text))
    patterns = (mentioned(package),) if kind in PAGES else (mentioned(package), KEYED)
    whole = WHOLE.fullmatch(text)
    matches = [whole] if whole else [match for pattern in patterns for match in pattern.finditer(text)]
    found = {match.start("version"): span(text, match) for match in matches}
    return tuple(found[start] for start in sorted(found))


def in_python(text: str) -> list[VersionSpan]:
    """The names at the top level that stand for the version; where none does, the only one that ends so. A `version`
    beside another `release` is the short form of Sphinx, and is left alone."""
    named = dict(literals(text))
    plain = {name: found for name, found in named.items() if PLAIN.fullmatch(name)}
    if {"version", "release"} <= set(plain) and plain["version"].value != plain["release"].value:
        del plain["version"]
    others = [found for name, found in named.items() if ENDING.fullmatch(name)]
    return list(plain.values()) or (others if len(others) == 1 else [])


def literals(text: str) -> Iterator[tuple[str, VersionSpan]]:
    """Every name that a module's top level gives a version as one plain literal; of several the last counts."""
    tree = parsed(text)
    for node in tree.body if tree else ():
        for name in names_of(node):
            value = string_of(node, name)
            found = span_of(text, value) if value else None
            if found and is_version(found.value):
                yield name, found


def names_of(node: ast.stmt) -> Iterator[str]:
    """The plain names that a statement assigns to."""
    targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
    yield from (target.id for target in targets if hasattr(target, "id"))


def in_toml(text: str) -> Iterator[VersionSpan]:
    """The values of the known keys, without quotes."""
    strings = scan(text).strings
    for found in (strings[keys] for keys in TOOLS if keys in strings):
        start, end = found.start + len(found.style), found.end - len(found.style)
        if text[start:end] == found.value and is_version(found.value):
            yield VersionSpan(start, end, found.value, found.line)


def in_json(text: str) -> Iterator[VersionSpan]:
    """The document's own `version`, where the first of that name is it."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return
    match = IN_JSON.search(text)
    said = document.get("version") if isinstance(document, dict) else None
    if match and isinstance(said, str) and said.removeprefix("v") == match["version"] and is_version(match["version"]):
        yield span(text, match)


def mentioned(package: str) -> re.Pattern[str]:
    """The package's name right before a version, as in `x==1.2.3`, `x-1.2.3.tar.gz`, `x@v1.2.3`; or a badge."""
    name = "[-_.]".join(map(re.escape, re.split(r"[-_.]+", package)))
    before = rf"(?<![\w.-]){name}(?:\[[\w,. -]*\])?(?:[ ]?===?[ ]?|[-@/])v?"
    return re.compile(rf"(?i)(?:{before}|/badge/(?:version|release|pypi)-v?){NUMBER}")


def span(text: str, match: re.Match[str]) -> VersionSpan:
    """What the group `version` of a match holds."""
    start, end = match.span("version")
    return VersionSpan(start, end, match["version"], text.count("\n", 0, start) + 1)


def is_version(value: str) -> bool:
    """Whether it is one (PEP 440) of more than one number, which a year or a format's number has not."""
    try:
        return len(Version(value).release) > 1
    except InvalidVersion:
        return False


def says(path: str, value: str, version: str) -> bool:
    """Whether a place says this version; in files that know three numbers alone, `1.0.0` is `1.0`."""
    one, other = Version(value), Version(version)
    return one == other if splitext(path)[1] in SEMANTIC else str(one) == str(other)


def edits(project: Project, version: str, texts: Mapping[str, str]) -> tuple[FileEdit, ...]:
    """The edits of a project's further places in these texts. ReleaseError `version-edit-failed` where cargo and npm
    have no spelling of the version, or where a file would say something else afterwards."""
    changed = ((path, texts[path], written(path, texts[path], project.package, version)) for path in project.also)
    return tuple(FileEdit(path, text, after) for path, text, after in changed if after != text)


def written(path: str, text: str, package: str, version: str) -> str:
    """The text with this version in every place."""
    places = spans(path, text, package)
    stale = [each for each in places if not says(path, each.value, version)]
    new = semantic(version) if splitext(path)[1] in SEMANTIC else version
    if stale and new is None:
        raise refused(path, version)
    for place in reversed(stale):
        text = f"{text[: place.start]}{new}{text[place.end :]}"
    after = spans(path, text, package)
    if len(after) != len(places) or (stale and not all(says(path, each.value, version) for each in after)):
        raise refused(path, version)
    return text
