"""The sections that list modules: `modules`, `groups`, `retired`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from trainer_release.model.catalog import Group, Listed, Pin
from trainer_release.model.names import canonicalize_name
from trainer_release.suite.catalog import keys
from trainer_release.suite.catalog.follows import follows
from trainer_release.suite.catalog.places import path, ref, repository
from trainer_release.suite.catalog.values import choice, flag, mapping, name, texts, version
from trainer_release.suite.layouts.metadata import is_of_python

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trainer_release.suite.catalog.source import Source
    from trainer_release.suite.catalog.yaml_nodes import Node


def modules(source: Source, node: Node) -> dict[str, Listed]:
    """Every module, by name in the catalog's order; names that are one after PEP 503 are refused."""
    entries = mapping(source, node, "`modules`")
    if entries == {}:
        source.complain("key-missing", node.start, "`modules` lists none", 'list them: `name: "1.0.0"`')
    listed: dict[str, Listed] = {}
    seen: dict[str, int] = {}
    for key, value in node.pairs if entries else ():
        called = name(source, key, "a module") if key.kind == "scalar" else None
        if called is None or called in listed:
            continue
        same = str(canonicalize_name(called))
        if same in seen:
            message = f'module "{called}" is the one in line {seen[same]} after normalisation (PEP 503)'
            source.complain("module-twice", key.start, message, "keep one of the two")
        elif called in keys.ROW:
            message = f'"{called}" cannot name a module: it is a key of the rows'
            source.complain("name-reserved", key.start, message, f'call it "{called}-1" and give its package')
        seen.setdefault(same, source.mark(key.start).line)
        listed[called] = _module(source, called, key, value)
    return listed


def _module(source: Source, called: str, key: Node, value: Node) -> Listed:
    what, mark = f"module `{called}`", source.mark(key.start)
    if value.kind != "map":
        return Listed(called, version(source, value, what), mark)
    got = mapping(source, value, what, keys.MODULE) or {}
    plain = Listed(called, None, mark)
    pin = choice(source, got["pin"], f"{what}, pin", keys.PINS) if "pin" in got else None
    publish = flag(source, got["publish"], f"{what}, publish") if "publish" in got else None
    build = choice(source, got["build"], f"{what}, build", keys.MODULE_BUILDS) if "build" in got else None
    also = texts(source, got["also"], f"{what}, also") if "also" in got else ()
    return replace(
        plain,
        version=version(source, got["version"], what) if "version" in got else None,
        package=package(source, got["package"], f"{what}, package") if "package" in got else None,
        path=path(source, got["path"], f"{what}, path") if "path" in got else None,
        repository=repository(source, got["repository"], f"{what}, repository") if "repository" in got else None,
        ref=ref(source, got["ref"], f"{what}, ref") if "ref" in got else None,
        pin=Pin(pin) if pin else None,
        publish=plain.publish if publish is None else publish,
        build=build or plain.build,
        also=tuple(p for _, item in also if (p := path(source, item, f"{what}, also"))),
    )


def package(source: Source, node: Node, what: str) -> str | None:
    """The name of a distribution: none of Python's own modules, for an index refuses those."""
    called = name(source, node, what)
    if called is not None and is_of_python(called):
        message = f"{what}: {called} is a module of Python's own, and an index refuses that name"
        source.complain("name-reserved", node.start, message, f'call it "{called}-1", for example')
    return called


def groups(source: Source, node: Node, listed: Mapping[str, Listed]) -> dict[str, Group]:
    """Every group; a member is in one group and states no other version. One that `modules` does not list is listed by
    its group."""
    taken: dict[str, str] = {}
    found: dict[str, Group] = {}
    for key, value in node.pairs if mapping(source, node, "`groups`") is not None else ():
        called = name(source, key, "a group") if key.kind == "scalar" else None
        got = mapping(source, value, f"group `{called}`", keys.GROUP, keys.NEEDED_OF_GROUP) if called else None
        if called is None or got is None:
            continue
        shared = version(source, got["version"], f"group `{called}`") if "version" in got else None
        members = texts(source, got["modules"], f"the modules of group `{called}`") if "modules" in got else ()
        for member, item in members:
            _member(source, item, (called, shared), listed, taken)
            taken.setdefault(member, called)
        names, leader = tuple(member for member, _ in members), follows(source, called, got)
        found[called] = Group(called, shared or "0", names, source.mark(key.start), *leader)
    return found


def _member(
    source: Source,
    item: Node,
    group: tuple[str, str | None],
    listed: Mapping[str, Listed],
    taken: Mapping[str, str],
) -> None:
    member, (called, shared) = item.value, group
    same = {canonicalize_name(other): other for other in (*listed, *taken)}.get(canonicalize_name(member), member)
    if same != member:
        message = f'group `{called}`: "{member}" is `{same}` in another spelling'
        source.complain("module-twice", item.start, message, f'write "{same}"')
    elif member in taken:
        message = f"`{member}` is in group `{taken[member]}` already"
        source.complain("module-twice", item.start, message, "a module has one version: take it out of one of the two")
    elif member not in listed:
        name(source, item, f"a module of group `{called}`")
    elif shared and listed[member].version not in (None, shared):
        mine, line = listed[member].version, listed[member].mark.line
        message = f"`{member}` says {mine} in line {line}, its group `{called}` {shared}"
        source.complain(
            "group-differs",
            item.start,
            message,
            f'write "{shared}" in line {line}, or take it out of the group',
        )


def in_groups(listed: Mapping[str, Listed], found: Mapping[str, Group]) -> dict[str, Listed]:
    """The modules with their groups: a member's version is the group's."""
    joined = dict(listed)
    for group in found.values():
        for member in group.modules:
            known = joined.get(member) or Listed(member, None, group.mark)
            joined[member] = replace(known, version=group.version, group=group.name)
    return joined


def retired(source: Source, node: Node, listed: Mapping[str, Listed]) -> dict[str, dict[str, str]]:
    """Modules that are no more, with `since` (a suite version) and `replaced-by` (a name) where told."""
    found: dict[str, dict[str, str]] = {}
    for key, value in node.pairs if mapping(source, node, "`retired`") is not None else ():
        called = name(source, key, "a retired module") if key.kind == "scalar" else None
        got = mapping(source, value, f"retired `{called}`", keys.RETIRED) if called else None
        if called is None or got is None:
            continue
        if called in listed:
            message = f"`{called}` is retired here and listed in line {listed[called].mark.line}"
            source.complain("module-twice", key.start, message, "keep one of the two")
        since = version(source, got["since"], f"`{called}`, since") if "since" in got else None
        by = name(source, got["replaced-by"], f"`{called}`, replaced-by") if "replaced-by" in got else None
        told = {"since": since, "replaced-by": by}
        found[called] = {word: said for word, said in told.items() if said is not None}
    return found
