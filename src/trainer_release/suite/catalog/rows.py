"""The section `compatibility`: a row a suite version, plain or as what differs from another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.version import Version

from trainer_release.model.catalog import Mark, Row, Tested
from trainer_release.suite import offset
from trainer_release.suite.catalog import keys
from trainer_release.suite.catalog.source import nearest, shown
from trainer_release.suite.catalog.tested import tested
from trainer_release.suite.catalog.values import day, mapping, text, version

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from trainer_release.model.catalog import Group, Listed
    from trainer_release.suite.catalog.source import Source
    from trainer_release.suite.catalog.yaml_nodes import Node


@dataclass(frozen=True, slots=True)
class _Own:
    """A row as it stands, `from` not followed yet."""

    at: int
    mark: Mark
    modules: dict[str, str]
    released: str | None = None
    base: str | None = None
    base_at: int = 0
    withdrawn: str | None = None
    tested: Tested | None = None


def rows(
    source: Source,
    node: Node,
    listed: Mapping[str, Listed],
    gone: Container[str],
    suite: tuple[str, str | None],
    groups: Mapping[str, Group],
) -> dict[str, Row]:
    """Every row with every module; `suite` is its name and its version now. A row of a version before that may lack
    modules that came later; in any other, members of a group that it does not name have their group's version, in one
    to come the version that the group's leader leads to."""
    called_suite, current = suite
    own: dict[str, _Own] = {}
    for key, value in node.pairs if mapping(source, node, "`compatibility`") is not None else ():
        called = version(source, key, "a row") if key.kind == "scalar" else None
        row = _row(source, called, key, value) if called else None
        if called and row:
            _known(source, value, called, listed, gone)
            own.setdefault(called, row)
    found: dict[str, Row] = {}
    for called, row in own.items():
        full = _followed(source, called, own)
        if full is None:
            continue
        found[called] = Row(called, full, row.mark, row.released, row.base, row.withdrawn, row.tested)
        if current is not None and Version(called) < Version(current):
            continue
        led = offset.derived(called_suite, groups, called, full) if called != current else {}
        for name, module in listed.items():
            if module.group and module.version:
                full.setdefault(name, led.get(module.group, module.version))
        missing = [name for name in listed if name not in full]
        if missing:
            message = f'row "{called}" does not name {", ".join(missing)}'
            source.complain("row-incomplete", row.at, message, f'add `{missing[0]}: "…"` to the row')
    return found


def is_long(node: Node) -> bool:
    """Whether a row is in the long form, with `from`, `modules` or `released`. Either form may have marks."""
    return any(key.value in keys.LONG_ROW for key, _ in node.pairs)


def _row(source: Source, called: str, key: Node, value: Node) -> _Own | None:
    what, mark = f'row "{called}"', source.mark(key.start)
    if mapping(source, value, what) is None:
        return None
    gone, known = value.get("withdrawn"), value.get("tested")
    withdrawn = text(source, gone, f"{what}, withdrawn") if gone else None
    shown_by = tested(source, known, f"{what}, tested") if known else None
    if not is_long(value):
        return _Own(key.start, mark, _versions(source, value, what, keys.MARKS), withdrawn=withdrawn, tested=shown_by)
    got = mapping(source, value, what, keys.ROW, () if value.get("from") else ("modules",)) or {}
    base = version(source, got["from"], f"{what}, from") if "from" in got else None
    return _Own(
        key.start,
        mark,
        _versions(source, got["modules"], what) if "modules" in got else {},
        day(source, got["released"], f"{what}, released") if "released" in got else None,
        base,
        got["from"].start if "from" in got else 0,
        withdrawn,
        shown_by,
    )


def _versions(source: Source, node: Node, what: str, others: Container[str] = ()) -> dict[str, str]:
    entries = mapping(source, node, f"{what}, modules") or {}
    said = {name: value for name, value in entries.items() if name not in others}
    read = {name: version(source, value, f"{what}, `{shown(name)}`") for name, value in said.items()}
    return {name: said or "0" for name, said in read.items()}


def _known(source: Source, node: Node, called: str, listed: Mapping[str, Listed], gone: Container[str]) -> None:
    inner = node.get("modules") if is_long(node) else node
    for key, _ in inner.pairs if inner else ():
        if key.kind == "scalar" and key.value not in listed and key.value not in gone and key.value not in keys.MARKS:
            message = f'row "{called}": "{shown(key.value)}" is neither in `modules` nor `retired`'
            source.complain("module-unlisted", key.start, message, nearest(key.value, listed))


def _followed(source: Source, called: str, own: Mapping[str, _Own]) -> dict[str, str] | None:
    chain, at = [called], own[called].base_at
    while (base := own[chain[-1]].base) is not None:
        if base in chain:
            if base == called == min(chain):  # a circle is told once
                ring = " → ".join([*chain, base])
                message = f"rows take from each other in a circle: {ring}"
                source.complain("row-from", at, message, "write one of them out")
            return None
        if base not in own:
            if len(chain) == 1:
                message = f'row "{called}" takes from "{base}", which is no row'
                source.complain("row-from", at, message, nearest(base, own))
            return None
        chain.append(base)
    return {name: said for row in reversed(chain) for name, said in own[row].modules.items()}
