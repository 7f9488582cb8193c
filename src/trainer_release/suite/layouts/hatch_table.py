"""Where a project says how hatch is to find its version: `[tool.hatch.version]`, or `[version]` in a hatch.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from posixpath import dirname
from typing import TYPE_CHECKING, Any

from trainer_release.suite.layouts.project_table import backend, is_dynamic
from trainer_release.suite.layouts.version_file import beside
from trainer_release.suite.layouts.version_span import assigned
from trainer_release.suite.toml_text import at, parse

if TYPE_CHECKING:
    from trainer_release.suite.layouts.contract import Files


@dataclass(frozen=True, slots=True)
class HatchTable:
    """What the table says, in which file; `texts` holds the hatch.toml if it was read."""

    values: Mapping[str, Any]
    path: str
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def source(self) -> Any:
        """The version source's name; hatch takes a regular expression where none is given."""
        return self.values.get("source", "regex")

    def text(self, key: str, usual: str = "") -> str:
        """An option that is a string, or the usual one."""
        value = self.values.get(key)
        return value if isinstance(value, str) and value else usual


def hatch_table(pyproject: Mapping[str, Any], folder: str, files: Files) -> HatchTable | None:
    """The table of a project that hatchling builds and whose version is dynamic; what hatch.toml says goes first.

    ReleaseError `toml-invalid` for a broken hatch.toml.
    """
    built = backend(pyproject).startswith("hatchling") or at(pyproject, ("build-system", "backend-path")) is not None
    if not built or not is_dynamic(pyproject):
        return None
    path = beside(folder, "hatch.toml")
    text = files(path)
    own = at(parse(path, text), ("version",)) if text is not None else None
    texts = {path: text} if text is not None else {}
    if isinstance(own, Mapping):
        return HatchTable(own, path, texts)
    values = at(pyproject, ("tool", "hatch", "version"))
    return HatchTable(values, beside(folder, "pyproject.toml"), texts) if isinstance(values, Mapping) else None


def is_computed(table: HatchTable, files: Files) -> bool:
    """Whether the source is `code` and what it evaluates is no literal that stands in the file it names."""
    expression = table.text("expression", "__version__")
    text = files(beside(dirname(table.path), table.text("path")))
    if table.source != "code":
        return False
    return not expression.isidentifier() or (text is not None and assigned(expression)(text) is None)
