"""A further entry in a section of the catalog, spliced in; every other byte stays."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from trainer_release.errors import ReleaseError, fail
from trainer_release.suite.catalog import row
from trainer_release.suite.catalog import tested as tests
from trainer_release.suite.catalog.reader import read
from trainer_release.suite.catalog.row import Splice
from trainer_release.suite.catalog.source import Source
from trainer_release.suite.catalog.yaml_document import compose

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trainer_release.model.catalog import Catalog, IndexAddress, Row, Tested
    from trainer_release.suite.catalog.yaml_nodes import Node


def with_index(catalog: Catalog, index: IndexAddress) -> str:
    """The catalog's text with one more index, in whatever form the section `indexes` has."""
    root, text = _root(catalog), catalog.text
    entry = f'{index.name}: {{upload: "{index.upload}", simple: "{index.simple}"}}'
    section = root.get("indexes")
    if section is not None:
        return _spliced(text, _into(text, section, entry))
    if root.style == "flow":
        return _spliced(text, row.into_flow(text, root, f"indexes: {{{entry}}}"))
    indent = " " * row.column(text, root)
    return _spliced(text, row.lines(text, root, [f"{indent}indexes:", f"{indent}  {entry}"]))


def withdrawn(catalog: Catalog, version: str, why: str, modules: Mapping[str, str]) -> str:
    """The catalog's text with the row of a suite version marked withdrawn, in either form of a row; where there is no
    row, one is appended with these modules. What is marked already stays as it is.

    Read again it says that and nothing else new; otherwise ReleaseError `catalog-edit-failed` (exit 3).
    """
    if version in catalog.rows and catalog.rows[version].withdrawn:
        return catalog.text
    text = catalog.text
    if version not in catalog.rows:
        known = {name: said for name, said in modules.items() if name in catalog.modules or name in catalog.retired}
        text = _spliced(text, row.new_row(text, _root(catalog), version, known))
        catalog = _again(catalog, text)
    marked = replace(catalog.rows[version], withdrawn=why)
    return _marked(catalog, marked, "withdrawn", json.dumps(why, ensure_ascii=False))


def with_tested(catalog: Catalog, version: str, said: Tested) -> str:
    """The catalog's text with what is known of a row's versions together, in the place of what was known before.

    Read again it says that and nothing else new; otherwise ReleaseError `catalog-edit-failed` (exit 3).
    """
    return _marked(catalog, replace(catalog.rows[version], tested=said), "tested", tests.written(said))


def _marked(catalog: Catalog, wanted: Row, key: str, value: str) -> str:
    """The text with a mark in the row of a version, set or exchanged."""
    text, version = catalog.text, wanted.version
    section = _root(catalog).get("compatibility")
    node = section.get(version) if section else None
    if node is None or node.alias:
        raise _failed(catalog, f'row "{version}" is no mapping of its own')
    there = node.get(key)
    exchanged = Splice(there.start, row.content_end(there), value) if there else _into(text, node, f"{key}: {value}")
    text = _spliced(text, exchanged)
    got = _again(catalog, text).rows
    known = {name: replace(each, mark=got[name].mark) for name, each in catalog.rows.items() if name in got}
    if version not in got or got != known | {version: replace(wanted, mark=got[version].mark)}:
        raise _failed(catalog, f'the edited row "{version}" would say something else')
    return text


def _root(catalog: Catalog) -> Node:
    root = compose(Source(catalog.path, catalog.text))
    if root is None:
        raise _failed(catalog, "the text that was read is no catalog any more")
    return root


def _into(text: str, node: Node, entry: str) -> Splice:
    """One more entry at the end of a mapping."""
    if node.style == "flow":
        return row.into_flow(text, node, entry)
    return row.lines(text, node, [" " * row.column(text, node) + entry])


def _spliced(text: str, splice: Splice) -> str:
    return text[: splice.start] + splice.text + text[splice.end :]


def _again(catalog: Catalog, text: str) -> Catalog:
    try:
        return read(text, catalog.path)[0]
    except ReleaseError as error:
        raise _failed(catalog, f"the edited text does not read back: {error}") from error


def _failed(catalog: Catalog, why: str) -> ReleaseError:
    hint = "edit the catalog by hand"
    return fail("catalog-edit-failed", f"the catalog cannot be edited in place: {why}", hint=hint, path=catalog.path)
