"""What all the files of a setuptools project say together: pyproject.toml, setup.py, setup.cfg, and what they name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from trainer_release.suite.layouts.project_table import Table, read_table
from trainer_release.suite.layouts.setup_cfg import read_setup_cfg
from trainer_release.suite.layouts.setup_py import read_setup_py
from trainer_release.suite.layouts.setuptools_files import listed, roots, source
from trainer_release.suite.layouts.stated import EXTRA, RUNTIME, Setup
from trainer_release.suite.layouts.version_file import beside
from trainer_release.suite.toml_text import at

if TYPE_CHECKING:
    from trainer_release.suite.layouts.contract import Files

DYNAMIC = ("tool", "setuptools", "dynamic")


@dataclass(frozen=True, slots=True)
class View:
    """What the files of one project say, and the text of each that was read."""

    table: Table
    setup: Setup
    texts: dict[str, str]


def setup_files(folder: str, files: Files) -> Setup:
    """What setup.py and setup.cfg say together; where both speak, setup.py counts."""
    paths = beside(folder, "setup.py"), beside(folder, "setup.cfg")
    code, configured = map(files, paths)
    setup = read_setup_py(paths[0], code) if code is not None else Setup()
    return setup.joined(read_setup_cfg(folder, configured, files)) if configured is not None else setup


def look(folder: str, files: Files) -> View:
    """Everything that the project says."""
    texts: dict[str, str] = {}

    def reading(path: str) -> str | None:
        text = None if path.startswith(("../", "/")) else files(path)
        if text is not None:
            texts[path] = text
        return text

    table = read_table(folder, reading)
    setup = setup_files(folder, reading)
    if "project" in table.values:
        setup = of_project(table, setup, reading)
    elif setup.version is None:
        setup.from_tag = setup.from_tag or at(table.values, ("tool", "setuptools_scm")) is not None
    if setup.version is not None:
        reading(setup.version[0])
    return View(table, setup, texts)


def of_project(table: Table, setup: Setup, files: Files) -> Setup:
    """What counts beside a `[project]` table: what it calls dynamic, first as `[tool.setuptools.dynamic]` says."""
    dynamic = at(table.values, ("project", "dynamic")) or ()
    wheres = {"dependencies": RUNTIME, "optional-dependencies": EXTRA}
    left = tuple(where for name, where in wheres.items() if name in dynamic)
    setup = replace(setup, name=None, stated=[each for each in setup.stated if left and each.where.startswith(left)])
    first = Setup()
    version = at(table.values, (*DYNAMIC, "version"))
    kind = next((kind for kind in ("attr", "file") if isinstance(version, Mapping) and kind in version), None)
    if "version" not in dynamic:
        setup = replace(setup, version=None, computed=None)
    elif kind is not None and (names := texts_in(version[kind])):
        first.version = source(table.folder, kind, names, roots(table.values), files)
    for where, names in dynamic_files(table.values, left):
        first.stated += listed(table.folder, names, where, files)
    return first.joined(setup)


def dynamic_files(values: Mapping[str, Any], left: tuple[str, ...]) -> list[tuple[str, list[str]]]:
    """The lists that `[tool.setuptools.dynamic]` fills, each with the files that hold its requirements."""
    extras = at(values, (*DYNAMIC, "optional-dependencies"))
    named = {EXTRA + name: each for name, each in extras.items()} if isinstance(extras, Mapping) else {}
    given = {RUNTIME: at(values, (*DYNAMIC, "dependencies"))} | named
    found = [(where, texts_in(at(each, ("file",)))) for where, each in given.items() if left and where.startswith(left)]
    return [(where, names) for where, names in found if names]


def texts_in(value: Any) -> list[str]:
    """A string, or the strings of a list."""
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, str)]
