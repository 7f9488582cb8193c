"""The text of a new catalog, with comments that say what was found and where it comes from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from trainer_release.suite.catalog.keys import RESERVED
from trainer_release.suite.catalog.yaml_nodes import resolves

if TYPE_CHECKING:
    from trainer_release.suite.adopt.adoption import Adopted, Adoption

PLAIN = re.compile(r"[A-Za-z0-9_./][A-Za-z0-9_./-]*")
SHOWN = 3
ALSO = "further places of a version, which `sync` and `prepare` keep up"


def catalog_text(found: Adoption) -> str:
    """versions.yaml, as `init` writes it."""
    sections = (head(found), modules(found), groups(found), exclude(found), row(found), release(found))
    return "\n".join(line for section in sections for line in section) + "\n"


def head(found: Adoption) -> Iterator[str]:
    """The suite: name, version, umbrella."""
    count = len(found.everything)
    yield f"# Written by `trainer-release init`: {count} packages that are released, {len(found.left_out)} are not."
    if found.templates:
        yield f"# Templates, no projects yet, never looked at: {some(found.templates)}"
    if found.guessed:
        yield f"# Neither a file nor a tag tells the version of {some(found.guessed)}: correct it here."
    yield "# Correct what it got wrong; `trainer-release check` says what does not fit."
    yield "schema: 1"
    reserved = found.suite in RESERVED
    yield "suite:" if reserved else f"{scalar(found.suite)}:"
    if reserved:
        yield f"  name: {scalar(found.suite)}"
    yield f"  version: {quoted(found.version)}  # {found.version_why}"
    top = found.umbrella
    if top is not None:
        yield f"  package: {scalar(top.project.package)}  # the umbrella: {found.umbrella_why}"
        if top.path:
            yield f"  path: {scalar(top.path)}"
        if top.also and top not in found.modules:
            yield f"  also: {listed(top.also)}  # {ALSO}"


def modules(found: Adoption) -> Iterator[str]:
    """Each module, in the short form where its name is enough."""
    also = any(module.also for module in found.modules)
    yield f"modules:  # also: {ALSO}" if also else "modules:"
    for module in found.modules:
        yield f"  {scalar(module.name)}: {said(module)}"


def said(module: Adopted) -> str:
    """A module's value."""
    more = [f"{key}: {scalar(value)}" for key, value in (("package", module.package), ("path", module.path)) if value]
    more += [f"also: {listed(module.also)}"] if module.also else []
    version = quoted(module.version)
    return f"{{version: {version}, {', '.join(more)}}}" if more else version


def listed(values: Sequence[str]) -> str:
    """A list in one line."""
    return f"[{', '.join(map(scalar, values))}]"


def groups(found: Adoption) -> Iterator[str]:
    """The groups, if there are any."""
    if found.linked.groups:
        yield "groups:  # modules that share one version of their own"
    for name, (version, members) in found.linked.groups.items():
        yield f"  {scalar(name)}:"
        yield f"    version: {quoted(version)}"
        yield f"    modules: {listed(members)}"


def exclude(found: Adoption) -> Iterator[str]:
    """The patterns of what is not released, each with the reason and some of the packages."""
    by_pattern: dict[str, list[str]] = {}
    for each in found.left_out:
        by_pattern.setdefault(each.pattern, []).append(each.package or each.path)
    reasons = {each.pattern: each.why for each in found.left_out}
    if by_pattern:
        yield "exclude:  # projects that are not released"
    for pattern, packages in by_pattern.items():
        yield f"  - {scalar(pattern)}  # {reasons[pattern]}: {some(packages)}"


def row(found: Adoption) -> Iterator[str]:
    """The first row: the versions as they stand."""
    yield "compatibility:"
    yield f"  {quoted(found.version)}:"
    for module in found.modules:
        yield f"    {scalar(module.name)}: {quoted(module.version)}"


def release(found: Adoption) -> Iterator[str]:
    """How releases are made."""
    yield "release:"
    yield f"  versioning: {found.linked.versioning}  # {found.linked.why}"
    yield f"  pin: {found.pin.value}  # {found.pin_why}"
    if found.branch:
        yield f'  branches: [{scalar(found.branch)}, "release/*"]'
    why = "the pattern in use" if found.tags.suite else "no tag of a suite was found"
    yield f"  tag: {quoted(found.tags.suite or 'v{version}')}  # {why}"
    if found.tags.module:
        yield f"  module-tag: {quoted(found.tags.module)}  # the pattern in use"
    yield f"  index: {scalar(found.index)}"


def scalar(value: str) -> str:
    """A value or key as it may stand in YAML: plain where that is safe, also inside brackets."""
    return value if PLAIN.fullmatch(value) and not resolves(value) else quoted(value)


def quoted(value: str) -> str:
    """In double quotes, which YAML reads as JSON does."""
    return json.dumps(value, ensure_ascii=False)


def some(names: Sequence[str]) -> str:
    """The first few names, and how many there are beyond them; on one line, whatever they hold."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return " ".join(", ".join(names[:SHOWN]).split()) + more
