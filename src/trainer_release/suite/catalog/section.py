"""A further entry in a section of the catalog, spliced in; every other byte stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trainer_release.errors import fail
from trainer_release.suite.catalog import row
from trainer_release.suite.catalog.source import Source
from trainer_release.suite.catalog.yaml_document import compose

if TYPE_CHECKING:
    from trainer_release.model.catalog import Catalog, IndexAddress


def with_index(catalog: Catalog, index: IndexAddress) -> str:
    """The catalog's text with one more index, in whatever form the section `indexes` has."""
    root = compose(Source(catalog.path, catalog.text))
    if root is None:
        raise fail("catalog-edit-failed", "the catalog cannot be edited in place: it is none", path=catalog.path)
    entry = f'{index.name}: {{upload: "{index.upload}", simple: "{index.simple}"}}'
    section = root.get("indexes")
    if section is not None and section.style == "flow":
        splice = row.into_flow(catalog.text, section, entry)
    elif section is not None:
        splice = row.lines(catalog.text, section, [" " * row.column(catalog.text, section) + entry])
    elif root.style == "flow":
        splice = row.into_flow(catalog.text, root, f"indexes: {{{entry}}}")
    else:
        indent = " " * row.column(catalog.text, root)
        splice = row.lines(catalog.text, root, [f"{indent}indexes:", f"{indent}  {entry}"])
    return catalog.text[: splice.start] + splice.text + catalog.text[splice.end :]
