"""Signatures as griffe reads them: which calls they take, and whether one takes every call that another one allows."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from trainer_release.agent.contracts.annotations import hint
from trainer_release.agent.contracts.reading import Reading

ANYTHING = frozenset({"typing.Any", "object", "builtins.object", "Any"})
_WIDER = {"bool": {"int", "float", "complex"}, "int": {"float", "complex"}, "float": {"complex"}}


@dataclass(frozen=True, slots=True)
class Shape:
    """One way to call: how many words stand in order, and the names of those that are named."""

    positional: int
    keywords: tuple[str, ...]


def parameters(function: Any) -> list[Any]:
    """The parameters of a function as a caller sees them: a method's first one is left out."""
    found = list(function.parameters)
    bound = function.parent is not None and function.parent.is_class and "staticmethod" not in function.labels
    return found[1:] if bound and found and found[0].kind is not None and _plain(found[0]) else found


def _plain(parameter: Any) -> bool:
    return parameter.kind.value in {"positional-only", "positional or keyword"}


def shapes(found: Collection[Any]) -> tuple[Shape, ...]:
    """The calls that a signature allows: with what it must have and with all that it may have, in order and by name."""
    ordered = [each for each in found if _plain(each)]
    named = [each for each in found if each.kind.value == "keyword-only"]
    must = [each.name for each in named if each.required]
    least = [each for each in ordered if each.required]
    ways = [
        Shape(len(least), tuple(must)),
        Shape(len(ordered), tuple(each.name for each in named)),
    ]
    for chosen, more in ((least, must), (ordered, [each.name for each in named])):
        only = [each for each in chosen if each.kind.value == "positional-only"]
        ways.append(Shape(len(only), (*(each.name for each in chosen if each not in only), *more)))
    return tuple(dict.fromkeys(ways))


def takes(found: Collection[Any], shape: Shape) -> bool:
    """Whether a signature takes a call of this shape."""
    ordered = [each for each in found if _plain(each)]
    kinds = {each.kind.value for each in found}
    if shape.positional > len(ordered) and "variadic positional" not in kinds:
        return False
    given = {each.name for each in ordered[: shape.positional]}
    named = {each.name for each in found if each.kind.value in {"positional or keyword", "keyword-only"}}
    known = named - given
    if not set(shape.keywords) <= known and "variadic keyword" not in kinds:
        return False
    wanted = {each.name for each in found if each.required and not each.kind.value.startswith("variadic")}
    return wanted <= given | (set(shape.keywords) & named)


def differences(promised: Any, offered: Any, reading: Reading) -> Iterator[str]:
    """In what a method falls short of an interface's, in words; nothing where it does not."""
    if kind(promised) != kind(offered):
        yield f"{offered.name} is {kind(offered)}, not {kind(promised)}"
    elif promised.is_function:
        for shape in shapes(parameters(promised)):
            if not takes(parameters(offered), shape):
                yield f"{offered.name} does not take {shape.positional} in order and {shape.keywords} by name"
    if not narrower(gives(offered), gives(promised), offered, promised, reading):
        yield f"{offered.name} gives {gives(offered)}, not {gives(promised)}"


def gives(member: Any) -> Any:
    """The annotation of what a member is or gives."""
    return member.returns if member.is_function else member.annotation


def kind(member: Any) -> str:
    """How a member is used: called, called and awaited, or read."""
    if not member.is_function:
        return "read"
    return "awaited" if "async" in member.labels else "called"


def narrower(offered: Any, promised: Any, where: Any, there: Any, reading: Reading) -> bool:
    """Whether a type is as good as the promised one, as far as names tell: two plain names that differ are told apart,
    unless one class derives from the other; anything else is taken to fit."""
    one, other = hint(offered, where.parent, reading), hint(promised, there.parent, reading)
    if one is None or other is None:
        return True
    wanted = [*other.alternatives()]
    if any(each.path in ANYTHING or not each.path for each in wanted):
        return True
    for each in one.alternatives():
        above = reading.ancestors(each.found) if each.found is not None else {}
        near = {each.path, *above, *_WIDER.get(each.path, ())}
        unknown = (
            not each.path or each.path in ANYTHING or bool(each.words) or (each.found is None and "." in each.path)
        )
        loose = any(
            want.words or reading.is_interface(want.found) or ("." in want.path and want.found is None)
            for want in wanted
        )
        if not (unknown or loose or near & {want.path for want in wanted}):
            return False
    return True
