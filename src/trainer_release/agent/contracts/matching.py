"""Who provides an interface: classes derived from it, and classes that have all of a Protocol's members."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from trainer_release.agent.contracts.interfaces import Use, callables, uses
from trainer_release.agent.contracts.reading import Reading
from trainer_release.agent.contracts.signatures import differences

_NO_PROVIDERS = frozenset({"protocol", "abstract", "exception", "enum", "typeddict"})
_OWN = frozenset({"__init__", "__new__", "__post_init__", "__slots__", "__init_subclass__", "__class_getitem__"})


@dataclass(frozen=True, slots=True)
class Match:
    """A class (griffe's) that provides an interface; `nominal` where it derives from it."""

    provider: str
    cls: Any
    interface: Any
    nominal: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """A consumer and a provider, by their distributions: what the one takes, and which classes of the other there are
    for it."""

    consumer: str
    provider: str
    uses: tuple[Use, ...]
    matches: tuple[Match, ...]


def pairs(reading: Reading) -> tuple[Pair, ...]:
    """Every pair of two modules of which one relies on what the other provides, in order of their names."""
    found = uses(reading)
    known = {path: matches(cls, reading) for path, cls in {use.interface.path: use.interface for use in found}.items()}
    made: dict[tuple[str, str], tuple[list[Use], list[Match]]] = {}
    for use in found:
        for match in known[use.interface.path]:
            if match.provider != use.consumer:
                held = made.setdefault((use.consumer, match.provider), ([], []))
                held[0].extend([use] if use not in held[0] else [])
                held[1].extend([match] if match not in held[1] else [])
    return tuple(Pair(*names, tuple(held[0]), tuple(held[1])) for names, held in sorted(made.items()))


def matches(interface: Any, reading: Reading) -> tuple[Match, ...]:
    """The classes of all modules that provide an interface, in order of their paths."""
    found = []
    for root, owner in sorted(reading.roots.items()):
        for cls in callables(reading.modules.get_member(root)):
            if cls.is_class and reading.kind(cls) not in _NO_PROVIDERS:
                nominal = interface.path in reading.ancestors(cls)
                if nominal or fits(cls, interface, reading):
                    found.append(Match(owner, cls, interface, nominal))
    return tuple(sorted(found, key=lambda match: match.cls.path))


def members(cls: Any, reading: Reading) -> dict[str, Any]:
    """What an object of a class has, by name, what it inherits included; private things and how it is made left out."""
    if cls.path not in reading.members:
        reading.members[cls.path] = _members(cls, reading)
    return reading.members[cls.path]


def _members(cls: Any, reading: Reading) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in (cls, *filter(None, reading.ancestors(cls).values())):
        for name, member in each.members.items():
            dunder = name.startswith("__") and name.endswith("__")
            if name not in found and not member.is_alias and name not in _OWN and (dunder or not name.startswith("_")):
                found[name] = member
    return dict(sorted(found.items()))


def promised(interface: Any, reading: Reading) -> dict[str, Any]:
    """What an interface promises: the members of a Protocol, or the public ones of an ABC."""
    return {name: member for name, member in members(interface, reading).items() if not member.is_class}


def fits(cls: Any, interface: Any, reading: Reading) -> bool:
    """Whether a class fits a Protocol that it does not derive from. A private one, one of attributes alone, or of
    special methods alone (`__call__`) fits nobody: too many have these by chance."""
    wanted = promised(interface, reading)
    named = any(member.is_function and not name.startswith("__") for name, member in wanted.items())
    if reading.kind(interface) != "protocol" or interface.name.startswith("_") or not named:
        return False
    return wanted.keys() <= members(cls, reading).keys() and not any(misfits(cls, interface, reading))


def misfits(cls: Any, interface: Any, reading: Reading) -> Iterator[str]:
    """What keeps a class from providing an interface, in words."""
    offered = members(cls, reading)
    for name, member in promised(interface, reading).items():
        if name not in offered:
            yield f"{name} is missing"
        else:
            yield from differences(member, offered[name], reading)
