"""The catalog of a release: the old text with its versions exchanged, and a row for the new suite version.

Only the edited scalars change; comments, order, quotes, line ends and everything else stay byte for byte.
"""

from __future__ import annotations

from dataclasses import fields, replace
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from trainer_release.errors import ReleaseError, fail
from trainer_release.model.catalog import Catalog, Group, Listed, Mark, Row
from trainer_release.suite.catalog.reader import read
from trainer_release.suite.catalog.row import Splice, new_row
from trainer_release.suite.catalog.yaml_document import composed
from trainer_release.suite.catalog.yaml_nodes import resolves

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trainer_release.suite.catalog.yaml_nodes import Node


_NOWHERE = Mark(0, 0)
_AS_SAID: Mapping[str, str] = MappingProxyType({})


def with_release(catalog: Catalog, version: str, modules: Mapping[str, str]) -> str:
    """The catalog's text with the suite at `version` and each module at its version in `modules`.

    Members of a group take theirs through the group; a module that `modules` does not name keeps its own.
    Where `compatibility` has no row for `version`, one is appended. The result, read again, says exactly that
    and nothing else new; otherwise ReleaseError `catalog-edit-failed` (exit 3).
    """
    if unknown := {*modules} - {*catalog.modules}:
        raise _failed(catalog, f"{', '.join(sorted(unknown))}: not in `modules`")
    known = {name: listed.version for name, listed in catalog.modules.items() if listed.version is not None}
    wanted = {name: modules.get(name, known.get(name)) for name in catalog.modules}
    row = {name: said for name, said in wanted.items() if said is not None}
    if _says(catalog, version, known, row):
        return catalog.text
    root, _ = composed(catalog.path, catalog.text)
    if root is None:
        raise _failed(catalog, "the text that was read is no catalog any more")
    splices = _kept_aliases(root, [*_versions(catalog, root, version, row)])
    if version not in catalog.rows:
        splices.append(new_row(catalog.text, root, version, row))
    text = _spliced(catalog, splices)
    _check(catalog, text, version, row)
    return text


def _says(catalog: Catalog, version: str, known: Mapping[str, str], row: Mapping[str, str]) -> bool:
    """Whether a catalog without groups says all of this, so that its text need not be looked at again."""
    listed = catalog.rows[version].modules if version in catalog.rows else {}
    same = catalog.version == version and known.items() <= row.items() <= listed.items()
    return same and not catalog.groups


def _versions(catalog: Catalog, root: Node, version: str, row: Mapping[str, str]) -> Iterator[Splice]:
    suite = root.get("suite") or root.get(catalog.suite)
    yield from _scalar(suite.get("version") if suite else None, version)
    section, groups = root.get("modules"), root.get("groups")
    nodes = {key.value: node for key, node in section.pairs} if section else {}
    for name in row:
        node = nodes.get(name)
        yield from _scalar(node.get("version") if node and node.kind == "map" else node, row[name])
    for group in catalog.groups.values():
        node = groups.get(group.name) if groups else None
        for name in group.modules:
            yield from _scalar(node.get("version") if node else None, row[name])


def _scalar(node: Node | None, value: str) -> Iterator[Splice]:
    if node is not None and node.kind == "scalar" and node.value != value:
        yield Splice(node.start, node.end, _quoted(value, '"' if node.alias else node.style), node)


def _quoted(value: str, style: str | None) -> str:
    if style == "'" or (style is None and not resolves(value)):
        return f"'{value}'" if style else value
    return f'"{value}"'


def _kept_aliases(root: Node, splices: list[Splice]) -> list[Splice]:
    """Where a value that changes is repeated by aliases elsewhere, those say what they said, written out."""
    changed = {s.node.anchor for s in splices if s.node and s.node.anchor and not s.node.alias}
    edited = {s.start for s in splices}
    for node in _every(root):
        if node.alias and node.kind == "scalar" and node.anchor in changed and node.start not in edited:
            edited.add(node.start)
            splices.append(Splice(node.start, node.end, _quoted(node.value, '"')))
    return splices


def _every(node: Node) -> Iterator[Node]:
    yield node
    for child in () if node.alias else (*node.items, *(part for pair in node.pairs for part in pair)):
        yield from _every(child)


def _spliced(catalog: Catalog, splices: list[Splice]) -> str:
    text, last = catalog.text, len(catalog.text) + 1
    for splice in sorted({(s.start, s.end, s.text) for s in splices}, reverse=True):
        start, end, new = splice
        if end > last:
            raise _failed(catalog, "one value in the text is shared by two modules that now differ")
        text, last = text[:start] + new + text[end:], start
    return text


def _check(catalog: Catalog, text: str, version: str, row: Mapping[str, str]) -> None:
    modules = {name: row[name] for name, module in catalog.modules.items() if module.version is not None}
    groups = {name: row[group.modules[0]] for name, group in catalog.groups.items()}
    rows = {version: Row(version, row, _NOWHERE), **catalog.rows}
    wanted = _said(replace(catalog, version=version, rows=rows), modules, groups)
    named = rows[version].modules
    try:
        got = _said(read(text, catalog.path)[0])
    except ReleaseError as error:
        raise _failed(catalog, f"the edited text does not read back: {error}") from error
    differs = [key for key in wanted if wanted[key] != got[key]]
    differs += [f"row {version}, {name}" for name in row if named.get(name) != row[name]]
    if differs:
        raise _failed(catalog, f"the edited text would differ in: {', '.join(differs)}")


def _said(
    catalog: Catalog, modules: Mapping[str, str] = _AS_SAID, groups: Mapping[str, str] = _AS_SAID
) -> dict[str, Any]:
    """What a catalog says, without where; with these versions of modules and groups."""
    said = {each.name: getattr(catalog, each.name) for each in fields(catalog) if each.name not in ("text", "mark")}
    for section, kind, versions in (
        ("modules", Listed, modules),
        ("groups", Group, groups),
        ("rows", Row, _AS_SAID),
    ):
        rest = attrgetter(*(each.name for each in fields(kind) if each.name not in ("version", "mark")))
        said[section] = {n: (versions.get(n, entry.version), rest(entry)) for n, entry in said[section].items()}
    return said


def _failed(catalog: Catalog, why: str) -> ReleaseError:
    hint = "write the versions out, without aliases (`&`, `*`), or edit the catalog by hand"
    return fail("catalog-edit-failed", f"the catalog cannot be edited in place: {why}", hint=hint, path=catalog.path)
