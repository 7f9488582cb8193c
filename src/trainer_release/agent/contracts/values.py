"""Objects for generated calls: from a factory that a person named, else made of nothing, else of simple values.

A value that is guessed and that its maker may refuse (its text has a `raise`) is not made: a test that fails by a guess
says nothing about the module. Such things are told as uncovered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from trainer_release.agent.contracts.annotations import Hint, hint
from trainer_release.agent.contracts.matching import matches
from trainer_release.agent.contracts.naming import Imports, public
from trainer_release.agent.contracts.reading import Reading
from trainer_release.agent.contracts.refusals import making

SIMPLE = {
    "str": '"text"',
    "int": "1",
    "float": "1.0",
    "bool": "True",
    "bytes": 'b"text"',
    "None": "None",
    "complex": "1j",
}
_ANY = {"typing.Any": '"text"', "object": '"text"', "typing.Hashable": '"text"'}
_LISTS = frozenset(
    [
        "list",
        "typing.List",
        "typing.Sequence",
        "typing.Iterable",
        "typing.Collection",
        "collections.abc.Sequence",
        "collections.abc.Iterable",
        "collections.abc.Collection",
        "typing.MutableSequence",
        "collections.abc.MutableSequence",
    ]
)
_SETS = frozenset(["set", "frozenset", "typing.Set", "typing.FrozenSet", "typing.AbstractSet", "collections.abc.Set"])
_DICTS = frozenset(
    ["dict", "typing.Dict", "typing.Mapping", "collections.abc.Mapping", "collections.abc.MutableMapping"]
)
_TUPLES = frozenset({"tuple", "typing.Tuple"})
_DEPTH = 6


@dataclass(frozen=True, slots=True)
class Made:
    """An expression for an object; `guessed` where no person said that the value does."""

    text: str
    guessed: bool


class Uncovered(Exception):  # noqa: N818 - it is told, not raised at a user
    """Why no object can be made."""


@dataclass(slots=True)
class Maker:
    """Makes expressions. `factories` maps `package:Class` (or a parameter, `package:Class.method.name`) to
    `module:function`; `imports` gathers what the expressions need."""

    reading: Reading
    factories: Mapping[str, str]
    imports: Imports = field(default_factory=Imports)

    def of_class(self, cls: Any, depth: int = _DEPTH) -> Made:
        """An object of a class. Raises Uncovered."""
        if (made := self.by_factory(cls)) is not None:
            return made
        kind = self.reading.kind(cls)
        if not depth:
            raise Uncovered(f"{cls.name} holds others of its kind without end: {_factory(cls, self.reading)}")
        if kind == "enum":
            members = [name for name, each in cls.members.items() if each.is_attribute and not name.startswith("_")]
            return Made(f"{self.imports.of(cls, self.reading)}.{members[0]}", guessed=True)
        if kind in {"protocol", "abstract"}:
            return self._provided(cls, depth)
        return self._constructed(cls, depth)

    def by_factory(self, cls: Any, *more: str) -> Made | None:
        """What a person's factory makes; None where none is named for it."""
        names = {".".join((_named(cls, self.reading), *more)), ".".join((f"{cls.module.path}:{cls.name}", *more))}
        said = next((self.factories[name] for name in sorted(names) if name in self.factories), None)
        if said is None:
            return None
        module, _, function = said.partition(":")
        package, _, last = module.rpartition(".")
        return Made(f"{self.imports.name(package, last)}.{function}()", guessed=False)

    def _provided(self, cls: Any, depth: int) -> Made:
        reasons = []
        for match in matches(cls, self.reading):
            try:
                return self.of_class(match.cls, depth - 1)
            except Uncovered as reason:
                reasons.append(str(reason))
        raise Uncovered("; ".join(reasons) or f"no module provides {cls.name}")

    def _constructed(self, cls: Any, depth: int) -> Made:
        words = self.arguments(constructor(cls, self.reading), cls, depth=depth)
        refused = making(cls, self.reading)
        guessed = any(made.guessed for _, made in words)
        if refused and guessed:
            names = ", ".join(refused)
            raise Uncovered(f"{cls.name} may refuse guessed values ({names}): {_factory(cls, self.reading)}")
        return Made(
            f"{self.imports.of(cls, self.reading)}({', '.join(made.text for _, made in words)})", guessed=guessed
        )

    def arguments(
        self,
        parameters: Iterable[Any],
        scope: Any,
        given: Mapping[str, str] | None = None,
        *,
        depth: int = _DEPTH,
        where: tuple[Any, str] | None = None,
    ) -> list[tuple[str, Made]]:
        """An expression for every parameter that must be given; those in `given` are known, the others are made.
        `where` names a class and method whose parameters may have factories. Raises Uncovered."""
        found = []
        for each in parameters:
            factory = self.by_factory(where[0], where[1], each.name) if where else None
            if given and each.name in given:
                made = Made(given[each.name], guessed=False)
            elif factory is not None:
                made = factory
            elif not each.required or each.kind.value.startswith("variadic"):
                continue
            else:
                made = self.of_hint(hint(each.annotation, scope, self.reading), f"{scope.name}({each.name})", depth)
            by_name = each.kind.value == "keyword-only" or (given and each.kind.value == "positional or keyword")
            named = f"{each.name}={made.text}" if by_name else made.text
            found.append((each.name, Made(named, made.guessed)))
        return found

    def of_hint(self, said: Hint | None, what: str, depth: int = _DEPTH) -> Made:
        """An object of an annotated type. Raises Uncovered."""
        if said is None:
            raise Uncovered(f"{what} says nothing about its type")
        reasons = []
        for each in sorted(said.alternatives(), key=lambda one: one.path == "None"):
            try:
                return self._of_one(each, what, depth)
            except Uncovered as reason:
                reasons.append(str(reason))
        raise Uncovered("; ".join(dict.fromkeys(reasons)))

    def _of_one(self, said: Hint, what: str, depth: int) -> Made:
        path, words = said.path, said.words
        if path in SIMPLE or path in _ANY:
            return Made({**SIMPLE, **_ANY}[path], guessed=True)
        if said.found is not None:
            return self.of_class(said.found, depth - 1)
        if path == "typing.Literal" and words:
            return Made(words[0].text, guessed=True)
        parts = [self.of_hint(word, what, depth) for word in words if word.text != "..."] if path in _HOLDERS else []
        inner = ", ".join(part.text for part in parts)
        if path in _LISTS:
            return Made(f"[{inner}]", guessed=True)
        if path in _SETS:
            return Made(f"{{{inner}}}" if inner else "set()", guessed=True)
        if path in _TUPLES:
            return Made(f"({inner},)" if len(parts) == 1 else f"({inner})", guessed=True)
        if path in _DICTS:
            return Made(f"{{{': '.join(part.text for part in parts)}}}", guessed=True)
        raise Uncovered(f"{what} is {said.text}, for which there is no simple value")


_HOLDERS = _LISTS | _SETS | _TUPLES | _DICTS


def constructor(cls: Any, reading: Reading) -> list[Any]:
    """The parameters with which a class is called, inherited ones included."""
    chain: Iterator[Any] = iter((cls, *filter(None, reading.ancestors(cls).values())))
    made = next((each.members["__init__"] for each in chain if "__init__" in each.members), None)
    return list(made.parameters)[1:] if made is not None and made.is_function else []


def _factory(cls: Any, reading: Reading) -> str:
    """What a person can do about a class."""
    return f"name a factory for {_named(cls, reading)}"


def _named(cls: Any, reading: Reading) -> str:
    return ":".join(public(cls, reading))


def holding(said: Hint | None, interface: Any, text: str) -> str:
    """What to give for a parameter that takes an object of an interface, or several of them. Raises Uncovered."""
    for each in said.alternatives() if said else ():
        if each.found is not None and each.found.path == interface.path:
            return text
        if each.path in _LISTS | _SETS | _TUPLES and each.words:
            return f"[{holding(each.words[0], interface, text)}]" if each.path in _LISTS else f"({text},)"
        if each.path in _DICTS and each.words:
            return f'{{"text": {holding(each.words[-1], interface, text)}}}'
    raise Uncovered(f"{said.text if said else 'a parameter'} holds a {interface.name} in a way that is not known")
