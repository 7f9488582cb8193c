"""versions.yaml: text to a Catalog, or every complaint at once (the contract's section 1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from trainer_release.errors import Problem, ReleaseError, Severity
from trainer_release.model.agent_settings import AgentSettings
from trainer_release.model.catalog import Catalog, Listed
from trainer_release.suite.catalog import follows as catalog_follows
from trainer_release.suite.catalog import keys
from trainer_release.suite.catalog import modules as catalog_modules
from trainer_release.suite.catalog import release as catalog_release
from trainer_release.suite.catalog import rows as catalog_rows
from trainer_release.suite.catalog.places import path as inside
from trainer_release.suite.catalog.source import Source, nearest, shown
from trainer_release.suite.catalog.values import mapping, name, texts, version
from trainer_release.suite.catalog.yaml_document import composed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trainer_release.suite.catalog.yaml_nodes import Node

_INIT = "run `trainer-release init` to write one"


@dataclass(frozen=True, slots=True)
class _Suite:
    """The suite's own entry."""

    name: str = ""
    at: int = 0
    got: dict[str, Node] = field(default_factory=dict)


def read(text: str, path: str) -> tuple[Catalog, tuple[Problem, ...]]:
    """The catalog in a text; `path` is how messages call it. Beside it, warnings and notes.

    Errors raise ReleaseError (exit 3) with all of them, each with its place and the source line. Pure.
    """
    catalog, problems = examine(text, path)
    if catalog is None or any(problem.severity is Severity.ERROR for problem in problems):
        raise ReleaseError(*problems)
    return catalog, problems


@lru_cache(8)
def examine(text: str, path: str) -> tuple[Catalog | None, tuple[Problem, ...]]:
    """As `read`, but errors are beside what could be understood of the catalog; None where nothing could.

    One command reads the same text several times: as it stands, at the last tag, and as it is edited.
    """
    root, problems = composed(path, text)
    source = Source(path, text, [*problems])
    if root is None or root.kind != "map":
        if not source.problems:
            found = "nothing" if root is None or not root.value else "no mapping"
            found = "a list" if root is not None and root.kind == "list" else found
            source.complain("catalog-not-a-mapping", root.start if root else 0, f"the catalog holds {found}", _INIT)
        return None, tuple(source.problems)
    catalog = _catalog(source, root)
    return catalog, tuple(sorted(source.problems, key=lambda p: (p.line or 0, p.column or 0)))


def _catalog(source: Source, root: Node) -> Catalog:
    suite = _suite(source, root)
    _schema(source, root)
    at = {key.value: value for key, value in root.pairs if key.value in keys.RESERVED}
    current = version(source, suite.got["version"], f"`{suite.name}`") if "version" in suite.got else None
    listed = catalog_modules.modules(source, at["modules"]) if "modules" in at else {}
    if "modules" not in at:
        source.complain(
            "key-missing",
            root.start,
            "there is no `modules`",
            'add `modules:` with a line `name: "1.0.0"` each',
        )
    groups = catalog_modules.groups(source, at["groups"], listed) if "groups" in at else {}
    listed = catalog_modules.in_groups(listed, groups)
    gone = catalog_modules.retired(source, at["retired"], listed) if "retired" in at else {}
    table, owner = at.get("compatibility"), (suite.name, current)
    rows = catalog_rows.rows(source, table, listed, gone, owner, groups) if table is not None else {}
    indexes = catalog_release.indexes(source, at["indexes"]) if "indexes" in at else {}
    exclude = texts(source, at["exclude"], "`exclude`") if "exclude" in at else ()
    umbrella, folder = suite.got.get("package"), suite.got.get("path")
    also = texts(source, suite.got["also"], "the umbrella's `also`") if "also" in suite.got else ()
    called = str(canonicalize_name(suite.name))
    agent = _agent(source, at["test-agent"], called, umbrella, listed) if "test-agent" in at else AgentSettings()
    catalog = Catalog(
        path=source.path,
        text=source.text,
        suite=suite.name,
        version=current or "0",
        modules=listed,
        mark=source.mark(suite.at),
        umbrella=catalog_modules.package(source, umbrella, "the umbrella's package") if umbrella else None,
        umbrella_path=inside(source, folder, "the umbrella's path") if folder else None,
        umbrella_also=tuple(p for _, item in also if (p := inside(source, item, "the umbrella's `also`"))),
        groups=groups,
        exclude=tuple(p for _, item in exclude if (p := inside(source, item, "`exclude`", glob=True))),
        retired=gone,
        rows=rows,
        release=catalog_release.release(source, at.get("release"), indexes),
        indexes=indexes,
        test_agent=agent,
    )
    _one_place_each(source, root, catalog)
    _row_agrees(source, root, catalog)
    catalog_follows.check(source, root, catalog)
    return catalog


def _agent(source: Source, node: Node, suite: str, umbrella: Node | None, listed: Iterable[str]) -> AgentSettings:
    """How the modules are tested; the umbrella is one of them, by its package's name without the suite's."""
    from trainer_release.suite.catalog.agent_settings import settings

    named = (canonicalize_name(umbrella.value),) if umbrella else (f"{suite}-core", suite)
    return settings(source, node, [*listed, *(each.removeprefix(f"{suite}-") for each in named)])


def _suite(source: Source, root: Node) -> _Suite:
    """The one top-level key that is not reserved, or `suite:`."""
    others = [pair for pair in root.pairs if pair[0].kind == "scalar" and pair[0].value not in keys.RESERVED]
    if (named := root.get("suite")) is not None:
        got = mapping(source, named, "`suite`", keys.NAMED_SUITE, ("name", "version")) or {}
        for key, _ in others:
            _no_section(source, key)
        called = name(source, got["name"], "the suite") if "name" in got else None
        return _Suite(called or "", named.start, got)
    owners = [pair for pair in others if pair[1].get("version")] or others[:1]
    for key, _ in others:
        if all(key is not owner[0] for owner in owners):
            _no_section(source, key)
    for key, _ in owners[1:]:
        first = source.mark(owners[0][0].start).line
        message = f'"{shown(key.value)}" is a second suite beside "{shown(owners[0][0].value)}" in line {first}'
        source.complain("suite-twice", key.start, message, "a catalog describes one suite: keep one")
    if not owners:
        message = "no top-level key names the suite"
        source.complain("suite-missing", root.start, message, 'begin with `<suite>: {version: "1.0.0"}`')
        return _Suite()
    key, value = owners[0]
    called = name(source, key, "the suite")
    got = mapping(source, value, f"`{shown(key.value)}`", keys.SUITE, ("version",)) or {}
    return _Suite(called or "", key.start, got)


def _no_section(source: Source, key: Node) -> None:
    message = f'"{shown(key.value)}" is no section of the catalog'
    source.complain("key-unknown", key.start, message, nearest(key.value, keys.RESERVED))


def _schema(source: Source, root: Node) -> None:
    node = root.get("schema")
    if node is not None and (node.kind != "scalar" or node.style is not None or node.value != "1"):
        hint = "write `schema: 1`, which every trainer-release so far reads, or take the one that wrote this catalog"
        source.complain("schema-unsupported", node.start, "this trainer-release reads schema 1 alone", hint)


def _one_place_each(source: Source, root: Node, catalog: Catalog) -> None:
    """No two modules share a package, or a folder of one repository; none inside another (but the root)."""
    packages: dict[str, Listed] = {}
    places: list[Listed] = []
    section = root.get("modules")
    starts = {key.value: key.start for key, _ in section.pairs} if section else {}
    umbrella = Listed("the umbrella", None, catalog.mark, catalog.umbrella, catalog.umbrella_path)
    for module in (umbrella, *catalog.modules.values()):
        at = starts.get(module.name, 0)
        package = str(canonicalize_name(module.package)) if module.package else None
        if package and (first := packages.setdefault(package, module)) is not module:
            message = f"`{module.name}` and {first.name} (line {first.mark.line}) are both the package {package}"
            source.complain("module-twice", at, message, "take one of the two out; the umbrella is implied")
        for other in places if module.path else ():
            if other.repository == module.repository and _nested(other.path or "", module.path or ""):
                message = (
                    f"`{module.name}` lies at {module.path}, {other.name} (line {other.mark.line}) at {other.path}"
                )
                source.complain("path-taken", at, message, "give each its own folder, none inside another")
        places += [module] if module.path else []


def _nested(one: str, other: str) -> bool:
    first, second = one.casefold(), other.casefold()
    return first == second or first.startswith(f"{second}/") or second.startswith(f"{first}/")


def _row_agrees(source: Source, root: Node, catalog: Catalog) -> None:
    """Warn where the row of the current version and `modules` say two things: the row decides."""
    section, row = root.get("modules"), catalog.rows.get(catalog.version)
    for key, _ in section.pairs if section and row else ():
        module = catalog.modules.get(key.value)
        said = row.modules.get(key.value) if row else None
        if module and module.version and said and said != module.version:
            message = f'`{module.name}` says {module.version}, row "{catalog.version}" {said}: the row decides'
            hint = f"write {said} here, or mend the row"
            source.complain("row-differs", key.start, message, hint, severity=Severity.WARNING)
