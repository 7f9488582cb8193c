"""Projects of every make from one description: which texts say name, version and needs, with holes for versions and pins.

The description is what the tests know to be true; nothing here uses the code under test.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kit.random_texts import Hole, Piece, Pieces, array, string, whole

RUNTIME, BUILD = "project.dependencies", "build-system.requires"
EXTRA, GROUP = "project.optional-dependencies.", "dependency-groups."


@dataclass(frozen=True, slots=True)
class Need:
    """A requirement on a module: `on` is the canonical package, `where` its list; `text` as PEP 508 has it, `spelled`,
    `constraint`, `extras` and `marker` for Poetry."""

    on: str
    where: str
    text: str
    spelled: str
    constraint: str
    extras: tuple[str, ...] = ()
    poetry: bool = False


@dataclass(frozen=True, slots=True)
class Style:
    """How a person writes: quotes, lists, line ends, comments, blanks around `=`."""

    quote: str = '"'
    lists: str = "lines"
    newline: str = "\n"
    comment: str = ""
    equals: str = " = "
    last: str = "\n"


@dataclass(frozen=True, slots=True)
class Part:
    """A module as its files state it. `version` is what they say, perhaps another one than the catalog's; `others` are
    requirements on what is no module; `table` has the rows of `[tool.demo.versions]`."""

    name: str
    package: str
    canonical: str
    folder: str
    layout: str
    version: str
    needs: tuple[Need, ...]
    others: tuple[str, ...]
    style: Style
    umbrella: bool = False
    table: tuple[tuple[str, str], ...] = ()

    def of(self, where: str) -> list[Need]:
        return [need for need in self.needs if need.where == where]

    @property
    def extras(self) -> list[str]:
        return names_below(EXTRA, self.needs)

    @property
    def groups(self) -> list[str]:
        return names_below(GROUP, self.needs)


def names_below(lead: str, needs: Iterable[Need]) -> list[str]:
    return list(dict.fromkeys(need.where.removeprefix(lead) for need in needs if need.where.startswith(lead)))


def files_of(part: Part) -> dict[str, Pieces]:
    """Every file of a project, by path."""
    made = LAYOUTS[part.layout](part)
    style = part.style
    head = [f"# {style.comment}\n"] if style.comment else []
    return {
        f"{part.folder}/{path}": whole([*head, *pieces, style.last], style.newline) for path, pieces in made.items()
    }


def listed(part: Part, needs: Iterable[Need], others: Iterable[str] = ()) -> list[Piece]:
    style = part.style
    items = [string(need.text, style.quote, need.on) for need in needs]
    items[1:1] = [string(other, style.quote) for other in others]
    return array(items, style.lists)


def build_system(part: Part, requires: str, backend: str) -> list[Piece]:
    eq = part.style.equals
    return [
        "[build-system]\nrequires", eq, *listed(part, part.of(BUILD), [requires]),
        f'\nbuild-backend{eq}"{backend}"\n',
    ]  # fmt: skip


def project(part: Part, *, static: bool = True) -> list[Piece]:
    """The `[project]` table and what PEP 735 adds."""
    style, eq = part.style, part.style.equals
    pieces: list[Piece] = ["\n[project]\nname", eq, f"{style.quote}{part.package}{style.quote}\n"]
    pieces += ["version", eq, *string(part.version, style.quote, "version"), "  # the version\n"] if static else []
    pieces += [] if static else [f"dynamic{eq}['version', \"description\"]\n"]
    pieces += ["requires-python", eq, '">=3.9"\ndependencies', eq, *listed(part, part.of(RUNTIME), part.others), "\n"]
    if part.extras:
        pieces.append("\n[project.optional-dependencies]\n")
    for extra in part.extras:
        pieces += [extra, eq, *listed(part, part.of(EXTRA + extra)), "\n"]
    return [*pieces, *groups(part), *table(part)]


def groups(part: Part) -> list[Piece]:
    pieces: list[Piece] = ["\n[dependency-groups]\nmore = [{include-group = 'dev'}]\n"] if "dev" in part.groups else []
    pieces += ["\n[dependency-groups]\n"] if part.groups and not pieces else []
    for group in part.groups:
        pieces += [group, part.style.equals, *listed(part, part.of(GROUP + group), ["pytest>=8"]), "\n"]
    return pieces


def table(part: Part) -> list[Piece]:
    """The table of the suite's versions that some projects keep."""
    keys = ((name, f'"{name}"' if "." in name else name, said) for name, said in part.table)
    rows = ([key, " = ", *string(said, part.style.quote, f"table {name}"), "\n"] for name, key, said in keys)
    return ["\n[tool.demo.versions]\n", *(piece for row in rows for piece in row)] if part.table else []


def pep621(part: Part) -> dict[str, list[Piece]]:
    return {"pyproject.toml": [*build_system(part, "hatchling", "hatchling.build"), *project(part)]}


def hatch(part: Part) -> dict[str, list[Piece]]:
    where = "\n[tool.hatch.version]\npath = 'src/about.py'\n"
    pieces = [*build_system(part, "hatchling", "hatchling.build"), *project(part, static=False), where]
    return {"pyproject.toml": pieces, "src/about.py": assigned(part)}


def assigned(part: Part) -> list[Piece]:
    return ['"""About."""\n\n__version__ = ', *string(part.version, part.style.quote, "version"), "\nOTHER = '1.2.3'"]


def flit(part: Part) -> dict[str, list[Piece]]:
    module = part.package.replace("-", "_").replace(".", "/")
    pieces = [*build_system(part, "flit_core>=3.2", "flit_core.buildapi"), *project(part, static=False)]
    return {"pyproject.toml": pieces, f"{module}/__init__.py": assigned(part)}


def attr(part: Part) -> dict[str, list[Piece]]:
    where = '\n[tool.setuptools.dynamic]\nversion = {attr = "about.__version__"}\n'
    pieces = [*build_system(part, "setuptools>=61", "setuptools.build_meta"), *project(part, static=False), where]
    return {"pyproject.toml": pieces, "about.py": assigned(part)}


def poetry_project(part: Part) -> dict[str, list[Piece]]:
    """Poetry 2: `[project]`, and a table of Poetry's own that only serves its lock file."""
    local = {need.on: f'{need.on} = {{path = "../{need.on}", develop = true}}\n' for need in part.of(RUNTIME)}
    rest = ["\n[tool.poetry]\nrequires-poetry = '>=2.0'\n", *(["\n[tool.poetry.dependencies]\n"] if local else [])]
    return {
        "pyproject.toml": [
            *build_system(part, "poetry-core>=2", "poetry.core.masonry.api"),
            *project(part), *rest, *local.values(),
        ]
    }  # fmt: skip


def poetry(part: Part) -> dict[str, list[Piece]]:
    """Poetry's own tables, with carets and tildes."""
    style, eq = part.style, part.style.equals
    pieces: list[Piece] = ["[tool.poetry]\nname", eq, f"'{part.package}'\nversion", eq]
    pieces += [*string(part.version, style.quote, "version"), "\ndescription = ''\nauthors = []\n"]
    pieces += ['\n[tool.poetry.dependencies]\npython = "^3.9"\nrequests = "^2.31"  # not ours\n']
    optional = [need for extra in part.extras for need in part.of(EXTRA + extra)]
    for need in part.of(RUNTIME):
        pieces += entry(part, need)
    for need in optional:
        pieces += entry(part, need, optional=True)
    pieces += ["\n[tool.poetry.extras]\n"] if optional else []
    for extra in part.extras:
        named = ", ".join(f'"{need.spelled}"' for need in part.of(EXTRA + extra))
        pieces += [f"{extra} = [{named}]\n"]
    for group in part.groups:
        pieces += [f"\n[tool.poetry.group.{group}.dependencies]\n"]
        for need in part.of(GROUP + group):
            pieces += entry(part, need)
    return {"pyproject.toml": [*pieces, "\n", *build_system(part, "poetry-core", "poetry.core.masonry.api")]}


def entry(part: Part, need: Need, *, optional: bool = False) -> list[Piece]:
    stated = string(need.constraint, part.style.quote, f"poetry {need.on}")
    if not optional and not need.extras:
        return [need.spelled, part.style.equals, *stated, "\n"]
    more = ", optional = true" if optional else ""
    more += f", extras = {list(need.extras)}" if need.extras else ""
    return [need.spelled, " = {version = ", *stated, f"{more}}}  # a table\n"]


def setup_cfg(part: Part) -> dict[str, list[Piece]]:
    def lines(needs: Iterable[Need], others: Iterable[str] = ()) -> list[Piece]:
        items: list[list[Piece]] = [[Hole(need.text, need.on)] for need in needs]
        items[1:1] = [[other] for other in others]
        return [piece for item in items for piece in ["\n    ", *item]]

    pieces: list[Piece] = [f"[metadata]\nname = {part.package}\nversion = ", Hole(part.version, "version"), "\n"]
    pieces += ["\n[options]\npython_requires = >=3.9\n", "install_requires =", *lines(part.of(RUNTIME), part.others)]
    pieces += ["\n\n[options.extras_require]"] if part.extras else []
    for extra in part.extras:
        pieces += [f"\n{extra} =", *lines(part.of(EXTRA + extra))]
    toml = [*build_system(part, "setuptools>=61", "setuptools.build_meta"), *groups(part)]
    return {"pyproject.toml": toml, "setup.cfg": pieces}


def setup_py(part: Part) -> dict[str, list[Piece]]:
    style = part.style
    pieces: list[Piece] = ["from setuptools import setup\n\nsetup(\n    name=", f'"{part.package}",\n    version=']
    pieces += [*string(part.version, style.quote, "version"), ",  # the version\n    python_requires='>=3.9',\n"]
    pieces += ["    install_requires=", *listed(part, part.of(RUNTIME), part.others), ",\n"]
    if part.extras:
        pieces.append("    extras_require={\n")
        for extra in part.extras:
            pieces += [f"        '{extra}': ", *listed(part, part.of(EXTRA + extra)), ",\n"]
        pieces.append("    },\n")
    toml = [*build_system(part, "setuptools>=61", "setuptools.build_meta"), *groups(part)]
    return {"pyproject.toml": toml, "setup.py": [*pieces, ")"]}


LAYOUTS = {
    "pep621": pep621,
    "hatch": hatch,
    "flit": flit,
    "attr": attr,
    "poetry-project": poetry_project,
    "poetry": poetry,
    "setup-cfg": setup_cfg,
    "setup-py": setup_py,
}
