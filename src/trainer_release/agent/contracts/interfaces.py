"""Which interfaces a module relies on: its parameters and fields whose type is a Protocol or an ABC."""

from __future__ import annotations

import builtins
import re
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from trainer_release.agent.contracts.annotations import hint
from trainer_release.agent.contracts.reading import Reading

_NAME = re.compile(r"[^\W\d]\w*")
_NO_INTERFACES = frozenset({*dir(builtins), *dir(typing), "None", "Path"})


@dataclass(frozen=True, slots=True)
class Use:
    """A parameter of a consumer's function or class (griffe's object) that takes an interface."""

    consumer: str
    owner: Any
    parameter: str
    interface: Any


def uses(reading: Reading) -> tuple[Use, ...]:
    """Every use of an interface in the modules that were read, by path."""
    found = [
        Use(owner, it, parameter.name, cls)
        for root, owner in sorted(reading.roots.items())
        for it in callables(reading.modules.get_member(root))
        for parameter in called_with(it)
        for cls in _interfaces(parameter.annotation, it, reading)
    ]
    return tuple(sorted(found, key=lambda use: (use.consumer, use.owner.path, use.parameter, use.interface.path)))


def _interfaces(annotation: Any, it: Any, reading: Reading) -> Iterator[Any]:
    if {*_NAME.findall(str(annotation))} <= _NO_INTERFACES:
        return  # most annotations: there is nothing to follow
    scope = it if it.is_class else it.parent
    said = hint(annotation, scope, reading)
    seen: set[str] = set()
    for cls in said.classes() if said else ():
        if reading.is_interface(cls) and cls.path not in seen:
            seen.add(cls.path)
            yield cls


def called_with(it: Any) -> list[Any]:
    """The parameters with which a class is made, or a function is called; a method's first one is left out."""
    if it.is_class:
        return [each for each in it.parameters if each.name != "self"]
    return [each for each in it.parameters if each.name not in {"self", "cls"}]


def callables(module: Any) -> Iterator[Any]:
    """The public functions, classes and methods that are defined in a module and those below it, in order of path."""
    for name, member in sorted(module.members.items()):
        if member.is_alias or (name.startswith("_") and not member.is_module):
            continue
        if member.is_module:
            yield from callables(member)
        elif member.is_class or member.is_function:
            yield member
            yield from (_methods(member) if member.is_class else ())


def _methods(cls: Any) -> Iterator[Any]:
    for name, member in sorted(cls.members.items()):
        if not name.startswith("_") and not member.is_alias and member.is_function:
            yield member
