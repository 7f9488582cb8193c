"""Two readings of a module's public API against each other."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from trainer_release.agent.contracts.api import below, names, roots, tree
from trainer_release.model.contracts import Breakage, Contract

if TYPE_CHECKING:
    import griffe


def compare(version: str, old: Mapping[str, bytes], new: Mapping[str, bytes], place: str = "") -> Contract:
    """The sources of a published version against those of now, both by their path in site-packages; `place` stands
    before paths that are shown. What cannot be parsed raises SyntaxError, or what else griffe raises."""
    breakages: list[Breakage] = []
    additions: list[str] = []
    for name in roots(old):
        before, after = below(name, old), below(name, new)
        if before == after:
            continue
        if not after:
            path = next(iter(before.values()))[0]
            breakages.append(Breakage("Public object was removed", name, "", "", place + path, 1))
            continue
        was, now = tree(before, place), tree(after, place)
        breakages += _breakages(was, now)
        additions += _outermost(names(now) - names(was))
    return Contract(version, tuple(dict.fromkeys(breakages)), tuple(sorted(additions)))


def _breakages(was: griffe.Module, now: griffe.Module) -> Iterator[Breakage]:
    import griffe

    for found in griffe.find_breaking_changes(was, now):
        it, old, new = found.obj, found.old_value, found.new_value
        parameter = next((f"({each.name})" for each in (old, new) if isinstance(each, griffe.Parameter)), "")
        path, line = _place(it)
        yield Breakage(found.kind.value, it.path + parameter, *_values(old, new), path, line)


def _place(it: Any) -> tuple[str, int]:
    """File and line; what has no line of its own (a dataclass's `__init__`) has its class's."""
    where = it.parent.filepath if it.is_alias else it.filepath
    line = it.alias_lineno if it.is_alias else it.lineno or (it.parent and it.parent.lineno)
    return (where[0] if isinstance(where, list) else where).as_posix(), line or 1


def _values(old: Any, new: Any) -> tuple[str, str]:
    """What changed in words, where there is something old and something new."""
    import griffe

    if isinstance(old, griffe.Parameter) and isinstance(new, griffe.Parameter):
        pairs = ((old.default, new.default), (old.kind, new.kind))
        old, new = next((pair for pair in pairs if str(pair[0]) != str(pair[1])), (None, None))
    if isinstance(old, list) and isinstance(new, list):
        old, new = ", ".join(map(str, old)) or "none", ", ".join(map(str, new)) or "none"
    if old is None or new is None:
        return "", ""
    return str(getattr(old, "value", old)), str(getattr(new, "value", new))


def _outermost(found: Collection[str]) -> list[str]:
    """What is new in itself, not as a part of something new."""
    return [name for name in found if name.rpartition(".")[0] not in found]
