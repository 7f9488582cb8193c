"""A group whose version follows another's: `follows` names the leader, `as` the shape of what comes of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from packaging.version import Version

from trainer_release.errors import Severity
from trainer_release.suite import offset
from trainer_release.suite.catalog.source import nearest, shown
from trainer_release.suite.catalog.values import name, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trainer_release.model.catalog import Catalog
    from trainer_release.suite.catalog.source import Source
    from trainer_release.suite.catalog.yaml_nodes import Node

_SAMPLE = f"{10**9}.{10**9}.{10**9}"
"""A version that no offset makes negative."""


def follows(source: Source, called: str, got: Mapping[str, Node]) -> tuple[str | None, str | None]:
    """The leader and the shape that a group names; both or none."""
    if "follows" not in got and "as" not in got:
        return None, None
    for key, other in (("follows", "as"), ("as", "follows")):
        if key not in got:
            message, hint = f"group `{called}` has `{other}` and no `{key}`", f"add `{key}:`, or take `{other}` out"
            source.complain("key-missing", got[other].start, message, hint)
            return None, None
    shape = text(source, got["as"], f"group `{called}`, as")
    if shape is not None and offset.shaped(shape, _SAMPLE) is None:
        message = f'group `{called}`, as: "{shown(shape)}" makes no version in canonical spelling'
        hint = (
            'write such as "0.{minor+21}b{patch}": {major}, {minor} and {patch} are the leader\'s, each with +N or -N'
        )
        source.complain("follows-invalid", got["as"].start, message, hint)
        return None, None
    return name(source, got["follows"], f"group `{called}`, follows"), shape


def check(source: Source, root: Node, catalog: Catalog) -> None:
    """Complain about leaders that are none; warn where the versions of now, or a row to come, break an offset. A row
    may: it decides, and a release that is out cannot be mended."""
    section = root.get("groups")
    for key, value in section.pairs if section else ():
        group, at = catalog.groups.get(key.value), value.get("follows")
        if group is not None and group.follows is not None and at is not None:
            _leads(source, at, catalog, key.value, group.follows)
    for version, start, modules in _ahead(root, catalog):
        for called, wanted in offset.derived(catalog.suite, catalog.groups, version, modules).items():
            group = catalog.groups[called]
            said = next((modules[member] for member in group.modules if member in modules), wanted)
            if said != wanted:
                leader = offset.leader(catalog.suite, catalog.groups, group, version, modules)
                message = f"{called} is {said} beside {group.follows} {leader}; as {group.shape} it would be {wanted}"
                hint = f'write "{wanted}", or leave it so: the row decides'
                source.complain("offset-broken", start, message, hint, severity=Severity.WARNING)


def _leads(source: Source, at: Node, catalog: Catalog, called: str, leader: str) -> None:
    known = [catalog.suite, *catalog.groups, *catalog.modules]
    listed = catalog.modules.get(leader)
    group = leader if leader in catalog.groups else listed.group if listed else None
    if leader not in known:
        message, hint = f'group `{called}` follows "{shown(leader)}", which is nothing here', nearest(leader, known)
    elif group == called:
        message, hint = f"group `{called}` follows itself", f"name what it follows, or `{catalog.suite}` for the suite"
    elif leader != catalog.suite and group and catalog.groups[group].follows:
        message = f"group `{called}` follows {leader}, which follows {catalog.groups[group].follows}"
        hint = f"follow {catalog.groups[group].follows} too: no chains"
    else:
        return
    source.complain("follows-invalid", at.start, message, hint)


def _ahead(root: Node, catalog: Catalog) -> Iterator[tuple[str, int, Mapping[str, str]]]:
    """Suite versions that are not past, each with where it stands and its modules."""
    section, groups = root.get("compatibility"), root.get("groups")
    starts = {key.value: key.start for key, _ in section.pairs} if section else {}
    for row in catalog.rows.values():
        if Version(row.version) >= Version(catalog.version):
            yield row.version, starts.get(row.version, 0), row.modules
    if catalog.version not in catalog.rows and groups is not None:
        listed = {name: module.version or catalog.version for name, module in catalog.modules.items()}
        yield catalog.version, groups.start, listed
